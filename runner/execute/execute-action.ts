import pRetry from 'p-retry'
import type { StatementResult } from '../googlesql/result.ts'
import { Problem } from '../problem.ts'
import type { Action } from '../project/compiled-graph.ts'
import { mayPass } from '../warehouse/may-pass.ts'
import type { Table, Warehouse } from '../warehouse/warehouse.ts'
import { describeTable } from './describe-table.ts'
import { placeError, type ReadSource } from './place-error.ts'
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
  const started = now()
  const attempt: Attempt = { number: 0, plan: undefined, statements: [], failing: undefined, failures: 0n }
  let outcome: Pick<ActionResult, 'status' | 'error' | 'warnings'>
  try {
    await pRetry(
      (number) => {
        Object.assign(attempt, { number, plan: undefined, statements: [], failing: undefined })
        return tryAction(action, context, attempt)
      },
      {
        retries: context.retries,
        minTimeout: context.retryDelay,
        signal,
        shouldRetry: ({ error }) => mayPass(error) && attempt.plan?.repeatable === true,
        onFailedAttempt: ({ error, retriesLeft }) => {
          if (retriesLeft > 0 && mayPass(error) && attempt.plan?.repeatable === true)
            context.onRetry(action, error)
        },
      },
    )
    const warnings = [
      ...(attempt.failures > 0n ? [assertionProblem(action, attempt.failures).message] : []),
      ...(await describeTable(context.warehouse, action)),
    ]
    outcome = { status: action.disabled ? 'disabled' : 'succeeded', error: null, warnings }
  } catch (error) {
    const status = signal.aborted ? 'cancelled' : 'failed'
    const placed = await placeError(error, attempt.failing, action, context.readSource)
    outcome = { status, error: status === 'cancelled' ? null : runError(placed), warnings: [] }
  }
  const ended = now()
  return {
    ...pendingResult(action),
    ...outcome,
    deed: attempt.plan?.deed ?? null,
    why: attempt.plan?.why ?? null,
    startedAt: started.toISOString(),
    endedAt: ended.toISOString(),
    seconds: seconds(started, ended),
    attempts: attempt.number,
    rows: rowsOf(action, attempt),
    bytesBilled: billed(attempt.statements),
    statements: attempt.statements,
  }
}

/** What is known of the attempt under way; each new one starts from nothing. */
interface Attempt {
  number: number
  plan: ActionPlan | undefined
  statements: ExecutedStatement[]
  /** The script that was under way when it failed. */
  failing: string | undefined
  /** Of an assertion. */
  failures: bigint
}

async function tryAction(action: Action, context: ActionContext, attempt: Attempt): Promise<void> {
  const severity = severityOf(action)
  const existing = await existingTable(action, context)
  const input = { fullRefresh: context.fullRefresh, existing }
  const incoming = schemaMatters(action, input) ? await incomingColumns(action, context, attempt) : undefined
  attempt.plan = planAction(action, { ...input, incoming })
  for (const statement of attempt.plan.statements) {
    attempt.failing = statement.text
    await executeStatement(statement, context, attempt)
  }
  attempt.failing = undefined
  if (attempt.failures > 0n && severity === 'error') throw assertionProblem(action, attempt.failures)
}

async function existingTable(
  action: Action,
  { warehouse, known }: ActionContext,
): Promise<ExistingTable | undefined> {
  if (action.disabled || action.kind === 'operations') return undefined
  if (known === undefined) return warehouse.table(action.target)
  const kind = known.get(action.id)
  if (kind === undefined) return undefined
  return needsColumns(action) ? warehouse.table(action.target) : { kind, columns: [] }
}

async function incomingColumns(action: Action, { warehouse, signal }: ActionContext, attempt: Attempt) {
  attempt.failing = incrementalColumnsScript(action)
  const { columns } = await warehouse.dryRun(attempt.failing, { signal })
  return columns
}

async function executeStatement(
  statement: Statement,
  context: ActionContext,
  attempt: Attempt,
): Promise<void> {
  const { warehouse, signal, now } = context
  signal.throwIfAborted()
  const started = now()
  const result = await warehouse.execute(statement.text, { signal, maxRows: 1 })
  attempt.statements.push({
    text: statement.text,
    statementType: result.statementType,
    seconds: seconds(started, now()),
    rows: result.affectedRows ?? null,
    bytesBilled: result.bytesBilled ?? null,
  })
  if (statement.purpose === 'assertion') attempt.failures = failuresOf(result)
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
