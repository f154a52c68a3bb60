import type { Target } from '../googlesql/target.ts'
import { restrict } from '../graph/dag.ts'
import { actionDag } from '../graph/select.ts'
import { Problem } from '../problem.ts'
import type { Action } from '../project/compiled-graph.ts'
import type { Warehouse } from '../warehouse/warehouse.ts'
import { runnable } from './execute-run.ts'
import { type ActionPlan, incrementalColumnsScript, planAction, schemaMatters } from './plan.ts'

/** What a run would do with one action, as far as it can be told before it starts. */
export interface PlannedAction {
  readonly id: string
  readonly target: Target
  readonly kind: Action['kind']
  readonly file: string
  readonly deed: ActionPlan['deed']
  readonly why: string
  /** Ids of the planned actions that must succeed first. */
  readonly needs: readonly string[]
  /** Each a job of its own. */
  readonly statements: readonly string[]
  /** Why the statements are not known yet; null if they are. */
  readonly unknown: string | null
}

/**
 * What a run of the selected actions would do, in an order in which it can. Reads the warehouse and changes nothing.
 * An incremental table whose `onSchemaChange` needs columns that only the run itself will bring is `unknown` so far.
 */
export async function planRun(
  warehouse: Warehouse,
  actions: readonly Action[],
  selected: readonly Action[],
  fullRefresh: boolean,
): Promise<readonly PlannedAction[]> {
  const wanted = runnable(selected)
  const byId = new Map(wanted.map((action) => [action.id, action]))
  const { blocking, after } = restrict(actionDag(actions), new Set(byId.keys()))
  const planned: PlannedAction[] = []
  for (const id of after.ids) {
    const action = byId.get(id)
    if (action === undefined) continue
    const { target, kind, fileName: file } = action
    const needs = blocking.dependencies.get(id) ?? []
    planned.push({ id, target, kind, file, needs, ...(await planOne(warehouse, action, fullRefresh)) })
  }
  return planned
}

async function planOne(
  warehouse: Warehouse,
  action: Action,
  fullRefresh: boolean,
): Promise<Pick<PlannedAction, 'deed' | 'why' | 'statements' | 'unknown'>> {
  const existing = action.kind === 'operations' ? undefined : await warehouse.table(action.target)
  const input = { fullRefresh, existing }
  try {
    const incoming = schemaMatters(action, input)
      ? (await warehouse.dryRun(incrementalColumnsScript(action))).columns
      : undefined
    const { deed, why, statements } = planAction(action, { ...input, incoming })
    return { deed, why, statements: statements.map(({ text }) => text), unknown: null }
  } catch (error) {
    if (!(error instanceof Problem)) throw error
    return { deed: 'nothing', why: 'not known before it runs', statements: [], unknown: error.toString() }
  }
}
