import { sqlName, sqlTable } from '../../googlesql/quote.ts'
import type { DryRun } from '../../googlesql/result.ts'
import type { Target } from '../../googlesql/target.ts'
import type { SqlType } from '../../googlesql/types/type.ts'
import { Problem } from '../../problem.ts'
import type { LocalWarehouse } from '../../warehouse/local-warehouse.ts'
import { tableName } from '../reference.ts'

/** Rows of a table whose sizes stand for those of all. */
const sampled = 1000

/** Bytes of a value that is not NULL; others have the size of their content (https://cloud.google.com/bigquery/docs/data-types#data_type_sizes). */
const fixed: Readonly<Partial<Record<SqlType['kind'], number>>> = {
  BOOL: 1,
  INT64: 8,
  FLOAT64: 8,
  NUMERIC: 16,
  BIGNUMERIC: 32,
  DATE: 8,
  DATETIME: 8,
  TIME: 8,
  TIMESTAMP: 8,
  INTERVAL: 16,
  RANGE: 16,
}

/** Average bytes of a column, by warehouse and by table, its rows and the column: a table that changes is sampled anew. */
const known = new WeakMap<LocalWarehouse, Map<string, number>>()

/**
 * What BigQuery would read for a query, about: for each scan of a table its rows times the average size of the columns that
 * are read, from a sample. Partitions, clusters and the cache, by which BigQuery reads less, do not count.
 */
export async function bytesOf(
  warehouse: LocalWarehouse,
  { scans = [] }: Pick<DryRun, 'scans'>,
): Promise<number> {
  let bytes = 0
  for (const { table, columns } of scans) {
    const rows = (await warehouse.table(table))?.rowCount ?? 0
    if (rows > 0 && columns.length > 0) bytes += rows * (await rowBytes(warehouse, table, rows, columns))
  }
  return Math.round(bytes)
}

async function rowBytes(
  warehouse: LocalWarehouse,
  table: Target,
  rows: number,
  columns: readonly string[],
): Promise<number> {
  const sizes = known.get(warehouse) ?? new Map<string, number>()
  known.set(warehouse, sizes)
  const key = (name: string) => `${tableName(table)} ${rows} ${name}`
  const wanted = columns.filter((name) => !sizes.has(key(name)))
  if (wanted.length > 0) {
    if (sizes.size > 100_000) sizes.clear()
    const measured = await measure(warehouse, table, wanted)
    for (const [index, name] of wanted.entries()) sizes.set(key(name), measured[index] ?? 0)
  }
  return columns.reduce((sum, name) => sum + (sizes.get(key(name)) ?? 0), 0)
}

async function measure(
  warehouse: LocalWarehouse,
  table: Target,
  columns: readonly string[],
): Promise<readonly number[]> {
  const definition = await warehouse.definition(table)
  const types = new Map(definition?.columns.map(({ name, type }) => [name, type]))
  const sums = columns.map((name) => `AVG(IF(${sqlName(name)} IS NULL, 0, ${sizeOf(name, types.get(name))}))`)
  const rows = `SELECT ${columns.map((name) => sqlName(name)).join(', ')} FROM ${sqlTable(table)} LIMIT ${sampled}`
  try {
    const { rows: answer } = await warehouse.execute(`SELECT ${sums.join(', ')} FROM (${rows})`, {
      wholeTables: true,
    })
    return (answer[0] ?? []).map(Number)
  } catch (error) {
    // A table that somebody else is changing at this moment is not worth a failure.
    if (error instanceof Problem) return []
    throw error
  }
}

function sizeOf(name: string, type: SqlType | undefined): string {
  const size = type && fixed[type.kind]
  if (size !== undefined) return String(size)
  if (type?.kind === 'STRING' || type?.kind === 'BYTES') return `2 + BYTE_LENGTH(${sqlName(name)})`
  return `BYTE_LENGTH(TO_JSON_STRING(${sqlName(name)}))`
}
