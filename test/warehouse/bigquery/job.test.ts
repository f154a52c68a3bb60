import { expect, onTestFinished, test } from 'vitest'
import { startEndpoint } from '../../../runner/endpoint/endpoint.ts'
import { openClient } from '../../../runner/warehouse/bigquery/client.ts'
import { awaitJob, findJob, runJob, settleJob } from '../../../runner/warehouse/bigquery/job.ts'
import { jobId } from '../../../runner/warehouse/job-id.ts'
import { problemOf } from '../fresh-warehouse.ts'
import { type Answer, answering, apiError } from './answers.ts'
import { stillClock } from './still-clock.ts'

const query = (text: string) => ({ query: { query: text, useLegacySql: false } })

async function onEndpoint() {
  const log: string[] = []
  const endpoint = await startEndpoint({ warehouse: ':memory:', onAnswer: (line) => log.push(line) })
  onTestFinished(() => endpoint.close())
  return { client: await openClient({ project: 'p', location: 'US', endpoint: endpoint.url }), log }
}

test('the id of a job is made of run, action, statement and attempt', () => {
  const name = { run: 'streamform_2026-01-31_3f9c', action: 'p.d.t', statement: 0, attempt: 1 }
  const ids = [name, { ...name, attempt: 2 }, { ...name, statement: 1 }, { ...name, action: 'p.d.u' }].map(
    jobId,
  )
  expect(new Set(ids).size).toBe(4)
  expect(jobId(name)).toBe(ids[0])
  expect(ids[0]).toMatch(/^streamform_2026-01-31_3f9c_[0-9a-f]{12}_0_1$/)
})

test('a job of the same id runs once, however often it is asked for', async () => {
  const { client } = await onEndpoint()
  await runJob(client, { id: 'make', configuration: query('create schema d; create table d.t (n int64)') })
  const insert = { id: 'insert', configuration: query('insert d.t values (1)') }
  const jobs = await Promise.all([runJob(client, insert), runJob(client, insert), runJob(client, insert)])
  expect(jobs.map(({ id, statistics }) => [id, statistics.query?.numDmlAffectedRows])).toEqual(
    Array.from({ length: 3 }, () => ['insert', '1']),
  )
  const counted = await runJob(client, {
    id: 'count',
    configuration: query('assert (select count(*) from d.t) = 1'),
  })
  expect(counted.statistics.query?.statementType).toBe('SCRIPT')
})

test('another job under the same id is refused', async () => {
  const { client } = await onEndpoint()
  await runJob(client, { id: 'one', configuration: query('select 1') })
  expect(await problemOf(runJob(client, { id: 'one', configuration: query('select 2') }))).toContain(
    'the job one is there already, and is another one',
  )
})

test('a job that fails says why, where, and whether it has changed nothing', async () => {
  const { client } = await onEndpoint()
  await expect(runJob(client, { id: 'a', configuration: query('select\n  x') })).rejects.toMatchObject({
    message: expect.stringContaining('Unrecognized name: x'),
    place: { line: 2, column: 3 },
    transient: false,
  })
})

test('an aborted job is cancelled, and one that was done all the same counts as done', async () => {
  const { client, log } = await onEndpoint()
  const controller = new AbortController()
  const endless =
    'select sum(x * y) from unnest(generate_array(1, 100000)) as x, unnest(generate_array(1, 1000000)) as y'
  const running = runJob(client, { id: 'long', configuration: query(endless), signal: controller.signal })
  await expect.poll(() => log.some((line) => line.startsWith('POST'))).toBe(true)
  controller.abort(new Error('interrupted'))
  await expect(running).rejects.toThrow('interrupted')
  expect((await findJob(client, 'long'))?.status?.errorResult?.reason).toBe('stopped')
  expect(await findJob(client, 'none')).toBeUndefined()

  await runJob(client, { id: 'done', configuration: query('select 1') })
  const job = await findJob(client, 'done')
  expect((await awaitJob(client, job ?? {}, controller.signal)).id).toBe('done')
})

/** A server whose one job is what `state` says after so many looks at it. */
async function oneJob(respond: (call: string, count: number) => Answer, jobTimeout?: number) {
  const counts = new Map<string, number>()
  const server = await answering((call) => {
    const count = counts.get(call) ?? 0
    counts.set(call, count + 1)
    return respond(call, count)
  })
  const clock = stillClock()
  const client = await openClient({
    project: 'p',
    location: 'US',
    endpoint: server.url,
    clock,
    ...(jobTimeout === undefined ? {} : { jobTimeout }),
  })
  return { client, clock, calls: server.calls }
}

const job = (state: string, more: object = {}, jobId = 'j') => ({
  body: {
    jobReference: { projectId: 'p', jobId, location: 'US' },
    configuration: query('select 1'),
    status: { state, ...more },
  },
})
const poll = (jobComplete: boolean) => ({
  body: { jobReference: { projectId: 'p', jobId: 'j' }, jobComplete },
})
const [post, get, results] = ['POST', 'GET', 'GET'].map(
  (method, index) =>
    [
      `${method} /bigquery/v2/projects/p/jobs`,
      `${method} /bigquery/v2/projects/p/jobs/j`,
      `${method} /bigquery/v2/projects/p/queries/j`,
    ][index],
)
const one = { id: 'j', configuration: query('select 1') }

test('an answer that was lost, and the one of another job, do not start a second one', async () => {
  const { client, calls } = await oneJob((call, count) => {
    if (call === post)
      return [{ breaks: 'within' }, job('DONE', {}, 'other'), apiError(409, 'duplicate')][count] as Answer
    return job('DONE')
  })
  expect((await runJob(client, one)).id).toBe('j')
  expect(calls).toEqual([post, post, post, get])
})

test('a job that got no answer at all is looked for once more before it is given up', async () => {
  const { client } = await oneJob((call) => (call === post ? apiError(503, 'backendError') : job('DONE')))
  expect((await runJob(client, one)).id).toBe('j')
})

test('a job that is refused says where, and is not tried again', async () => {
  const { client } = await oneJob((call) =>
    call === post ? apiError(400, 'invalidQuery', 'Syntax error at [1:1]') : apiError(404, 'notFound'),
  )
  await expect(runJob(client, one)).rejects.toMatchObject({
    transient: false,
    undecided: true,
    place: { line: 1, column: 1 },
  })
})

test.for([
  ['MERGE', undefined, true],
  ['SCRIPT', '2', false],
  [undefined, undefined, false],
] as const)(
  'a %s job that fails late: nothing of it is known to be left: %s',
  async ([type, children, left]) => {
    const errorResult = {
      reason: 'jobBackendError',
      message: 'Error encountered during execution. Retrying the job may solve the problem.',
    }
    const { client, calls } = await oneJob((call, count) => {
      if (call === post) return job('PENDING')
      if (call === results)
        return count === 0 ? poll(false) : apiError(400, 'jobBackendError', errorResult.message)
      const { body } = job('DONE', { errorResult })
      return { body: { ...body, statistics: { numChildJobs: children, query: { statementType: type } } } }
    })
    await expect(runJob(client, one)).rejects.toMatchObject({ transient: true, leftNothing: left })
    // What is asked for after a failed job is the job: 400 with this reason is a call that is made again by its reason.
    expect(calls.filter((call) => call === post)).toHaveLength(1)
  },
)

test('a job that takes too long is cancelled, here and by BigQuery itself', async () => {
  let cancelled = false
  const { client, calls } = await oneJob((call) => {
    if (call.endsWith('/cancel')) {
      cancelled = true
      return { body: { job: job('RUNNING').body } }
    }
    if (call === results) return poll(false)
    return cancelled
      ? job('DONE', { errorResult: { reason: 'stopped', message: 'cancelled' } })
      : job('RUNNING')
  }, 1)
  const { clock } = client
  const slow = { ...client, clock: { ...clock, now: () => clock.now() + calls.length * 400 } }
  expect(await problemOf(runJob(slow, one))).toBe(
    'the job took longer than 1 s: j\n  raise warehouse.job_timeout_seconds in streamform.yaml, or split the query',
  )
  expect(calls.at(-2)).toBe('POST /bigquery/v2/projects/p/jobs/j/cancel')
})

test('what a former run started is waited for, and what it did not start can start no more', async () => {
  const { client } = await onEndpoint()
  await runJob(client, { id: 'done', configuration: query('select 1') })
  expect(await settleJob(client, 'done')).toMatchObject({ jobReference: { jobId: 'done' } })
  expect(await settleJob(client, 'none')).toBeUndefined()
  expect(await settleJob(client, 'none')).toBeUndefined()
  expect(await problemOf(runJob(client, { id: 'none', configuration: query('select 1') }))).toContain(
    'the job none is there already, and is another one',
  )
  await runJob(client, { id: 'wrong', configuration: query('select x') }).catch(() => undefined)
  expect((await settleJob(client, 'wrong'))?.status?.errorResult?.reason).toBe('invalidQuery')
})
