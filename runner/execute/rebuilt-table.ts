import { nearest } from '../nearest.ts'
import { Problem } from '../problem.ts'
import type { Action } from '../project/compiled-graph.ts'
import type { Warehouse } from '../warehouse/warehouse.ts'
import { quotedColumn, quotedTarget } from './statements.ts'

/** What a current table is made of. */
export interface CurrentModels {
  readonly current: Action
  /** The incremental tables that are built from its change log. */
  readonly state: Action
  readonly versions: Action | undefined
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
    return { current, state, versions: byName.get(`${table}_versions`) }
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
 * In which rows a current table is not what its change log says: its state computed anew from the whole log, against the
 * state that is there. Changes nothing.
 *
 * @returns by key, at most `most`
 * @throws Problem if its tables are not there yet
 */
export async function differencesFromLog(
  warehouse: Pick<Warehouse, 'execute' | 'table'>,
  { current, state }: CurrentModels,
  { most = 1000, signal }: { readonly most?: number; readonly signal?: AbortSignal } = {},
): Promise<readonly Difference[]> {
  const table = await warehouse.table(current.target)
  if (table === undefined)
    throw new Problem(`\`${current.target.schema}.${current.target.name}\` is not there yet`, {
      hint: `streamform run '+${current.target.schema}.${current.target.name}'`,
    })
  // By name: a table that gained columns has them in another order than one that is built anew.
  const columns = table.columns.map(({ name }) => quotedColumn(name)).join(', ')
  const shown = (from: string) =>
    `select _metadata_key as key, to_json_string(struct(${columns})) as text from ${from} where _metadata_is_current`
  const { rows } = await warehouse.execute(
    `select coalesce(present.key, rebuilt.key) as key, present.key is null, rebuilt.key is null
from (${shown(quotedTarget(state.target))}) as present
full outer join (${shown(`(${state.query}\n)`)}) as rebuilt on rebuilt.key = present.key
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
