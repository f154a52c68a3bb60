import type { DuckDBConnection } from '@duckdb/node-api'
import { quoteIdentifier, quoteText } from '../../googlesql/lower/identifier.ts'
import type { ResultColumn } from '../../googlesql/result.ts'
import { logicalType, physicalType } from '../../googlesql/types/physical.ts'
import { Problem } from '../../problem.ts'
import type { FileRows } from '../local-warehouse.ts'
import { toValue } from './values.ts'

/** Types that Parquet files have and BigQuery has not, and the BigQuery type that holds all their values. */
const wider: readonly (readonly [pattern: RegExp, type: string])[] = [
  [/\b(?:TINYINT|SMALLINT|INTEGER|UTINYINT|USMALLINT|UINTEGER)\b/g, 'BIGINT'],
  [/\b(?:UBIGINT)\b/g, 'DECIMAL(38,9)'],
  [/\bFLOAT\b/g, 'DOUBLE'],
  [/\bTIMESTAMP_(?:S|MS)\b/g, 'TIMESTAMP'],
  [/\b(?:UUID|ENUM\([^)]*\))/g, 'VARCHAR'],
]

/** Reads a Parquet file into BigQuery's types. @throws Problem for what is no such file, or a type that none holds */
export async function readParquet(connection: DuckDBConnection, file: string): Promise<FileRows> {
  const from = `read_parquet(${quoteText(file)})`
  const described = await connection
    .runAndReadAll(`DESCRIBE SELECT * FROM ${from}`)
    .catch((cause: unknown) => {
      throw new Problem('the file is no Parquet file that can be read', { cause })
    })
  const columns = described.getRowsJS().map(([name, type]): ResultColumn => {
    const text = widened(String(type))
    try {
      return { name: String(name), type: logicalType(text) }
    } catch (cause) {
      throw new Problem(
        `the column ${String(name)} of the Parquet file has a type that is not supported: ${text}`,
        {
          cause,
        },
      )
    }
  })
  if (columns.length === 0) throw new Problem('the Parquet file has no columns')
  const list = columns.map(({ name, type }) => {
    const column = quoteIdentifier(name)
    return `CAST(${column} AS ${physicalType(type)})`
  })
  const reader = await connection.runAndReadAll(`SELECT ${list.join(', ')} FROM ${from}`)
  const rows = reader
    .getRows()
    .map((row) => columns.map(({ name, type }, index) => toValue(row[index] ?? null, type, name)))
  return { columns, rows }
}

function widened(type: string): string {
  const decimals = type.replace(/DECIMAL\((\d+), ?(\d+)\)/g, (text, precision: string, scale: string) =>
    Number(scale) <= 9 && Number(precision) - Number(scale) <= 29 ? 'DECIMAL(38,9)' : text,
  )
  return wider.reduce((text, [pattern, name]) => text.replace(pattern, name), decimals)
}
