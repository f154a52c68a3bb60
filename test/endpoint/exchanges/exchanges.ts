import { execFile } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { dataformCli, withCore } from '../../project/dataform-cli.ts'
import { beginning, project as faulty, writeProject } from '../../prove/faults/project.ts'
import { dataform } from '../dataform-run.ts'
import { python } from '../installed-clients.ts'
import { type OpenEndpoint, openEndpoint } from '../open-endpoint.ts'
import { differencesOf, methodOf } from './differences.ts'
import { readDiscovery } from './discovery.ts'
import { methods } from './documented.ts'
import { nodeSession } from './node-session.ts'
import type { Exchange } from './recorder.ts'

export interface ExchangesResult {
  readonly revision: string
  readonly exchanges: readonly Exchange[]
  /** Clients that are installed here. */
  readonly clients: readonly string[]
  /** What the clients send otherwise than documented. */
  readonly sent: readonly string[]
  /** Documented methods that no client called. */
  readonly uncalled: readonly string[]
}

/**
 * Lets Google's clients do all that they can with an endpoint, and compares what went over the wire with BigQuery's
 * reference.
 *
 * @param only of them; undefined: all that are installed
 * @throws Error that lists the answers that are otherwise
 */
export async function proveExchanges(only?: readonly string[]): Promise<ExchangesResult> {
  const endpoint = await openEndpoint()
  const clients: string[] = []
  try {
    for (const [name, session] of Object.entries(sessions))
      if ((only?.includes(name) ?? true) && (await session(endpoint)) !== 'not installed') clients.push(name)
  } finally {
    await endpoint.close()
  }
  const { exchanges } = endpoint
  const discovery = readDiscovery()
  const called = new Set(exchanges.map((exchange) => methodOf(exchange)?.name))
  return {
    revision: discovery.revision,
    exchanges,
    clients,
    sent: differencesOf(exchanges, discovery).sent,
    uncalled: methods.map(({ name }) => name).filter((name) => !called.has(name)),
  }
}

type Session = (endpoint: OpenEndpoint) => Promise<unknown>

const sessions: Readonly<Record<string, Session>> = {
  Node: nodeSession,
  /** Methods that no client has a way to. */
  async plain({ call }) {
    const dataset = { datasetReference: { datasetId: 'plain' } }
    await call('POST', 'datasets', dataset)
    await call('PUT', 'datasets/plain', { ...dataset, description: 'ours' })
    const fields = [{ name: 'a', type: 'INT64' }]
    const table = { tableReference: { tableId: 't' }, schema: { fields } }
    await call('POST', 'datasets/plain/tables', table)
    await call('PUT', 'datasets/plain/tables/t', { ...table, description: 'ours' })
    await call('GET', 'datasets/plain/tables/t/rowAccessPolicies')
    await call('GET', 'serviceAccount')
    await call('GET', '../../projects')
  },
  async Python(endpoint) {
    const programs = python()
    return programs === undefined ? 'not installed' : pythonSession(endpoint, programs)
  },
  async Dataform(endpoint) {
    const cli = dataformCli()
    return cli === undefined ? 'not installed' : dataformSession(endpoint, cli)
  },
}

/** Runs `python-client.py`, which gives what came of each of its cases. */
export async function pythonSession(
  { url, buckets }: OpenEndpoint,
  programs: string,
): Promise<Readonly<Record<string, unknown>>> {
  for (const [path, text] of [
    ['day=2024-01-02/a.csv', 'a\n1\n'],
    ['day=2024-01-03/b.csv', 'a\n2\n'],
  ] as const) {
    mkdirSync(join(buckets, 'b', dirname(path)), { recursive: true })
    writeFileSync(join(buckets, 'b', path), text)
  }
  const script = resolve(import.meta.dirname, '../python-client.py')
  const text = await new Promise<string>((resolved, reject) => {
    execFile(join(programs, 'python'), [script, url], (error, out, err) =>
      error === null ? resolved(out) : reject(new Error(err)),
    )
  })
  return JSON.parse(text)
}

/** Builds a small project with every kind of action, twice, and looks what it would do. */
async function dataformSession({ url, warehouse }: OpenEndpoint, cli: string): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'streamform-exchanges-'))
  writeProject(folder)
  using copy = withCore(folder)
  rmSync(folder, { recursive: true })
  await warehouse.execute(beginning)
  for (const flags of [[], ['--full-refresh'], ['--dry-run']]) {
    const { code, text } = await dataform(cli, url, copy.folder, ['run', ...flags], faulty)
    if (code !== 0) throw new Error(text)
  }
}
