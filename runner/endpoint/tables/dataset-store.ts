import { sqlTable, sqlText } from '../../googlesql/quote.ts'
import type { Target } from '../../googlesql/target.ts'
import type { LocalWarehouse } from '../../warehouse/local-warehouse.ts'
import { isObject, type JsonObject, parseJson } from '../json.ts'

/** The endpoint's own dataset in each project; hidden from lists, as BigQuery's own that begin with an underscore. */
export const ownDataset = '_streamform'

const tableOf = (project: string): Target => ({ database: project, schema: ownDataset, name: 'datasets' })

/** What clients gave datasets beside their names (labels, descriptions, …), kept in the warehouse. */
export async function readDatasets(
  warehouse: LocalWarehouse,
  project: string,
): Promise<ReadonlyMap<string, JsonObject>> {
  const table = tableOf(project)
  if ((await warehouse.definition(table)) === undefined) return new Map()
  const { rows } = await warehouse.execute(`SELECT dataset_id, properties FROM ${sqlTable(table)}`)
  return new Map(
    rows.map(([id, text]) => {
      const value = parseJson(String(text))
      return [String(id), isObject(value) ? value : {}]
    }),
  )
}

/** Keeps properties of a dataset; undefined: forgets them. */
export async function writeDataset(
  warehouse: LocalWarehouse,
  project: string,
  id: string,
  properties: JsonObject | undefined,
): Promise<void> {
  const table = tableOf(project)
  const known = (await warehouse.definition(table)) !== undefined
  if (!known && properties === undefined) return
  if (!known) {
    await warehouse.createDataset(project, ownDataset)
    await warehouse.execute(
      `CREATE TABLE IF NOT EXISTS ${sqlTable(table)} (dataset_id STRING NOT NULL, properties STRING NOT NULL)`,
    )
  }
  const remove = `DELETE FROM ${sqlTable(table)} WHERE dataset_id = ${sqlText(id)}`
  const insert =
    properties === undefined
      ? ''
      : `INSERT INTO ${sqlTable(table)} VALUES (${sqlText(id)}, ${sqlText(JSON.stringify(properties))});`
  await warehouse.execute(`BEGIN TRANSACTION; ${remove}; ${insert} COMMIT TRANSACTION;`)
}
