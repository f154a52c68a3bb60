import { generateKeyPairSync } from 'node:crypto'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { inspect } from 'node:util'
import { afterEach, beforeEach, expect, onTestFinished, test, vi } from 'vitest'
import { openClient } from '../../../runner/warehouse/bigquery/client.ts'
import { stillClock } from './still-clock.ts'

const list = { method: 'GET', path: 'datasets' } as const

/** BigQuery, a metadata server and a token server in one; tokens are numbered, and the newest alone is taken. */
async function google(lifetime: number) {
  const seen: string[] = []
  let tokens = 0
  let refused = 0
  const server = createServer((request, response) => {
    const path = request.url?.replace(/\?.*/, '') ?? ''
    const answer = (status: number, body: unknown, headers = {}) => {
      response.writeHead(status, { 'content-type': 'application/json', ...headers })
      response.end(JSON.stringify(body))
    }
    request.resume().on('end', () => {
      if (path.startsWith('/computeMetadata') || path === '/token') {
        const flavor = { 'metadata-flavor': 'Google' }
        if (!path.endsWith('/token')) return answer(200, 'instance', flavor)
        tokens += 1
        return answer(
          200,
          {
            access_token: `secret-${tokens}`,
            expires_in: lifetime,
            token_type: 'Bearer',
            issued_token_type: 'urn:ietf:params:oauth:token-type:access_token',
          },
          flavor,
        )
      }
      seen.push(request.headers.authorization ?? 'nothing')
      const refuse = refused > 0 && request.headers.authorization === `Bearer secret-${refused}`
      if (!refuse) return answer(200, { kind: 'bigquery#datasetList' })
      const error = {
        code: 401,
        message: 'Invalid Credentials',
        errors: [{ reason: 'authError', message: 'Invalid Credentials' }],
      }
      return answer(401, { error })
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  const { port } = server.address() as AddressInfo
  return {
    host: `127.0.0.1:${port}`,
    seen,
    /** From now on this token is one too old. */
    refuse(token: number) {
      refused = token
    },
    // The loopback's own name would get no credentials.
    client: () =>
      openClient({ project: 'p', location: 'US', endpoint: `http://127.1:${port}`, clock: stillClock() }),
  }
}

let home: string
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'streamform-credentials-'))
  // Nothing of this machine's own.
  for (const name of ['HOME', 'APPDATA', 'CLOUDSDK_CONFIG']) vi.stubEnv(name, home)
  for (const name of ['GOOGLE_APPLICATION_CREDENTIALS', 'GCE_METADATA_HOST', 'GCE_METADATA_IP'])
    vi.stubEnv(name, undefined)
})
afterEach(() => {
  vi.unstubAllEnvs()
  rmSync(home, { recursive: true, force: true })
})

function keyFile(content: object): void {
  const file = join(home, 'key.json')
  writeFileSync(file, JSON.stringify(content))
  vi.stubEnv('GOOGLE_APPLICATION_CREDENTIALS', file)
}

/** A workload's own identity, as CI systems have it: a token in a file, exchanged for Google's. */
function federated(host: string): void {
  writeFileSync(join(home, 'identity'), 'who I am')
  keyFile({
    type: 'external_account',
    audience: '//iam.googleapis.com/projects/1/locations/global/workloadIdentityPools/p/providers/p',
    subject_token_type: 'urn:ietf:params:oauth:token-type:jwt',
    token_url: `http://${host}/token`,
    credential_source: { file: join(home, 'identity') },
  })
}

const sources: readonly (readonly [name: string, set: (host: string) => void])[] = [
  [
    "the machine's own account",
    (host) => {
      vi.stubEnv('GCE_METADATA_HOST', host)
      vi.stubEnv('METADATA_SERVER_DETECTION', 'assume-present')
    },
  ],
  ['a federated identity', federated],
]

test.each(sources)(
  '%s: its token is sent, and fetched anew when it expires or is refused',
  async (_, set) => {
    const lasting = await google(3600)
    set(lasting.host)
    const client = await lasting.client()
    await client.call(list)
    await client.call(list)
    lasting.refuse(1)
    await client.call(list)
    await client.call(list)
    expect(lasting.seen).toEqual([1, 1, 1, 2, 2].map((token) => `Bearer secret-${token}`))
  },
)

test.each(sources)('%s: a token that is about to expire is not sent', async (_, set) => {
  const short = await google(1)
  set(short.host)
  const client = await short.client()
  await client.call(list)
  await client.call(list)
  expect(short.seen).toHaveLength(2)
  expect(new Set(short.seen).size).toBe(2)
})

test('a service account signs for itself with its key, which goes nowhere', async () => {
  const { privateKey } = generateKeyPairSync('rsa', {
    modulusLength: 2048,
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
    publicKeyEncoding: { type: 'spki', format: 'pem' },
  })
  const service = await google(3600)
  keyFile({
    type: 'service_account',
    client_email: 'loader@example.invalid',
    private_key: privateKey,
    universe_domain: 'example.invalid',
  })
  await (await service.client()).call(list)
  const [, claims = ''] = (service.seen[0] ?? '').split('.')
  expect(JSON.parse(Buffer.from(claims, 'base64url').toString())).toMatchObject({
    iss: 'loader@example.invalid',
    sub: 'loader@example.invalid',
    scope: 'https://www.googleapis.com/auth/cloud-platform',
  })
})

test.each(sources)('%s: what goes wrong tells no token', async (_, set) => {
  const service = await google(3600)
  set(service.host)
  service.refuse(1)
  const error = await (await service.client()).call(list, { once: true }).then(
    () => undefined,
    (problem: unknown) => problem,
  )
  expect(error).toMatchObject({ message: 'Invalid Credentials', reason: 'authError' })
  expect(inspect(error, { depth: 20, showHidden: true })).not.toContain('secret-')
})

test('a machine without credentials is told what to do', async () => {
  const service = await google(3600)
  vi.stubEnv('METADATA_SERVER_DETECTION', 'none')
  await expect((await service.client()).call(list)).rejects.toMatchObject({
    message: expect.stringContaining('there are no credentials for BigQuery'),
    hint: 'log in with `gcloud auth application-default login`, or set GOOGLE_APPLICATION_CREDENTIALS',
  })
  expect(service.seen).toEqual([])
})
