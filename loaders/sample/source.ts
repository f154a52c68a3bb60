import type { AvroSchema } from '../avro/write.ts'

/** A value as Avro stores it (see `writeAvro`): a decimal as its bytes, a time as a count, a BLOB as hex digits. */
export type Cell = null | number | bigint | string | Buffer
export type Row = Readonly<Record<string, Cell>>

export interface SourceColumn {
  readonly name: string
  /** The Avro type of a value that is there. */
  readonly type: AvroSchema
}

/** A table of a MySQL source as Datastream sees it. */
export interface SourceTable {
  readonly database: string
  readonly table: string
  readonly columns: readonly SourceColumn[]
  /** Empty for a table without a primary key. */
  readonly primaryKeys: readonly string[]
}

/** The types that Datastream was seen to write for MySQL's columns. */
export const avroTypes = {
  int: 'int',
  long: 'long',
  float: 'float',
  double: 'double',
  string: 'string',
  json: { type: 'string', logicalType: 'json' },
  number: { type: 'string', logicalType: 'number' },
  timestamp: { type: 'long', logicalType: 'timestamp-micros' },
  time: { type: 'long', logicalType: 'time-interval-micros' },
  unsupported: { type: 'null', logicalType: 'unsupported' },
  decimal: (precision: number, scale: number): AvroSchema => ({
    type: 'bytes',
    logicalType: 'decimal',
    precision,
    scale,
  }),
} as const

/** The key of a row as one text: two rows have the same text if and only if they have the same key. */
export function keyOf(table: SourceTable, row: Row): string {
  const [first, ...rest] = table.primaryKeys
  if (first === undefined) throw new Error(`${table.table} has no key`)
  if (rest.length === 0) return String(row[first])
  return JSON.stringify(table.primaryKeys.map((column) => String(row[column])))
}
