import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { isDeepStrictEqual } from 'node:util'
import { OAuth2Client } from 'google-auth-library'
import { type Endpoint, startEndpoint } from '../../../runner/endpoint/endpoint.ts'
import { executeRun, runnable } from '../../../runner/execute/execute-run.ts'
import { resumption, runToResume } from '../../../runner/execute/resume.ts'
import type { RunResults } from '../../../runner/execute/run-results.ts'
import { Problem } from '../../../runner/problem.ts'
import { compile } from '../../../runner/project/compile/compile.ts'
import type { Action } from '../../../runner/project/compile/compiled-graph.ts'
import { openBigQueryWarehouse } from '../../../runner/warehouse/bigquery/warehouse.ts'
import { openDuckDbWarehouse } from '../../../runner/warehouse/duckdb/warehouse.ts'
import type { LocalWarehouse } from '../../../runner/warehouse/local-warehouse.ts'
import { contents, differences } from '../../endpoint/dataform-run.ts'
import { stillClock } from '../../warehouse/bigquery/still-clock.ts'
import { Random } from '../sql/random.ts'
import { type Drawn, drawFaults, inWords } from './draw.ts'
import { arrival, beginning, project, writeProject } from './project.ts'
import { startProxy } from './proxy.ts'

export interface FaultsResult {
  readonly runs: number
  readonly calls: number
  /** Faults that met a call. */
  readonly faults: number
  /** By kind, how often. */
  readonly kinds: Readonly<Record<string, number>>
  /** Runs that went through in spite of their faults, and those that had to be resumed. */
  readonly through: number
  readonly resumed: number
}

/** What stays the same from one case to the next. */
interface Bench {
  readonly folder: string
  readonly actions: readonly Action[]
  readonly behind: LocalWarehouse
  readonly endpoint: Endpoint
  /** After the first run and after the second, as they come out without a fault. */
  readonly expected: readonly (readonly unknown[])[]
}

/**
 * Runs a small project on BigQuery, twice, through a proxy that lets calls go wrong as the seed says, interrupts some runs,
 * resumes what ended with an error until nothing goes wrong any more, and compares every table with what comes out without
 * a fault.
 *
 * @throws Error that says what differs, with the faults that are enough for it
 */
export async function proveFaults({
  runs,
  seed,
}: {
  readonly runs: number
  readonly seed: number
}): Promise<FaultsResult> {
  const folder = mkdtempSync(join(tmpdir(), 'streamform-faults-'))
  const behind = await openDuckDbWarehouse({ path: ':memory:', defaultProject: project, threads: 1 })
  const endpoint = await startEndpoint({ warehouse: behind })
  try {
    writeProject(folder)
    const { actions } = await compile(folder)
    const bare = { folder, actions, behind, endpoint, expected: [] }
    const bench = { ...bare, expected: await withoutFaults(bare) }
    const total = { runs: 0, calls: 0, faults: 0, through: 0, resumed: 0 }
    const kinds: Record<string, number> = {}
    const random = new Random(seed)
    for (let run = 0; run < runs; run += 1) {
      const drawn = drawFaults(new Random(random.between(1, 2 ** 31)))
      const one = await tryCase(bench, drawn)
      if (one.wrong !== undefined) throw new Error(await explained(bench, drawn, one.wrong, run))
      total.runs += 1
      total.calls += one.calls
      for (const kind of one.met) {
        total.faults += 1
        kinds[kind] = (kinds[kind] ?? 0) + 1
      }
      if (one.resumes === 0) total.through += 1
      else total.resumed += 1
    }
    return { ...total, kinds: Object.fromEntries(Object.entries(kinds).sort()) }
  } finally {
    await endpoint.close()
    await behind.close()
    rmSync(folder, { recursive: true, force: true })
  }
}

interface Ended {
  readonly wrong: string | undefined
  readonly calls: number
  readonly met: readonly string[]
  readonly resumes: number
}

/** Fewer faults that are enough for a case to go wrong, in words. */
async function explained(bench: Bench, drawn: Drawn, wrong: string, run: number): Promise<string> {
  let least = drawn
  let told = wrong
  for (const [at] of drawn.faults) {
    const fewer = { ...least, faults: new Map([...least.faults].filter(([index]) => index !== at)) }
    const again = await tryCase(bench, fewer)
    if (again.wrong === undefined) continue
    least = fewer
    told = again.wrong
  }
  return `run ${run}: ${told}\n${inWords(least)}`
}

/** How often a run is resumed before it is told that it never ends. */
const mostResumes = 12

async function tryCase(bench: Bench, drawn: Drawn): Promise<Ended> {
  const { behind, endpoint, expected } = bench
  const met: string[] = []
  const controller = { current: new AbortController() }
  const proxy = await startProxy({
    to: endpoint.url,
    fault({ index }) {
      if (drawn.interrupts.has(index)) controller.current.abort(new Error('interrupted'))
      const fault = drawn.faults.get(index)
      if (fault !== undefined) met.push('status' in fault ? `${fault.status} ${fault.reason}` : fault.kind)
      return fault
    },
  })
  const warehouse = await openBigQueryWarehouse({
    project,
    location: 'US',
    defaultProject: project,
    endpoint: proxy.url,
    clock: stillClock(),
    authClient: new Tokens(),
    requestTimeout: 20_000,
  })
  let resumes = 0
  let wrong: string | undefined
  try {
    await behind.execute(beginning)
    for (const [round, rows] of expected.entries()) {
      if (round > 0) await behind.execute(arrival)
      let ended = await onceRun(bench, warehouse, drawn.concurrency, controller, undefined)
      for (; ended !== 'succeeded' && wrong === undefined; resumes += 1) {
        if (resumes === mostResumes) wrong = `not done after ${mostResumes} resumes: ${String(ended)}`
        else if (typeof ended === 'object' && 'defect' in ended) wrong = ended.defect
        else ended = await onceRun(bench, warehouse, drawn.concurrency, controller, ended)
      }
      if (wrong !== undefined) break
      const now = await tablesOf(behind)
      if (!isDeepStrictEqual(now, rows)) wrong = `round ${round + 1}: ${difference(now, rows)}`
      if (wrong !== undefined) break
    }
  } finally {
    await warehouse.close()
    await proxy.close()
  }
  return { wrong, calls: proxy.calls.length, met, resumes }
}

/** How a run ended: well, with a clear error that leaves it to be resumed, before it had begun, or with a defect. */
type End = 'succeeded' | 'again' | 'not begun' | { readonly defect: string }

async function onceRun(
  { folder, actions }: Bench,
  warehouse: Awaited<ReturnType<typeof openBigQueryWarehouse>>,
  concurrency: number,
  controller: { current: AbortController },
  before: End | undefined,
): Promise<End> {
  controller.current = new AbortController()
  const former = before === 'again' ? await runToResume(folder, undefined) : undefined
  const selected = former === undefined ? runnable(actions) : resumption(former, actions).actions
  try {
    const results = await executeRun(warehouse, {
      command: former === undefined ? 'run' : 'resume',
      folder,
      actions,
      selected,
      fullRefresh: false,
      select: [],
      exclude: [],
      vars: {},
      resumes: former?.id ?? null,
      former: new Map(former?.actions.map((action) => [action.id, action])),
      concurrency,
      retries: 2,
      retryDelay: 0,
      signal: controller.current.signal,
      now: () => new Date(),
      onEvent: () => {},
    })
    return endOf(results)
  } catch (error) {
    if (controller.current.signal.aborted) return 'again'
    if (!(error instanceof Problem))
      return { defect: `threw ${error instanceof Error ? error.stack : String(error)}` }
    return 'again'
  }
}

function endOf({ status, actions }: RunResults): End {
  const untold = actions.find(({ status: each, error }) => each === 'failed' && !error?.message)
  if (untold !== undefined) return { defect: `${untold.id} failed without a word` }
  return status === 'succeeded' ? 'succeeded' : 'again'
}

async function withoutFaults(bench: Bench): Promise<Bench['expected']> {
  const expected: (readonly unknown[])[] = []
  const none = { faults: new Map(), interrupts: new Set<number>(), concurrency: 2 }
  for (const last of [0, 1]) {
    // Both rounds are compared with what one without faults gives, which is looked at after each.
    const { wrong } = await tryCase(
      { ...bench, expected: Array.from({ length: last }, () => expected[0] ?? []) },
      none,
    )
    if (wrong !== undefined) throw new Error(`without any fault: ${wrong}`)
    if (last === 1) await bench.behind.execute(arrival)
    else await bench.behind.execute(beginning)
    const warehouse = await openBigQueryWarehouse({
      project,
      location: 'US',
      defaultProject: project,
      endpoint: bench.endpoint.url,
    })
    const end = await onceRun(bench, warehouse, 2, { current: new AbortController() }, undefined)
    if (end !== 'succeeded') throw new Error(`without any fault: ${JSON.stringify(end)}`)
    await warehouse.close()
    expected.push(await tablesOf(bench.behind))
  }
  return expected
}

async function tablesOf(behind: LocalWarehouse): Promise<readonly unknown[]> {
  return [...(await contents(behind))].sort(([a], [b]) => (a < b ? -1 : 1))
}

const difference = (now: readonly unknown[], expected: readonly unknown[]): string =>
  differences(
    new Map(now as [string, Readonly<Record<string, unknown>>][]),
    new Map(expected as [string, Readonly<Record<string, unknown>>][]),
  ).join('; ')

/** Credentials whose token changes whenever it is fetched. */
export class Tokens extends OAuth2Client {
  private made = 0

  protected override async refreshToken() {
    this.made += 1
    const tokens = {
      access_token: `token-${this.made}`,
      expiry_date: Date.now() + 3_600_000,
      refresh_token: 'r',
    }
    return { tokens, res: null }
  }

  constructor() {
    super()
    this.credentials = { refresh_token: 'r' }
  }
}
