import type { Target } from '../googlesql/target.ts'
import { restrict } from '../graph/dag.ts'
import { actionDag } from '../graph/select.ts'
import { Problem } from '../problem.ts'
import type { Action } from '../project/compile/compiled-graph.ts'
import type { Table, Warehouse } from '../warehouse/warehouse.ts'
import { runnable } from './execute-run.ts'
import { type ActionPlan, incrementalColumnsScript, planAction, schemaMatters } from './plan.ts'
import { Shadow } from './shadow.ts'

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
  /** What stands in the target's place and is dropped before it is made: `VIEW`, `TABLE` …; null: nothing. */
  readonly drops: Table['kind'] | null
  /** Bytes that BigQuery would read, by its own dry run; null where nothing is billed, and where it cannot tell. */
  readonly bytes: number | null
  /** Why BigQuery cannot tell; null if it can, or nothing is billed. */
  readonly bytesUnknown: string | null
  /** Of the bytes, where `warehouse.price_per_tib` is given. */
  readonly price: number | null
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
  pricePerTib?: number,
): Promise<readonly PlannedAction[]> {
  const wanted = runnable(selected)
  const byId = new Map(wanted.map((action) => [action.id, action]))
  const { blocking, after } = restrict(actionDag(actions), new Set(byId.keys()))
  const shadow = new Shadow(warehouse, wanted)
  const planned: PlannedAction[] = []
  try {
    for (const id of after.ids) {
      const action = byId.get(id)
      if (action === undefined) continue
      const { target, kind, fileName: file } = action
      const needs = blocking.dependencies.get(id) ?? []
      const plan = await planOne(warehouse, action, fullRefresh, shadow)
      const cost =
        warehouse.kind === 'duckdb' ? free : await costOf(warehouse, action, plan.statements, shadow)
      const price =
        pricePerTib === undefined || cost.bytes === null ? null : (cost.bytes * pricePerTib) / 2 ** 40
      planned.push({ id, target, kind, file, needs, ...plan, ...cost, price })
    }
    return planned
  } finally {
    await shadow.close()
  }
}

type Cost = Pick<PlannedAction, 'bytes' | 'bytesUnknown'>

const free: Cost = { bytes: null, bytesUnknown: null }

async function planOne(
  warehouse: Warehouse,
  action: Action,
  fullRefresh: boolean,
  shadow: Shadow,
): Promise<Pick<PlannedAction, 'deed' | 'why' | 'statements' | 'unknown' | 'drops'>> {
  const existing = action.kind === 'operations' ? undefined : await warehouse.table(action.target)
  const input = { fullRefresh, existing }
  try {
    const incoming = schemaMatters(action, input)
      ? await incomingColumns(warehouse, action, shadow)
      : undefined
    const { deed, why, statements, drops = null } = planAction(action, { ...input, incoming })
    return { deed, why, statements: statements.map(({ text }) => text), unknown: null, drops }
  } catch (error) {
    if (!(error instanceof Problem)) throw error
    return {
      deed: 'nothing',
      why: 'not known before it runs',
      statements: [],
      unknown: error.toString(),
      drops: null,
    }
  }
}

async function incomingColumns(warehouse: Warehouse, action: Action, shadow: Shadow) {
  const text = incrementalColumnsScript(action)
  try {
    return (await warehouse.dryRun(text)).columns
  } catch (error) {
    if (warehouse.kind === 'duckdb' || !(error instanceof Problem)) throw error
    return (await shadow.dryRun(action, text)).columns
  }
}

/** What an action's statements read, each by a dry run; those that read what the run itself makes are typed here. */
async function costOf(
  warehouse: Warehouse,
  action: Action,
  statements: readonly string[],
  shadow: Shadow,
): Promise<Cost> {
  let bytes = 0
  const reasons: string[] = []
  // An assertion's second statement reads the view that its first one makes.
  const own = action.kind === 'assertion' ? [action.query] : statements
  for (const text of own) {
    try {
      bytes += (await warehouse.dryRun(text)).bytes ?? 0
    } catch (error) {
      if (!(error instanceof Problem)) throw error
      reasons.push(await whyUnknown(error, action, text, shadow))
    }
  }
  return reasons.length === 0
    ? { bytes, bytesUnknown: null }
    : { bytes: null, bytesUnknown: [...new Set(reasons)].join('; ') }
}

/** Which of its inputs the run itself makes, if the statement is right but for that; else what is wrong with it. */
async function whyUnknown(error: Problem, action: Action, text: string, shadow: Shadow): Promise<string> {
  const made = shadow.madeByRun(action)
  if (made.length === 0) return error.message
  try {
    await shadow.dryRun(action, text)
    return `it reads ${made.map(({ schema, name }) => `${schema}.${name}`).join(', ')}, which the run makes`
  } catch (wrong) {
    if (!(wrong instanceof Problem)) throw wrong
    return wrong.message
  }
}
