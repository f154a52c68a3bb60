import type { ScalarKind, SqlType } from './type.ts'

/** The scalar types as constants, so that equal types are usually the same object. */
export const BOOL: SqlType = { kind: 'BOOL' }
export const INT64: SqlType = { kind: 'INT64' }
export const FLOAT64: SqlType = { kind: 'FLOAT64' }
export const NUMERIC: SqlType = { kind: 'NUMERIC' }
export const BIGNUMERIC: SqlType = { kind: 'BIGNUMERIC' }
export const STRING: SqlType = { kind: 'STRING' }
export const BYTES: SqlType = { kind: 'BYTES' }
export const DATE: SqlType = { kind: 'DATE' }
export const TIME: SqlType = { kind: 'TIME' }
export const DATETIME: SqlType = { kind: 'DATETIME' }
export const TIMESTAMP: SqlType = { kind: 'TIMESTAMP' }
export const INTERVAL: SqlType = { kind: 'INTERVAL' }
export const JSON_TYPE: SqlType = { kind: 'JSON' }
export const GEOGRAPHY: SqlType = { kind: 'GEOGRAPHY' }

/** `ARRAY<element>`. */
export function arrayOf(element: SqlType): SqlType {
  return { kind: 'ARRAY', element }
}

/** `RANGE<element>`. */
export function rangeOf(element: SqlType): SqlType {
  return { kind: 'RANGE', element }
}

/** `STRUCT<…>` of `[name, type]` pairs; a field without a name has `undefined`. */
export function structOf(...fields: readonly (readonly [string | undefined, SqlType])[]): SqlType {
  return { kind: 'STRUCT', fields: fields.map(([name, type]) => ({ name, type })) }
}

/** BigQuery's type names with the aliases that DDL and CAST accept (INT, DECIMAL …), upper case. */
const kindByName: Readonly<Record<string, ScalarKind>> = {
  BOOL: 'BOOL',
  BOOLEAN: 'BOOL',
  INT64: 'INT64',
  INT: 'INT64',
  SMALLINT: 'INT64',
  INTEGER: 'INT64',
  BIGINT: 'INT64',
  TINYINT: 'INT64',
  BYTEINT: 'INT64',
  FLOAT64: 'FLOAT64',
  NUMERIC: 'NUMERIC',
  DECIMAL: 'NUMERIC',
  BIGNUMERIC: 'BIGNUMERIC',
  BIGDECIMAL: 'BIGNUMERIC',
  STRING: 'STRING',
  BYTES: 'BYTES',
  DATE: 'DATE',
  TIME: 'TIME',
  DATETIME: 'DATETIME',
  TIMESTAMP: 'TIMESTAMP',
  INTERVAL: 'INTERVAL',
  JSON: 'JSON',
  GEOGRAPHY: 'GEOGRAPHY',
}

/** The kind of scalar that a name means, in any case (`int`, `DECIMAL` …); undefined if BigQuery has no such type. */
export const kindOfName = (name: string): ScalarKind | undefined => kindByName[name.toUpperCase()]

/** The scalar type that a name in a query means (`int`, `DECIMAL` …); undefined if BigQuery has no such type. */
export function scalarType(name: string): SqlType | undefined {
  const kind = kindOfName(name)
  return kind === undefined ? undefined : { kind }
}

/** Names that `scalarType` knows, for `did you mean`. */
export const scalarTypeNames: readonly string[] = Object.keys(kindByName)
