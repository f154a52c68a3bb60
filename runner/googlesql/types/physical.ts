import { Problem } from '../../problem.ts'
import type { SqlType } from './type.ts'

const physical: Readonly<Record<string, string>> = {
  BOOL: 'BOOLEAN',
  INT64: 'BIGINT',
  FLOAT64: 'DOUBLE',
  NUMERIC: 'DECIMAL(38,9)',
  // An integer of any length: the value times 10^38. It compares, groups and orders as the number does.
  BIGNUMERIC: 'BIGNUM',
  STRING: 'VARCHAR',
  BYTES: 'BLOB',
  DATE: 'DATE',
  TIME: 'TIME',
  DATETIME: 'TIMESTAMP',
  TIMESTAMP: 'TIMESTAMP WITH TIME ZONE',
  INTERVAL: 'INTERVAL',
  JSON: 'JSON',
  GEOGRAPHY: 'STRUCT("(wkt)" VARCHAR)',
}

const logical: Readonly<Record<string, SqlType['kind']>> = {
  BOOLEAN: 'BOOL',
  BIGINT: 'INT64',
  DOUBLE: 'FLOAT64',
  'DECIMAL(38,9)': 'NUMERIC',
  BIGNUM: 'BIGNUMERIC',
  VARCHAR: 'STRING',
  BLOB: 'BYTES',
  DATE: 'DATE',
  TIME: 'TIME',
  TIMESTAMP: 'DATETIME',
  'TIMESTAMP WITH TIME ZONE': 'TIMESTAMP',
  TIMESTAMPTZ: 'TIMESTAMP',
  INTERVAL: 'INTERVAL',
  JSON: 'JSON',
}

/** The field by which DuckDB keeps a GEOGRAPHY, as well-known text with every digit. No BigQuery field has its name. */
export const geographyText = '(wkt)'

/** The fields by which DuckDB keeps a RANGE; NULL is an unbounded end. The names cannot be a BigQuery field's. */
export const rangeStart = '[start'
export const rangeEnd = 'end)'

/**
 * The DuckDB type, as text, that holds a BigQuery type's values.
 *
 * @example physicalType(structOf(['a', INT64], ['b', arrayOf(STRING)])) // 'STRUCT("a" BIGINT, "b" VARCHAR[])'
 * @throws Problem for a type that is not supported locally
 */
export function physicalType(type: SqlType): string {
  switch (type.kind) {
    case 'ARRAY':
      return `${physicalType(type.element)}[]`
    case 'RANGE': {
      const element = physicalType(type.element)
      return `STRUCT("${rangeStart}" ${element}, "${rangeEnd}" ${element})`
    }
    case 'STRUCT': {
      // DuckDB has no struct without fields.
      if (type.fields.length === 0) return 'STRUCT("_field_0" BOOLEAN)'
      const names = physicalFieldNames(type)
      const fields = type.fields.map(
        (field, index) => `${quoted(names[index] ?? '')} ${physicalType(field.type)}`,
      )
      return `STRUCT(${fields.join(', ')})`
    }
    default: {
      const name = physical[type.kind]
      if (name === undefined) throw new Problem(`type ${type.kind} is not supported locally`)
      return name
    }
  }
}

/**
 * The names that DuckDB has for a struct's fields: BigQuery's own, or `_field_N` (N from 1) for a field that has none
 * or whose name an earlier field has already; DuckDB wants names, and unique ones.
 */
export function physicalFieldNames(type: Extract<SqlType, { kind: 'STRUCT' }>): readonly string[] {
  const seen = new Set<string>()
  return type.fields.map((field, index) => {
    const taken = field.name === undefined || field.name === '' || seen.has(field.name.toLowerCase())
    const name = taken || field.name === undefined ? `_field_${index + 1}` : field.name
    seen.add(name.toLowerCase())
    return name
  })
}

/**
 * The BigQuery type of a DuckDB type's text, as `information_schema` and DESCRIBE give it: the inverse of
 * `physicalType`, for tables that we created.
 *
 * @throws Problem for a type that no BigQuery type has
 */
export function logicalType(text: string): SqlType {
  const reader = { text, at: 0 }
  const type = readType(reader)
  if (reader.at !== text.length) unknownType(text)
  return type
}

interface Reader {
  readonly text: string
  at: number
}

function readType(reader: Reader): SqlType {
  let type = /^STRUCT\(/i.test(reader.text.slice(reader.at)) ? readStruct(reader) : readScalar(reader)
  while (reader.text.startsWith('[]', reader.at)) {
    reader.at += 2
    type = { kind: 'ARRAY', element: type }
  }
  return type
}

function readScalar(reader: Reader): SqlType {
  const match = /^(DECIMAL\(\d+, ?\d+\)|[A-Z][A-Z0-9]*(?: WITH TIME ZONE)?)/i.exec(
    reader.text.slice(reader.at),
  )
  const name = match?.[0].toUpperCase().replace(' ', match[0].startsWith('DECIMAL') ? '' : ' ')
  const kind = name === undefined ? undefined : logical[name]
  if (match === null || kind === undefined) return unknownType(reader.text)
  reader.at += match[0].length
  return { kind } as SqlType
}

function readStruct(reader: Reader): SqlType {
  reader.at += 'STRUCT('.length
  const fields: { name: string | undefined; type: SqlType }[] = []
  for (;;) {
    const name = readName(reader)
    const type = readType(reader)
    fields.push({ name: /^_field_\d+$/.test(name) ? undefined : name, type })
    const next = reader.text[reader.at]
    reader.at += next === ',' ? 2 : 1
    if (next === ')') break
    if (next !== ',') unknownType(reader.text)
  }
  const [start, end] = fields
  if (start?.name === geographyText) return { kind: 'GEOGRAPHY' }
  if (start?.name === rangeStart && end?.name === rangeEnd) return { kind: 'RANGE', element: start.type }
  return { kind: 'STRUCT', fields }
}

function readName(reader: Reader): string {
  const match = /^(?:"((?:[^"]|"")*)"|([^\s"]+)) /.exec(reader.text.slice(reader.at))
  if (match === null) return unknownType(reader.text)
  reader.at += match[0].length
  return match[1]?.replaceAll('""', '"') ?? match[2] ?? ''
}

function unknownType(text: string): never {
  throw new Problem(`DuckDB type ${text} is no BigQuery type`)
}

function quoted(name: string): string {
  return `"${name.replaceAll('"', '""')}"`
}
