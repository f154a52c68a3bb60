import { lowerCast } from '../functions/casts/cast.ts'
import type { Value } from '../result.ts'
import { physicalFieldNames, physicalType } from '../types/physical.ts'
import type { SqlType } from '../types/type.ts'
import { quoteText } from './identifier.ts'

/** A value as DuckDB SQL of exactly the type's DuckDB form; nothing is left for DuckDB to infer. */
export function lowerLiteral(type: SqlType, value: Value): string {
  if (value === null) return `CAST(NULL AS ${physicalType(type)})`
  switch (type.kind) {
    case 'BOOL':
      return value === true ? 'true' : 'false'
    case 'INT64':
      return `CAST(${String(value)} AS BIGINT)`
    case 'FLOAT64':
      return lowerFloat(Number(value))
    case 'STRING':
      return quoteText(String(value))
    case 'BYTES':
      return lowerBytes(value)
    case 'NUMERIC':
      return `CAST('${String(value)}' AS DECIMAL(38,9))`
    case 'DATE':
      return `CAST(${quoteText(String(value))} AS DATE)`
    case 'JSON':
      return `CAST(${quoteText(String(value))} AS JSON)`
    case 'ARRAY': {
      const elements = Array.isArray(value)
        ? value.map((item: Value) => lowerLiteral(type.element, item))
        : []
      return lowerList(type, elements)
    }
    case 'STRUCT': {
      const values = type.fields.map((field, index) =>
        lowerLiteral(field.type, Array.isArray(value) ? ((value as readonly Value[])[index] ?? null) : null),
      )
      return lowerStruct(type, values)
    }
    default:
      return lowerCast(quoteText(String(value)), { kind: 'STRING' }, type)
  }
}

/** A list of DuckDB expressions as an ARRAY of the type. */
export function lowerList(type: Extract<SqlType, { kind: 'ARRAY' }>, elements: readonly string[]): string {
  return elements.length === 0 ? `CAST([] AS ${physicalType(type)})` : `[${elements.join(', ')}]`
}

/** DuckDB expressions as a STRUCT of the type. */
export function lowerStruct(type: Extract<SqlType, { kind: 'STRUCT' }>, values: readonly string[]): string {
  const names = physicalFieldNames(type)
  if (values.length === 0) return `{'_field_0': true}`
  return `{${values.map((value, index) => `${quoteText(names[index] ?? '')}: ${value}`).join(', ')}}`
}

function lowerFloat(value: number): string {
  if (Number.isNaN(value)) return `CAST('nan' AS DOUBLE)`
  if (!Number.isFinite(value)) return `CAST('${value < 0 ? '-' : ''}infinity' AS DOUBLE)`
  return `CAST('${Object.is(value, -0) ? '-0.0' : String(value)}' AS DOUBLE)`
}

function lowerBytes(value: Value): string {
  const bytes = value instanceof Uint8Array ? value : new Uint8Array()
  return `from_hex('${Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('hex')}')`
}
