import type { ResultColumn } from '../googlesql/result.ts'
import { Problem } from '../problem.ts'
import type { Action } from '../project/compile/compiled-graph.ts'
import { leavesNothing } from '../project/compile/session-statements.ts'
import type { Table } from '../warehouse/warehouse.ts'
import { columnChanges } from './schema-change.ts'
import { script } from './script.ts'
import * as sql from './statements.ts'

/** What an action will do to its target. */
export type Deed = 'create' | 'replace' | 'insert' | 'merge' | 'overwrite' | 'check' | 'operate' | 'nothing'

export interface Statement {
  /** GoogleSQL: one statement, or a script that is one job. */
  readonly text: string
  /** `assertion`: its one value counts failing rows, NULL or 0 if there are none. */
  readonly purpose: 'statement' | 'assertion'
}

export interface ActionPlan {
  readonly deed: Deed
  /** The reason, for people: `full refresh`, `d.t is not there yet`. */
  readonly why: string
  /** Each a job of its own, in order. */
  readonly statements: readonly Statement[]
  /**
   * True if running all of it again after a failure at any point does no harm. Operations, and models with operations
   * before or after them, are a person's own statements: who knows what they add to. Those that make only variables and
   * temporary tables add to nothing.
   */
  readonly repeatable: boolean
  /** What stands in the target's place and is dropped first; undefined: nothing. */
  readonly drops?: Table['kind'] | undefined
}

export type ExistingTable = Pick<Table, 'kind' | 'columns'>

/** True if an action's plan depends on the columns of the table that stands there, not only on its kind. */
export const needsColumns = (action: Action): boolean => action.incremental !== undefined

/** What a plan depends on beside the action. */
export interface PlanInput {
  readonly fullRefresh: boolean
  /** What stands at the target now; its columns count only where `needsColumns` says so. */
  readonly existing: ExistingTable | undefined
  /** The columns that the incremental query gives; asked only where `schemaMatters` says so. */
  readonly incoming?: readonly ResultColumn[] | undefined
}

/** True if an incremental model's table is kept and added to. */
export const addsToTable = (action: Action, { fullRefresh, existing }: PlanInput): boolean =>
  action.incremental !== undefined &&
  existing?.kind === 'TABLE' &&
  (!fullRefresh || action.incremental.protected)

/** True if planning must know the incremental query's columns: `onSchemaChange` acts on them. */
export const schemaMatters = (action: Action, input: PlanInput): boolean =>
  addsToTable(action, input) && action.incremental?.onSchemaChange !== 'IGNORE'

/** The script whose last statement has the columns of the incremental query; earlier operations declare its variables. */
export const incrementalColumnsScript = (action: Action): string =>
  script([...(action.incremental?.preOps ?? []), sql.incrementalQuery(action)])

/**
 * The statements that bring an action's target up to date, as `dataform run` would send them (dataform-cli,
 * cli/api/commands/build.ts and execution_sql.ts). The one difference: `onSchemaChange` compares columns here, from a
 * dry run, and sends plain ALTER TABLE statements, where Dataform sends a stored procedure that does.
 *
 * @throws Problem for an action that cannot run here, and for columns that changed against `onSchemaChange`
 */
export function planAction(action: Action, input: PlanInput): ActionPlan {
  if (action.disabled) return { deed: 'nothing', why: 'disabled', statements: [], repeatable: true }
  if (action.jitCode !== undefined && action.jitCode !== '')
    throw new Problem(`${name(action)} makes its SQL when it runs (jitCode), which is not supported`, {
      file: action.fileName,
      hint: 'write the query in the model, or disable it',
    })
  switch (action.kind) {
    case 'table':
    case 'view':
      return planCreation(action, input)
    case 'incremental':
      return addsToTable(action, input) ? planIncrement(action, input) : planCreation(action, input)
    case 'assertion':
      return planAssertion(action, input)
    case 'operations':
      return planOperations(action)
    default:
      throw new Problem(`${name(action)} is a ${action.kind}, which only hosted Dataform runs`, {
        file: action.fileName,
      })
  }
}

const name = ({ target }: Action): string => `\`${target.schema}.${target.name}\``

const statement = (text: string): Statement => ({ text, purpose: 'statement' })

function planCreation(action: Action, { existing, fullRefresh }: PlanInput): ActionPlan {
  const wanted = action.kind !== 'view' ? 'TABLE' : action.materialized ? 'MATERIALIZED_VIEW' : 'VIEW'
  const differs = existing !== undefined && existing.kind !== wanted
  const text = script([
    ...action.preOps,
    ...(differs ? [sql.dropIfExists(existing.kind, action.target)] : []),
    sql.createOrReplace(action),
    ...action.postOps,
  ])
  return {
    deed: existing === undefined ? 'create' : 'replace',
    why: whyCreated(action, existing, differs, fullRefresh),
    statements: [statement(text)],
    repeatable: [...action.preOps, ...action.postOps].every(leavesNothing),
    drops: differs ? existing.kind : undefined,
  }
}

function whyCreated(
  action: Action,
  existing: ExistingTable | undefined,
  differs: boolean,
  fullRefresh: boolean,
): string {
  if (existing === undefined) return 'not there yet'
  if (differs) return `a ${existing.kind.toLowerCase().replace('_', ' ')} stands in its place`
  if (action.incremental !== undefined && fullRefresh) return 'full refresh'
  return `a ${action.kind} is built anew`
}

function planIncrement(action: Action, input: PlanInput): ActionPlan {
  const { incremental, target, partitionBy } = action
  const { existing, incoming, fullRefresh } = input
  if (incremental === undefined || existing === undefined) throw new Error('not an increment')
  const { alterations, columns } = columnChanges(action, existing, incoming)
  const query = sql.incrementalQuery(action)
  const { deed, text } = ((): { deed: Deed; text: string } => {
    if (incremental.strategy === 'INSERT_OVERWRITE') {
      if (partitionBy === undefined)
        throw new Problem(`${name(action)} overwrites partitions but has no \`partitionBy\``, {
          file: action.fileName,
        })
      return { deed: 'overwrite', text: sql.overwritePartitions(target, columns, partitionBy, query) }
    }
    const { uniqueKey, updatePartitionFilter, predicates } = incremental
    if (uniqueKey.length === 0) return { deed: 'insert', text: sql.insertInto(target, columns, query) }
    return {
      deed: 'merge',
      text: sql.mergeInto({ target, columns, uniqueKey, updatePartitionFilter, predicates, query }),
    }
  })()
  return {
    deed,
    why: fullRefresh ? 'protected from full refresh' : 'adds to what is there',
    statements: [statement(script([...incremental.preOps, ...alterations, text, ...incremental.postOps]))],
    repeatable: [...incremental.preOps, ...incremental.postOps].every(leavesNothing),
  }
}

function planAssertion(action: Action, { existing }: PlanInput): ActionPlan {
  const differs = existing !== undefined && existing.kind !== 'VIEW'
  return {
    deed: 'check',
    why: action.parentAction === undefined ? 'an assertion' : `asserted by \`${action.parentAction.name}\``,
    statements: [
      statement(
        script([
          ...(differs ? [sql.dropIfExists(existing.kind, action.target)] : []),
          sql.createAssertionView(action),
        ]),
      ),
      { text: sql.countFailures(action.target), purpose: 'assertion' },
    ],
    repeatable: true,
    drops: differs ? existing.kind : undefined,
  }
}

function planOperations(action: Action): ActionPlan {
  const statements = action.queries.map((text) => text.trim()).filter((text) => text !== '')
  return { deed: 'operate', why: 'operations', statements: statements.map(statement), repeatable: false }
}
