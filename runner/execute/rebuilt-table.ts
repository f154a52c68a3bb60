import { sqlName, sqlTable } from '../googlesql/quote.ts'
import type { Target } from '../googlesql/target.ts'
import { nearest } from '../nearest.ts'
import { Problem } from '../problem.ts'
import type { Action } from '../project/compile/compiled-graph.ts'
import type { Warehouse } from '../warehouse/warehouse.ts'

/** What a current table is made of. */
export interface CurrentModels {
  readonly current: Action
  /** The incremental tables that are built from its change log. */
  readonly state: Action
  readonly versions: Action | undefined
  /** Its change log, and the landings that the log asks; undefined in a project that names them otherwise. */
  readonly log: Action | undefined
  readonly landings: Action | undefined
}

/** A row that is not what the change log says. */
export interface Difference {
  /** The row's key as JSON. */
  readonly key: string
  /** `missing`: the table lacks it; `extra`: it should not be there. */
  readonly kind: 'missing' | 'extra' | 'different'
}

/**
 * The models of a current table, by its name.
 *
 * @throws Problem (exit code 2) for a name that no current table has, with the nearest that one has
 */
export function currentModels(actions: readonly Action[], table: string): CurrentModels {
  const byName = new Map(actions.map((action) => [`${action.target.schema}.${action.target.name}`, action]))
  const state = byName.get(`${table}_state`)
  const current = byName.get(table)
  if (current !== undefined && state?.incremental !== undefined)
    return {
      current,
      state,
      versions: byName.get(`${table}_versions`),
      log: byName.get(`${table}_log`),
      landings: byName.get(`${table}_landings`),
    }
  const known = [...byName.keys()].filter((name) => byName.get(`${name}_state`)?.incremental !== undefined)
  const meant = nearest(table, known)
  throw new Problem(
    `\`${table}\` is no current table${meant === undefined ? '' : `; did you mean \`${meant}\`?`}`,
    {
      exitCode: 2,
      hint: known.length === 0 ? 'the project has none' : `the project has ${known.join(', ')}`,
    },
  )
}

/**
 * A model over a change log as it would have been after what had landed by an instant: its next increment takes the rest.
 *
 * @param landed ISO 8601, UTC
 */
export function asLanded(model: Action, log: Action, landed: string): Action {
  const name = sqlTable(log.target)
  const then = `(SELECT * FROM ${name} WHERE _metadata_loaded_at <= TIMESTAMP '${landed}')`
  return { ...model, query: model.query.replaceAll(name, () => then) }
}

/**
 * In which rows a current table is not what its change log says: its state computed anew from the whole log, against the
 * state that is there. Changes nothing.
 *
 * @returns by key, at most `most`
 * @throws Problem if its tables are not there yet
 */
export async function differencesFromLog(
  warehouse: Pick<Warehouse, 'execute' | 'table'>,
  { current, state }: Pick<CurrentModels, 'current' | 'state'>,
  { most = 1000, signal }: { readonly most?: number; readonly signal?: AbortSignal } = {},
): Promise<readonly Difference[]> {
  const columns = await columnsOf(warehouse, current)
  return await differences(
    warehouse,
    shownRows(sqlTable(state.target), columns),
    shownRows(`(${state.query}\n)`, columns),
    most,
    signal,
  )
}

/** By name: a table that gained columns has them in another order than one that is built anew. */
async function columnsOf(warehouse: Pick<Warehouse, 'table'>, current: Action): Promise<readonly string[]> {
  const table = await warehouse.table(current.target)
  if (table === undefined)
    throw new Problem(`\`${current.target.schema}.${current.target.name}\` is not there yet`, {
      hint: `streamform run '+${current.target.schema}.${current.target.name}'`,
    })
  return table.columns.map(({ name }) => name)
}

const shownRows = (from: string, columns: readonly string[]) =>
  `select _metadata_key as key, to_json_string(struct(${columns.map(sqlName).join(', ')})) as text from ${from} where _metadata_is_current`

async function differences(
  warehouse: Pick<Warehouse, 'execute'>,
  present: string,
  rebuilt: string,
  most: number,
  signal: AbortSignal | undefined,
): Promise<readonly Difference[]> {
  const { rows } = await warehouse.execute(
    `select coalesce(present.key, rebuilt.key) as key, present.key is null, rebuilt.key is null
from (${present}) as present
full outer join (${rebuilt}) as rebuilt on rebuilt.key = present.key
where present.key is null or rebuilt.key is null or present.text != rebuilt.text
order by 1
limit ${most}`,
    signal === undefined ? {} : { signal },
  )
  return rows.map(([key, missing, extra]) => ({
    key: String(key),
    kind: missing === true ? 'missing' : extra === true ? 'extra' : 'different',
  }))
}

/**
 * As `differencesFromLog`, between a state and another of the same columns.
 *
 * @param rebuilt a table as the state should be
 */
export async function differencesFromState(
  warehouse: Pick<Warehouse, 'execute' | 'table'>,
  { current, state }: Pick<CurrentModels, 'current' | 'state'>,
  rebuilt: Target,
  { most = 1000, signal }: { readonly most?: number; readonly signal?: AbortSignal } = {},
): Promise<readonly Difference[]> {
  const [columns, other] = [await columnsOf(warehouse, current), await warehouse.table(rebuilt)]
  const both = columns.filter((column) => other?.columns.some(({ name }) => name === column))
  return await differences(
    warehouse,
    shownRows(sqlTable(state.target), both),
    shownRows(sqlTable(rebuilt), both),
    most,
    signal,
  )
}

/** Where a table is kept that a rebuild has replaced. */
export const keptTarget = ({ database, schema, name }: Target): Target => ({
  database,
  schema: 'streamform_before_rebuild',
  name: `${schema}__${name}`,
})

/** Keeps copies of tables, in place of those kept before. */
export async function keep(warehouse: Warehouse, targets: readonly Target[]): Promise<void> {
  for (const target of targets) {
    const kept = keptTarget(target)
    await warehouse.createDataset(kept.database, kept.schema)
    await warehouse.execute(`CREATE OR REPLACE TABLE ${sqlTable(kept)} CLONE ${sqlTable(target)}`)
  }
}

/**
 * Puts kept tables back, each by one statement.
 *
 * @returns those that were put back; none, if nothing was kept
 */
export async function putBack(warehouse: Warehouse, targets: readonly Target[]): Promise<readonly Target[]> {
  const back: Target[] = []
  for (const target of targets) {
    const kept = keptTarget(target)
    if ((await warehouse.table(kept)) === undefined) continue
    await warehouse.execute(`CREATE OR REPLACE TABLE ${sqlTable(target)} CLONE ${sqlTable(kept)}`)
    await warehouse.execute(`DROP TABLE ${sqlTable(kept)}`)
    back.push(target)
  }
  return back
}
