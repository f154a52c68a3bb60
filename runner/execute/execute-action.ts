import pRetry from 'p-retry'
import type { StatementResult } from '../googlesql/result.ts'
import { Problem } from '../problem.ts'
import type { Action } from '../project/compile/compiled-graph.ts'
import { jobId } from '../warehouse/job-id.ts'
import { mayPass } from '../warehouse/may-pass.ts'
import type { ExecuteOptions, Table, Warehouse } from '../warehouse/warehouse.ts'
import { describeTable } from './describe-table.ts'
import type { ReadSource } from './made-line.ts'
import { neverLanded } from './never-landed.ts'
import { placeError } from './place-error.ts'
import {
  type ActionPlan,
  type ExistingTable,
  incrementalColumnsScript,
  needsColumns,
  planAction,
  type Statement,
  schemaMatters,
} from './plan.ts'
import type { ActionResult, ExecutedStatement, RunError } from './run-results.ts'
import { severityOf } from './severity.ts'

export interface ActionContext {
  readonly warehouse: Warehouse
  readonly fullRefresh: boolean
  /** How often to try again after an error that may pass. */
  readonly retries: number
  /** Milliseconds before the first try again; doubled for each after. */
  readonly retryDelay: number
  readonly signal: AbortSignal
  readonly now: () => Date
  readonly readSource: ReadSource
  /** Names for the jobs of this run, and labels. */
  readonly jobs: { readonly run: string; readonly labels: Readonly<Record<string, string>> }
  /** What the run that is resumed left of each action, by id. */
  readonly former: ReadonlyMap<string, ActionResult>
  /** Keeps how far an action is, whatever happens to this process. */
  readonly note: (result: ActionResult) => void
  /** What stands where the run will build, by id, if it is sure that nothing else changes it meanwhile. */
  readonly known: ReadonlyMap<string, Table['kind']> | undefined
  readonly onRetry: (action: Action, error: unknown) => void
}

/** What an action's result is before it runs. */
export const pendingResult = (action: Action): ActionResult => ({
  id: action.id,
  target: action.target,
  kind: action.kind as ActionResult['kind'],
  file: action.fileName,
  status: 'pending',
  deed: null,
  why: null,
  startedAt: null,
  endedAt: null,
  seconds: null,
  attempts: 0,
  rows: null,
  bytesBilled: null,
  statements: [],
  underWay: null,
  error: null,
  skippedBecause: null,
  warnings: [],
})

/**
 * Plans an action against what the warehouse has at this moment, runs its statements, and sets descriptions and labels.
 * Never rejects: what went wrong is in the result.
 */
export async function executeAction(action: Action, context: ActionContext): Promise<ActionResult> {
  const { signal, now } = context
  const attempt = new Attempt(now(), context.former.get(action.id)?.statements ?? [])
  let outcome: Pick<ActionResult, 'status' | 'error' | 'warnings' | 'underWay'>
  try {
    if (!(await wasDone(action, context, attempt)))
      await pRetry((number) => tryAction(action, context, attempt.begun(number)), {
        retries: context.retries,
        minTimeout: context.retryDelay,
        signal,
        shouldRetry: ({ error }) => mayPass(error) && attempt.mayRepeat(error),
        onFailedAttempt: ({ error, retriesLeft }) => {
          attempt.failed = error
          if (retriesLeft > 0 && mayPass(error) && attempt.mayRepeat(error)) context.onRetry(action, error)
        },
      })
    const warnings = [
      ...(attempt.failures > 0n ? [assertionProblem(action, attempt.failures).message] : []),
      ...(await describeTable(context.warehouse, action)),
    ]
    outcome = { status: action.disabled ? 'disabled' : 'succeeded', error: null, warnings, underWay: null }
  } catch (error) {
    const status = signal.aborted ? 'cancelled' : 'failed'
    const told = await neverLanded(error, action, context.warehouse)
    const placed = await placeError(told, attempt.failing, action, context.readSource)
    const unknown = status === 'cancelled' || isUndecided(error) || !attempt.isSettled
    outcome = {
      status,
      error: status === 'cancelled' ? null : runError(placed),
      warnings: [],
      // All of it done, and only the description missing: resume goes on from there.
      underWay: unknown || attempt.isDone ? attempt.underWay : null,
    }
  }
  const ended = now()
  return {
    ...resultSoFar(action, attempt),
    ...outcome,
    endedAt: ended.toISOString(),
    seconds: seconds(attempt.started, ended),
    rows: rowsOf(action, attempt),
  }
}

const resultSoFar = (action: Action, attempt: Attempt): ActionResult => ({
  ...pendingResult(action),
  status: 'running',
  deed: attempt.plan?.deed ?? null,
  why: attempt.plan?.why ?? null,
  startedAt: attempt.started.toISOString(),
  attempts: attempt.number,
  bytesBilled: billed(attempt.statements),
  // Before there is a plan, what the run before did is all that is done.
  statements: [...(attempt.plan === undefined ? attempt.former : attempt.statements)],
  underWay: attempt.underWay,
})

/** What is known of the attempt under way. */
class Attempt {
  readonly started: Date
  number = 0
  /** Of a job's id: a new one for each that failed for certain. */
  job = 1
  plan: ActionPlan | undefined
  statements: ExecutedStatement[] = []
  /** The script that was under way when it failed. */
  failing: string | undefined
  failed: unknown
  underWay: ActionResult['underWay'] = null
  /** False: it is not known yet what came of the job of the run before. */
  isSettled = true
  /** True: every statement has done its work. */
  isDone = false
  /** Of an assertion. */
  failures = 0n

  /** What the run that is resumed did of the action. */
  former: readonly ExecutedStatement[]

  constructor(started: Date, former: readonly ExecutedStatement[]) {
    this.started = started
    this.former = former
  }

  /**
   * Whether to try again does no harm: all of it, or the statement that failed alone, if it left nothing, or if the same job
   * is asked for again.
   */
  mayRepeat(error: unknown): boolean {
    return this.plan === undefined || this.plan.repeatable || isOneOf(error)
  }

  /** Ready for another try: from the statement that failed if that is safe, else from the beginning. */
  begun(number: number): this {
    this.number = number
    const { failed } = this
    this.failed = undefined
    if (failed === undefined) return this
    if (!isUndecided(failed)) this.job += 1
    if (!isOneOf(failed)) Object.assign(this, { plan: undefined, statements: [], failing: undefined })
    return this
  }
}

const isUndecided = (error: unknown): boolean => error instanceof Problem && error.undecided
const isOneOf = (error: unknown): boolean =>
  error instanceof Problem && (error.undecided || error.leftNothing)

/**
 * Asks what came of the job that the run which is resumed lost sight of.
 *
 * @returns true if it was the action's last, and did its work: then there is nothing to run
 */
async function wasDone(action: Action, context: ActionContext, attempt: Attempt): Promise<boolean> {
  const { warehouse, signal, now } = context
  const former = context.former.get(action.id)
  if (former?.underWay == null) return false
  const { job, last, text } = former.underWay
  const started = now()
  attempt.underWay = former.underWay
  attempt.isSettled = false
  const result = await warehouse.outcomeOf(job, signal)
  attempt.isSettled = true
  if (result !== undefined)
    attempt.former = [...former.statements, executed(text, result, seconds(started, now()))]
  // An assertion's last statement counts, and counts again.
  if (result === undefined || !last || action.kind === 'assertion') return false
  const why = `the run before did it, in the job ${job}`
  attempt.plan = { deed: former.deed ?? 'nothing', why, statements: [], repeatable: false }
  attempt.statements = [...attempt.former]
  attempt.isDone = true
  return true
}

async function tryAction(action: Action, context: ActionContext, attempt: Attempt): Promise<void> {
  const severity = severityOf(action)
  if (attempt.plan === undefined) {
    const existing = await existingTable(action, context)
    const input = { fullRefresh: context.fullRefresh, existing }
    const incoming = schemaMatters(action, input)
      ? await incomingColumns(action, context, attempt)
      : undefined
    attempt.plan = planAction(action, { ...input, incoming })
    attempt.statements = doneBefore(action, attempt.plan, attempt.former)
  }
  const { statements } = attempt.plan
  for (const statement of statements.slice(attempt.statements.length)) {
    attempt.failing = statement.text
    await executeStatement(statement, action, context, attempt)
  }
  attempt.failing = undefined
  if (attempt.failures > 0n && severity === 'error') throw assertionProblem(action, attempt.failures)
  attempt.isDone = true
}

/** Operations go on with the first statement that was not done, or has changed since: each is a job of its own. */
function doneBefore(
  action: Action,
  plan: ActionPlan,
  former: readonly ExecutedStatement[],
): ExecutedStatement[] {
  if (action.kind !== 'operations') return []
  const other = plan.statements.findIndex(({ text }, index) => text !== former[index]?.text)
  return former.slice(0, other === -1 ? plan.statements.length : other)
}

async function existingTable(
  action: Action,
  { warehouse, known }: ActionContext,
): Promise<ExistingTable | undefined> {
  if (action.disabled || action.kind === 'operations') return undefined
  const kind = known?.get(action.id)
  const asked = known === undefined || needsColumns(action)
  const table = asked ? await warehouse.table(action.target) : kind && { kind, columns: [] }
  if (table === undefined && needsColumns(action)) await checkAbsent(warehouse, action, kind)
  return table
}

/** A table that is added to is made anew where it is missing: so a service that may err is asked twice. */
async function checkAbsent(
  warehouse: Warehouse,
  { target }: Action,
  listed: Table['kind'] | undefined,
): Promise<void> {
  if (warehouse.kind === 'duckdb') return
  const { database, schema, name } = target
  const there =
    listed !== undefined || (await warehouse.tables(database, schema)).some((each) => each.name === name)
  if (!there) return
  throw new Problem(
    `${schema}.${name} is listed among the tables of its dataset, and is said not to be there`,
    {
      transient: true,
      leftNothing: true,
    },
  )
}

async function incomingColumns(action: Action, { warehouse, signal }: ActionContext, attempt: Attempt) {
  attempt.failing = incrementalColumnsScript(action)
  const { columns } = await warehouse.dryRun(attempt.failing, { signal })
  return columns
}

async function executeStatement(
  statement: Statement,
  action: Action,
  context: ActionContext,
  attempt: Attempt,
): Promise<void> {
  const { warehouse, signal, now } = context
  signal.throwIfAborted()
  const started = now()
  const job = jobOptions(action, context, attempt)
  const result = await warehouse.execute(statement.text, { signal, maxRows: 1, ...job })
  attempt.statements.push(executed(statement.text, result, seconds(started, now())))
  if (statement.purpose === 'assertion') attempt.failures = failuresOf(result)
}

/**
 * The statement's job. A job of BigQuery's outlives the process that asked for it, so it is noted before: a process that
 * dies leaves its name behind.
 */
function jobOptions(action: Action, context: ActionContext, attempt: Attempt): ExecuteOptions {
  const { jobs, note, warehouse } = context
  const statement = attempt.statements.length
  const job = jobId({ run: jobs.run, action: action.id, statement, attempt: attempt.job })
  const labels = { ...action.labels, ...jobs.labels }
  if (warehouse.kind === 'duckdb') return { job, labels }
  const last = statement === (attempt.plan?.statements.length ?? 0) - 1
  attempt.underWay = { job, last, text: attempt.failing ?? '' }
  note(resultSoFar(action, attempt))
  return {
    job,
    labels,
    ...(action.reservation === undefined ? {} : { reservation: action.reservation }),
  }
}

function executed(text: string, result: StatementResult, time: number): ExecutedStatement {
  const { statementType, affectedRows, bytesBilled, job } = result
  return {
    text,
    statementType,
    seconds: time,
    rows: affectedRows ?? null,
    bytesBilled: bytesBilled ?? null,
    job:
      job === undefined
        ? null
        : {
            id: job.id,
            bytesProcessed: job.bytesProcessed ?? null,
            slotMs: job.slotMs ?? null,
            cacheHit: job.cacheHit ?? null,
          },
  }
}

function failuresOf({ rows }: StatementResult): bigint {
  const value = rows[0]?.[0]
  if (value === null) return 0n
  if (typeof value !== 'bigint') throw new Error('an assertion gave no count')
  return value
}

const assertionProblem = (action: Action, failures: bigint): Problem =>
  new Problem(
    `${failures === 1n ? '1 row fails' : `${failures} rows fail`} the assertion \`${action.target.name}\``,
    {
      file: action.fileName,
      hint: `streamform query 'select * from \`${action.id}\`' shows them`,
    },
  )

/** Rows that the main statement wrote; unknown where operations after it make the script's result another's. */
function rowsOf(action: Action, { plan, statements, failures }: Attempt): number | null {
  if (action.kind === 'assertion') return statements.length === 2 ? Number(failures) : null
  if (plan === undefined || action.kind === 'view') return null
  const adds = plan.deed === 'insert' || plan.deed === 'merge' || plan.deed === 'overwrite'
  const after = adds ? (action.incremental?.postOps ?? []) : action.postOps
  return after.every((text) => text.trim() === '') ? (statements.at(-1)?.rows ?? null) : null
}

function billed(statements: readonly ExecutedStatement[]): number | null {
  const bytes = statements.flatMap(({ bytesBilled }) => (bytesBilled === null ? [] : [bytesBilled]))
  return bytes.length === 0 ? null : bytes.reduce((sum, each) => sum + each, 0)
}

export const seconds = (from: Date, to: Date): number => Math.max(0, to.getTime() - from.getTime()) / 1000

function runError(error: unknown): RunError {
  const problem = error instanceof Problem ? error : undefined
  return {
    message: error instanceof Error ? error.message : String(error),
    hint: problem?.hint ?? null,
    file: problem?.place.file ?? null,
    line: problem?.place.line ?? null,
    column: problem?.place.column ?? null,
  }
}
