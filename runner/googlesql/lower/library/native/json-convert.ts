import {
  BIGINT,
  BOOLEAN,
  DOUBLE,
  DuckDBListValue,
  type DuckDBType,
  type DuckDBValue,
  LIST,
  VARCHAR,
} from '@duckdb/node-api'
import { GoogleSqlError, type NativeFunction } from '../native-function.ts'
import { isArray, isNumber, type Json, JsonReader } from './json-text.ts'
import { normalDecimal, parseDecimal, parseDouble, printDouble } from './numbers.ts'

/** INT64(json), LAX_BOOL(json) and the like: `undefined` is a value of another kind. */
type Convert = (value: Json) => DuckDBValue | undefined

const int64 = (text: string): bigint | undefined => {
  const [digits = '0', power = '0'] = (normalDecimal(text) ?? '0').split('e')
  if (Number(power) < 0 || Number(power) > 20) return undefined
  const value = BigInt(digits) * 10n ** BigInt(power)
  return BigInt.asIntN(64, value) === value ? value : undefined
}

const rounded = (text: string): bigint | undefined => {
  const value = parseDecimal(text, 0)
  return value !== undefined && BigInt.asIntN(64, value) === value ? value : undefined
}

const bool = (text: string): boolean | undefined =>
  ({ true: true, false: false })[text.toLowerCase() as 'true' | 'false']

const strict = {
  bool: (value: Json) => (typeof value === 'boolean' ? value : undefined),
  string: (value: Json) => (typeof value === 'string' ? value : undefined),
  float64: (value: Json) => (isNumber(value) ? Number(value.number) : undefined),
  int64: (value: Json) => {
    if (!isNumber(value)) return undefined
    const whole = int64(value.number)
    if (whole === undefined && /[.eE]/.test(value.number)) {
      throw new GoogleSqlError(`The provided JSON number: ${value.number} cannot be converted to an int64`)
    }
    return whole
  },
} satisfies Record<string, Convert>

const lax = {
  bool: (value: Json) =>
    typeof value === 'boolean'
      ? value
      : typeof value === 'string'
        ? bool(value)
        : isNumber(value)
          ? Number(value.number) !== 0
          : undefined,
  string: (value: Json) => {
    if (typeof value === 'string') return value
    if (typeof value === 'boolean') return String(value)
    if (!isNumber(value)) return undefined
    return /[.eE]/.test(value.number) ? printDouble(Number(value.number)) : value.number
  },
  float64: (value: Json) =>
    isNumber(value) ? Number(value.number) : typeof value === 'string' ? parseDouble(value) : undefined,
  int64: (value: Json) => {
    if (typeof value === 'boolean') return value ? 1n : 0n
    if (typeof value === 'string') return rounded(value)
    return isNumber(value) ? rounded(value.number) : undefined
  },
} satisfies Record<string, Convert>

const kinds = [
  ['bool', BOOLEAN, 'a boolean'],
  ['string', VARCHAR, 'a string'],
  ['float64', DOUBLE, 'a number'],
  ['int64', BIGINT, 'an integer'],
] as const

function conversions(
  kind: 'bool' | 'string' | 'float64' | 'int64',
  type: DuckDBType,
  what: string,
): readonly NativeFunction[] {
  const exactly = (value: Json): DuckDBValue => {
    const converted = strict[kind](value)
    if (converted === undefined) throw new GoogleSqlError(`The provided JSON input is not ${what}`)
    return converted
  }
  const loosely = (value: Json): DuckDBValue => lax[kind](value) ?? null
  const items = (text: string): readonly Json[] | undefined => {
    const value = new JsonReader(text).value()
    return isArray(value) ? value : undefined
  }
  return [
    {
      name: `googlesql_json_${kind}`,
      parameters: [VARCHAR],
      returns: type,
      evaluate: (text: string) => exactly(new JsonReader(text).value()),
    },
    {
      name: `googlesql_json_lax_${kind}`,
      parameters: [VARCHAR],
      returns: type,
      evaluate: (text: string) => loosely(new JsonReader(text).value()),
    },
    {
      name: `googlesql_json_${kind}_array`,
      parameters: [VARCHAR],
      returns: LIST(type),
      evaluate: (text: string) => {
        const found = items(text)
        if (found === undefined) throw new GoogleSqlError('The provided JSON input is not an array')
        return new DuckDBListValue(found.map(exactly))
      },
    },
    {
      name: `googlesql_json_lax_${kind}_array`,
      parameters: [VARCHAR],
      returns: LIST(type),
      evaluate: (text: string) => {
        const found = items(text)
        return found === undefined ? null : new DuckDBListValue(found.map(loosely))
      },
    },
  ]
}

export const jsonConversions: readonly NativeFunction[] = kinds.flatMap(([kind, type, what]) =>
  conversions(kind, type, what),
)
