import { mkdtemp, open, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type DuckDBConnection, DuckDBInstance } from '@duckdb/node-api'
import { quoteIdentifier, quoteText } from '../../googlesql/lower/identifier.ts'
import type { SqlType } from '../../googlesql/types/type.ts'
import { Problem } from '../../problem.ts'

export interface ParquetRows {
  readonly columns: readonly { readonly name: string; readonly type: SqlType }[]
  /** Each value as JSON says it: numbers of 64 bits, decimals and times as text, bytes in base64. */
  readonly rows: readonly (readonly unknown[])[]
}

/**
 * The rows of a Parquet file, some thousands at a time; at least once, so that the columns of a file without rows are
 * known too. The file lies on disk while it is read: Parquet begins with its end.
 *
 * @throws Problem for what is no Parquet file
 */
export async function* parquetRows(content: AsyncIterable<Uint8Array>): AsyncGenerator<ParquetRows> {
  const folder = await mkdtemp(join(tmpdir(), 'streamform-parquet-'))
  try {
    const file = join(folder, 'file.parquet')
    await writePieces(content, file)
    const instance = await DuckDBInstance.create(':memory:', { threads: '1' })
    const connection = await instance.connect()
    try {
      yield* rowsOf(connection, file)
    } finally {
      connection.closeSync()
      instance.closeSync()
    }
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

/** One piece after the other: whoever gives them may use their memory again once the next is asked for. */
async function writePieces(content: AsyncIterable<Uint8Array>, path: string): Promise<void> {
  const file = await open(path, 'w')
  try {
    for await (const piece of content) {
      for (let at = 0; at < piece.length; ) at += (await file.write(piece, at)).bytesWritten
    }
  } finally {
    await file.close()
  }
}

async function* rowsOf(connection: DuckDBConnection, file: string): AsyncGenerator<ParquetRows> {
  const from = `read_parquet(${quoteText(file)})`
  const columns = await columnsOf(connection, from)
  const list = columns.map(({ name, readAs }) => readAs(quoteIdentifier(name)))
  let isFirst = true
  try {
    const result = await connection.stream(`SELECT ${list.join(', ')} FROM ${from}`)
    for (let chunk = await result.fetchChunk(); chunk !== null; chunk = await result.fetchChunk()) {
      if (chunk.rowCount === 0) break
      isFirst = false
      yield { columns, rows: chunk.getRows().map((row) => row.map(asJson)) }
    }
  } catch (cause) {
    throw noParquet(cause)
  }
  if (isFirst) yield { columns, rows: [] }
}

/** 64 bits are written out: JSON's numbers do not hold them. */
function asJson(value: unknown): unknown {
  if (typeof value === 'bigint') return String(value)
  if (typeof value !== 'number' || Number.isFinite(value)) return value
  return String(value)
}

interface ReadColumn {
  readonly name: string
  readonly type: SqlType
  readonly readAs: (column: string) => string
}

async function columnsOf(connection: DuckDBConnection, from: string): Promise<readonly ReadColumn[]> {
  try {
    await connection.run("SET TimeZone = 'UTC'")
    const described = await connection.runAndReadAll(`DESCRIBE SELECT * FROM ${from}`)
    return described.getRowsJS().map(([name, type]) => ({ name: String(name), ...columnOf(String(type)) }))
  } catch (cause) {
    throw noParquet(cause)
  }
}

const noParquet = (cause: unknown): Problem =>
  new Problem('the file is no Parquet file that can be read', { cause })

const asText = (column: string): string => `CAST(${column} AS VARCHAR)`
const isoTime = (column: string): string => `strftime(${column}, '%Y-%m-%dT%H:%M:%S.%f')`

/** What holds every value of a column of Parquet's exactly; what none of BigQuery's types holds is text, or JSON. */
function columnOf(type: string): Omit<ReadColumn, 'name'> {
  const decimal = /^DECIMAL\((\d+),\s*(\d+)\)$/.exec(type)
  if (decimal !== null) {
    const [precision, scale] = [Number(decimal[1]), Number(decimal[2])]
    const isNumeric = scale <= 9 && precision - scale <= 29
    return { type: { kind: isNumeric ? 'NUMERIC' : 'STRING' }, readAs: asText }
  }
  switch (type) {
    case 'BOOLEAN':
      return { type: { kind: 'BOOL' }, readAs: (column) => column }
    case 'TINYINT':
    case 'SMALLINT':
    case 'INTEGER':
    case 'BIGINT':
    case 'UTINYINT':
    case 'USMALLINT':
    case 'UINTEGER':
      return { type: { kind: 'INT64' }, readAs: (column) => `CAST(${column} AS BIGINT)` }
    case 'FLOAT':
    case 'DOUBLE':
      return { type: { kind: 'FLOAT64' }, readAs: (column) => `CAST(${column} AS DOUBLE)` }
    case 'BLOB':
      return { type: { kind: 'BYTES' }, readAs: (column) => `to_base64(${column})` }
    case 'DATE':
      return { type: { kind: 'DATE' }, readAs: asText }
    case 'TIME':
      return { type: { kind: 'TIME' }, readAs: asText }
    case 'TIMESTAMP':
    case 'TIMESTAMP_MS':
    case 'TIMESTAMP_S':
      return { type: { kind: 'DATETIME' }, readAs: (column) => isoTime(`CAST(${column} AS TIMESTAMP)`) }
    case 'TIMESTAMP WITH TIME ZONE':
      return {
        type: { kind: 'TIMESTAMP' },
        readAs: (column) => `${isoTime(`${column} AT TIME ZONE 'UTC'`)} || 'Z'`,
      }
    default:
      return {
        type: { kind: 'STRING' },
        readAs: /[([]/.test(type) ? (column) => `to_json(${column})` : asText,
      }
  }
}
