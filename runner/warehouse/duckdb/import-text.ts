import type { DuckDBConnection } from '@duckdb/node-api'
import {
  physicalSchema,
  physicalTable,
  quoteIdentifier,
  quoteText,
} from '../../googlesql/lower/identifier.ts'
import type { Target } from '../../googlesql/target.ts'
import { Problem } from '../../problem.ts'
import type { TextFile } from '../local-warehouse.ts'

/**
 * Makes a table of a file's rows, every value as text: what a person or another system has exported, read by the engine in
 * one statement, so that its size does not matter.
 *
 * - CSV and TSV: the first line has the names; an empty field is NULL, `""` an empty text
 * - JSON lines: one object a line; objects and arrays within stay JSON, a missing field is NULL
 * - Parquet: bytes as hexadecimal digits, instants in UTC
 *
 * @returns the names of the columns
 * @throws Problem for a file that cannot be read so, with its line where it has one
 */
export async function importText(
  connection: DuckDBConnection,
  target: Target,
  { path, format }: TextFile,
): Promise<readonly string[]> {
  await connection.run("SET TimeZone = 'UTC'")
  const columns = await readable(path, () => selection(connection, path, format))
  if (columns.list.length === 0) throw new Problem(`${path} has no columns`)
  const table = physicalTable(target)
  await connection.run(`CREATE SCHEMA IF NOT EXISTS ${physicalSchema(target)}`)
  const list = columns.list.map(({ name, sql }) => `${sql} AS ${quoteIdentifier(name)}`).join(', ')
  await readable(path, () =>
    connection.run(`CREATE OR REPLACE TABLE ${table} AS SELECT ${list} FROM ${columns.from}`),
  )
  return columns.list.map(({ name }) => name)
}

interface Selection {
  readonly from: string
  readonly list: readonly { readonly name: string; readonly sql: string }[]
}

async function selection(
  connection: DuckDBConnection,
  path: string,
  format: TextFile['format'],
): Promise<Selection> {
  const file = quoteText(path)
  if (format === 'json') {
    const from = `read_ndjson_objects(${file})`
    const keys = await connection.runAndReadAll(
      `SELECT DISTINCT unnest(json_keys(json)) AS key FROM ${from} ORDER BY key`,
    )
    const list = keys.getRows().map(([key]) => {
      const name = String(key)
      return { name, sql: `json ->> ${quoteText(`$."${name.replaceAll('"', '\\"')}"`)}` }
    })
    return { from, list }
  }
  const from =
    format === 'parquet'
      ? `read_parquet(${file})`
      : `read_csv(${file}, header = true, all_varchar = true, delim = ${format === 'tsv' ? "'\t'" : "','"}, quote = '"', escape = '"', skip = 0, comment = '', allow_quoted_nulls = false, nullstr = '', strict_mode = true)`
  const described = await connection.runAndReadAll(`DESCRIBE SELECT * FROM ${from}`)
  return {
    from,
    list: described
      .getRows()
      .map(([name, type]) => ({ name: String(name), sql: textOf(String(name), String(type)) })),
  }
}

function textOf(name: string, type: string): string {
  const column = quoteIdentifier(name)
  if (type === 'VARCHAR') return column
  if (type === 'BLOB') return `lower(hex(${column}))`
  if (type.startsWith('TIMESTAMP')) {
    const utc =
      type === 'TIMESTAMP WITH TIME ZONE' ? `(${column} AT TIME ZONE 'UTC')` : `CAST(${column} AS TIMESTAMP)`
    return `strftime(${utc}, '%Y-%m-%d %H:%M:%S.%f')`
  }
  if (type.endsWith(']') || type.startsWith('STRUCT') || type.startsWith('MAP'))
    return `CAST(to_json(${column}) AS VARCHAR)`
  return `CAST(${column} AS VARCHAR)`
}

async function readable<Result>(path: string, work: () => Promise<Result>): Promise<Result> {
  try {
    return await work()
  } catch (cause) {
    const message = cause instanceof Error ? cause.message : String(cause)
    // The engine tells where; it also repeats the line itself, which is data.
    const line = /line:?\s+(\d+)/i.exec(message)?.[1]
    throw new Problem(
      `${path} cannot be read${line === undefined ? '' : `: line ${line} is not like the others`}`,
      {
        cause,
        hint: 'a file is read by the end of its name: .csv, .tsv, .jsonl or .ndjson, .parquet, .sql (a mysqldump)',
      },
    )
  }
}
