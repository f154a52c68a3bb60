import { OAuth2Client } from 'google-auth-library'
import { expect, test } from 'vitest'
import { openClient } from '../../../runner/warehouse/bigquery/client.ts'
import { problemOf } from '../fresh-warehouse.ts'
import { type Answer, answering, apiError } from './answers.ts'
import { stillClock } from './still-clock.ts'

const list = { method: 'GET', path: 'datasets' } as const

/** What a client makes of answers that come one after another; the last is given for ever. */
async function callsOn(answers: readonly Answer[]) {
  let at = 0
  const server = await answering(() => answers[Math.min(at++, answers.length - 1)] as Answer)
  const clock = stillClock()
  const client = await openClient({ project: 'p', location: 'US', endpoint: server.url, clock })
  return { client, clock, calls: server.calls }
}

const good = { body: { kind: 'bigquery#datasetList' } }

test.for([
  ['HTTP 500', apiError(500, 'internalError')],
  ['HTTP 502', apiError(502, 'badGateway')],
  ['HTTP 503', apiError(503, 'backendError')],
  ['HTTP 504', apiError(504, 'gatewayTimeout')],
  ['HTTP 429', apiError(429, 'rateLimitExceeded')],
  ['403 rateLimitExceeded', apiError(403, 'rateLimitExceeded')],
  ['403 jobRateLimitExceeded', apiError(403, 'jobRateLimitExceeded')],
  ['400 backendError', apiError(400, 'backendError')],
  ['a 503 that is no JSON', { status: 503, body: 'try again' }],
  ['a connection that is reset', { breaks: 'before' }],
  ['a body that is cut off', { breaks: 'within', body: { kind: 'bigquery#datasetList' } }],
] as const)('a call is made again after %s', async ([, failure]) => {
  const { client, clock, calls } = await callsOn([failure as Answer, failure as Answer, good])
  expect(await client.call(list)).toEqual({ kind: 'bigquery#datasetList' })
  expect(calls).toHaveLength(3)
  expect(clock.pauses).toEqual([750, 1500])
})

test.for([
  [400, 'invalid'],
  [400, 'invalidQuery'],
  [403, 'accessDenied'],
  [403, 'quotaExceeded'],
  [404, 'notFound'],
  [409, 'duplicate'],
  [412, 'conditionNotMet'],
] as const)('a call is not made again after %i %s', async ([status, reason]) => {
  const { client, calls } = await callsOn([apiError(status, reason, 'so it is')])
  await expect(client.call(list)).rejects.toMatchObject({
    status,
    reason,
    message: 'so it is',
    transient: false,
  })
  expect(calls).toHaveLength(1)
})

test('a call is given up after six repetitions, with pauses that double up to half a minute', async () => {
  const { client, clock, calls } = await callsOn([apiError(503, 'backendError', 'overloaded')])
  await expect(client.call(list)).rejects.toMatchObject({ message: 'overloaded', transient: true })
  expect(calls).toHaveLength(7)
  expect(clock.pauses).toEqual([750, 1500, 3000, 6000, 12_000, 24_000])
})

test('an answer to another call is asked for again', async () => {
  const { client, calls } = await callsOn([{ body: { id: 'other' } }, { body: { id: 'mine' } }])
  const isAnswer = ({ id }: { readonly id?: string }) => id === 'mine'
  expect(await client.call(list, { isAnswer })).toEqual({ id: 'mine' })
  expect(calls).toHaveLength(2)
})

test('an aborted signal ends the repetitions', async () => {
  const { client, calls } = await callsOn([apiError(503, 'backendError')])
  const controller = new AbortController()
  controller.abort(new Error('stopped'))
  await expect(client.call(list, { signal: controller.signal })).rejects.toThrow('stopped')
  expect(calls).toHaveLength(0)
})

test('a token that BigQuery takes no more is fetched anew', async () => {
  class Counted extends OAuth2Client {
    made = 0
    constructor() {
      super()
      this.credentials = { access_token: 'old', expiry_date: Date.now() + 3_600_000, refresh_token: 'r' }
    }
    protected override async refreshToken() {
      this.made += 1
      return { tokens: { access_token: 'new', expiry_date: Date.now() + 3_600_000 }, res: null }
    }
  }
  const server = await answering(() => (authClient.made === 0 ? apiError(401, 'authError') : good))
  const authClient = new Counted()
  const options = { project: 'p', location: 'US', endpoint: server.url, clock: stillClock(), authClient }
  const client = await openClient(options)
  expect(await client.call(list)).toEqual({ kind: 'bigquery#datasetList' })
  expect([authClient.made, server.calls.length]).toEqual([1, 2])
})

test('a token that is refused for good says what to do', async () => {
  const { client, calls } = await callsOn([apiError(401, 'authError', 'Invalid Credentials')])
  expect(await problemOf(client.call(list))).toBe(
    'Invalid Credentials\n  log in with `gcloud auth application-default login`, or set GOOGLE_APPLICATION_CREDENTIALS',
  )
  expect(calls).toHaveLength(3)
})

test('the place at the end of a message becomes the place of the problem', async () => {
  const { client } = await callsOn([apiError(400, 'invalidQuery', 'Unrecognized name: x at [2:8]')])
  expect(await problemOf(client.call(list))).toBe('2:8: Unrecognized name: x')
})

test('a query’s text is sent as it stands, whatever it holds', async () => {
  let sent = ''
  const { createServer } = await import('node:http')
  const server = createServer((request, response) => {
    request.on('data', (chunk) => {
      sent += String(chunk)
    })
    request.on('end', () => response.end('{}'))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as { readonly port: number }
  const client = await openClient({ project: 'p', location: 'US', endpoint: `http://127.0.0.1:${port}` })
  const body = { query: "select '{{projectId}}', 'é'" }
  await client.call({ method: 'POST', path: 'jobs', body }).catch(() => undefined)
  server.closeAllConnections()
  server.close()
  expect(JSON.parse(sent)).toEqual(body)
})
