import {
  type DuckDBAppender,
  DuckDBBlobValue,
  type DuckDBConnection,
  DuckDBDateValue,
  DuckDBDecimalValue,
  DuckDBIntervalValue,
  DuckDBTimestampTZValue,
  DuckDBTimestampValue,
  DuckDBTimeValue,
  type DuckDBValue,
  listValue,
  structValue,
} from '@duckdb/node-api'
import type { ResultColumn, Value } from '../../googlesql/result.ts'
import type { Target } from '../../googlesql/target.ts'
import { physicalFieldNames, rangeEnd, rangeStart } from '../../googlesql/types/physical.ts'
import type { SqlType } from '../../googlesql/types/type.ts'
import { Problem } from '../../problem.ts'

/**
 * Adds rows to a table through DuckDB's appender, in a transaction of its own.
 *
 * @param order the table's columns; those that `columns` does not name get their defaults
 */
export async function appendRows(
  connection: DuckDBConnection,
  target: Target,
  order: readonly string[],
  columns: readonly ResultColumn[],
  rows: readonly (readonly Value[])[],
): Promise<void> {
  const places = order.map((name) => columns.findIndex((column) => column.name === name))
  const missing = columns.find(({ name }) => !order.includes(name))
  if (missing !== undefined)
    throw new Problem(`the table ${target.schema}.${target.name} has no column ${missing.name}`)
  await connection.run('BEGIN')
  try {
    const appender = await connection.createAppender(target.name, `${target.database}.${target.schema}`)
    appendAll(appender, places, columns, rows)
    await connection.run('COMMIT')
  } catch (error) {
    await connection.run('ROLLBACK').catch(() => undefined)
    throw error
  }
}

/** Adds rows to a temporary table of the connection, whose columns are `columns` in their order, in its transaction. */
export async function appendTemporary(
  connection: DuckDBConnection,
  name: string,
  columns: readonly ResultColumn[],
  rows: readonly (readonly Value[])[],
): Promise<void> {
  const appender = await connection.createAppender(name, 'main', 'temp')
  appendAll(appender, [...columns.keys()], columns, rows)
}

function appendAll(
  appender: DuckDBAppender,
  places: readonly number[],
  columns: readonly ResultColumn[],
  rows: readonly (readonly Value[])[],
): void {
  const types = places.map((_, index) => appender.columnType(index))
  for (const row of rows) {
    for (const [index, place] of places.entries()) {
      const column = columns[place]
      if (column === undefined) appender.appendDefault()
      else appendCell(appender, toDuckDb(row[place] ?? null, column.type), types[index])
    }
    appender.endRow()
  }
  appender.closeSync()
}

function appendCell(
  appender: DuckDBAppender,
  value: DuckDBValue,
  type: ReturnType<DuckDBAppender['columnType']> | undefined,
): void {
  if (value === null) appender.appendNull()
  else appender.appendValue(value, type)
}

/** A value in DuckDB's form: the inverse of `toValue`. A NULL array is an empty one, as BigQuery stores it. */
export function toDuckDb(value: Value, type: SqlType): DuckDBValue {
  if (value === null) return type.kind === 'ARRAY' ? listValue([]) : null
  switch (type.kind) {
    case 'ARRAY':
      return listValue((value as readonly Value[]).map((item) => toDuckDb(item, type.element)))
    case 'STRUCT': {
      const values = value as readonly Value[]
      const names = physicalFieldNames(type)
      return structValue(
        Object.fromEntries(
          type.fields.map((field, index) => [
            names[index] ?? '',
            toDuckDb(values[index] ?? null, field.type),
          ]),
        ),
      )
    }
    case 'RANGE':
      return rangeOf(String(value), type.element)
    case 'BYTES':
      return value instanceof Uint8Array ? new DuckDBBlobValue(value) : null
    case 'BOOL':
    case 'INT64':
    case 'FLOAT64':
    case 'STRING':
      return value as DuckDBValue
    default:
      return fromText(String(value), type)
  }
}

function fromText(text: string, type: SqlType): DuckDBValue {
  switch (type.kind) {
    case 'NUMERIC':
      return new DuckDBDecimalValue(scaled(text, 9), 38, 9)
    case 'BIGNUMERIC':
      return scaled(text, 38)
    case 'DATE':
      return new DuckDBDateValue(Number(dateMicros(text) / dayMicros))
    case 'TIME':
      return new DuckDBTimeValue(timeMicros(text))
    case 'DATETIME':
      return new DuckDBTimestampValue(instantMicros(text))
    case 'TIMESTAMP':
      return new DuckDBTimestampTZValue(instantMicros(text.replace(/Z$/, '')))
    case 'INTERVAL':
      return intervalOf(text)
    case 'JSON':
      return text
    default:
      throw new Problem(`values of type ${type.kind} are not supported locally`)
  }
}

/** `1.5` with a scale of 9 is 1500000000n. @throws Problem for more digits than the scale has */
function scaled(text: string, scale: number): bigint {
  const match = /^(-?)(\d*)(?:\.(\d*))?$/.exec(text)
  const [, sign = '', whole = '', fraction = ''] = match ?? []
  if (match === null || whole + fraction === '' || fraction.replace(/0+$/, '').length > scale)
    throw new Problem(`Invalid decimal value: ${text}`)
  const digits = BigInt(whole + fraction.padEnd(scale, '0').slice(0, scale))
  return sign === '-' ? -digits : digits
}

const dayMicros = 86_400_000_000n

function dateMicros(text: string): bigint {
  const [year = '', month = '', day = ''] = text.split('-')
  const date = new Date(0)
  date.setUTCFullYear(Number(year), Number(month) - 1, Number(day))
  return BigInt(date.getTime()) * 1000n
}

function timeMicros(text: string): bigint {
  const [hours = '0', minutes = '0', rest = '0'] = text.split(':')
  const [seconds = '0', fraction = ''] = rest.split('.')
  const whole = (BigInt(hours) * 60n + BigInt(minutes)) * 60n + BigInt(seconds)
  return whole * 1_000_000n + BigInt(fraction.padEnd(6, '0').slice(0, 6))
}

function instantMicros(text: string): bigint {
  const [date = '', time = '00:00:00'] = text.split('T')
  return dateMicros(date) + timeMicros(time)
}

function intervalOf(text: string): DuckDBValue {
  const match = /^(-?)(\d+)-(\d+) (-?\d+) (-?)(\d+:\d+:\d+(?:\.\d+)?)$/.exec(text)
  if (match === null) throw new Problem(`Invalid INTERVAL value: ${text}`)
  const [, sign, years, months, days, timeSign, time = ''] = match
  const month = Number(years) * 12 + Number(months)
  const micros = timeMicros(time)
  return new DuckDBIntervalValue(
    sign === '-' ? -month : month,
    Number(days),
    timeSign === '-' ? -micros : micros,
  )
}

function rangeOf(text: string, element: SqlType): DuckDBValue {
  const [start = '', end = ''] = text.slice(1, -1).split(', ')
  const bound = (part: string) =>
    // A range's own text has `2024-01-02 03:04:05+00`.
    part === 'UNBOUNDED' ? null : fromText(part.replace(' ', 'T').replace(/\+00$/, 'Z'), element)
  return structValue({ [rangeStart]: bound(start), [rangeEnd]: bound(end) })
}
