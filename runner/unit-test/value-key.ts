import type { Value } from '../googlesql/result.ts'
import type { SqlType } from '../googlesql/types/type.ts'

/** A text for a value: two values of a column are equal if and only if their texts are. */
export type ValueKey = (value: Value) => string

/**
 * How to tell values of two types apart, by BigQuery's equality: numbers by what they are worth (1 = 1.0; as FLOAT64
 * where either side is one, with no tolerance; -0 is 0), BYTES by their bytes, JSON by its content, arrays in their
 * order, structs field by field. Unlike `=`, NULL equals NULL and NaN equals NaN.
 *
 * A side that holds no value at all fits every type: BigQuery takes a bare NULL for an INT64.
 *
 * @returns undefined if values of the two types are never equal: a DATE and a STRING
 */
export function valueKey(
  left: SqlType,
  right: SqlType,
  leftValues: readonly Value[],
  rightValues: readonly Value[],
): ValueKey | undefined {
  if (isNumber(left) && isNumber(right)) {
    return orNull(left.kind === 'FLOAT64' || right.kind === 'FLOAT64' ? floatKey : decimalKey)
  }
  if (left.kind === 'ARRAY' && right.kind === 'ARRAY') {
    const element = valueKey(left.element, right.element, elements(leftValues), elements(rightValues))
    return element && orNull((value) => `[${listOf(value).map(element).join(',')}]`)
  }
  if (left.kind === 'STRUCT' && right.kind === 'STRUCT') {
    return structKey(left, right, leftValues, rightValues)
  }
  if (left.kind === right.kind) return orNull(left.kind === 'JSON' ? jsonKey : plainKey)
  return isEmpty(leftValues) || isEmpty(rightValues) ? orNull(plainKey) : undefined
}

function structKey(
  left: SqlType & { readonly kind: 'STRUCT' },
  right: SqlType & { readonly kind: 'STRUCT' },
  leftValues: readonly Value[],
  rightValues: readonly Value[],
): ValueKey | undefined {
  if (left.fields.length !== right.fields.length) return undefined
  const keys = left.fields.map((field, index) => {
    const other = right.fields[index]
    const named = field.name !== undefined && other?.name !== undefined
    if (other === undefined || (named && field.name?.toLowerCase() !== other.name?.toLowerCase())) {
      return undefined
    }
    return valueKey(field.type, other.type, fieldValues(leftValues, index), fieldValues(rightValues, index))
  })
  if (!keys.every((key) => key !== undefined)) return undefined
  return orNull((value) => `(${keys.map((key, index) => key(listOf(value)[index] ?? null)).join(',')})`)
}

const numbers: readonly SqlType['kind'][] = ['INT64', 'FLOAT64', 'NUMERIC', 'BIGNUMERIC']
const isNumber = ({ kind }: SqlType): boolean => numbers.includes(kind)

const orNull =
  (key: ValueKey): ValueKey =>
  (value) =>
    value === null ? 'NULL' : key(value)

const floatKey: ValueKey = (value) => {
  const number = Number(value)
  return String(number === 0 ? 0 : number)
}

/** The digits that a decimal number needs: `1.50` and `01.5` are both `1.5`, `-0` is `0`. */
const decimalKey: ValueKey = (value) => {
  const text = String(value)
  const [, sign = '', whole = '', fraction = ''] = /^([+-]?)0*(\d+)(?:\.(\d*?)0*)?$/.exec(text) ?? []
  if (whole === '') return text
  const digits = fraction === '' ? whole : `${whole}.${fraction}`
  return sign === '-' && digits !== '0' ? `-${digits}` : digits
}

const plainKey: ValueKey = (value) => {
  if (value instanceof Uint8Array) return Buffer.from(value).toString('hex')
  return Array.isArray(value) ? `[${value.map(orNull(plainKey)).join(',')}]` : JSON.stringify(String(value))
}

const jsonKey: ValueKey = (value) => {
  try {
    return canonicalJson(parseExactly(String(value)))
  } catch {
    return JSON.stringify(value)
  }
}

/** A number of JSON by its digits: beyond 2^53 a JavaScript number would not tell two apart. */
interface ExactNumber {
  readonly digits: string
}

function parseExactly(text: string): unknown {
  const exact = (_key: string, value: unknown, context: { readonly source?: string }): unknown => {
    if (typeof value !== 'number') return value
    const digits = context.source ?? String(value)
    const isExact = !/[eE]/.test(digits) && decimalKey(digits) === decimalKey(String(value))
    return { digits: isExact ? String(value) : decimalKey(digits) } satisfies ExactNumber
  }
  return JSON.parse(text, exact as (key: string, value: unknown) => unknown)
}

function canonicalJson(value: unknown): string {
  if (typeof value !== 'object' || value === null) return JSON.stringify(value)
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`
  if ('digits' in value && Object.keys(value).length === 1 && typeof value.digits === 'string') {
    return value.digits
  }
  const entries = Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1))
  return `{${entries.map(([key, inner]) => `${JSON.stringify(key)}:${canonicalJson(inner)}`).join(',')}}`
}

const listOf = (value: Value): readonly Value[] => (Array.isArray(value) ? value : [])
const elements = (values: readonly Value[]): readonly Value[] => values.flatMap(listOf)
const fieldValues = (values: readonly Value[], index: number): readonly Value[] =>
  values.flatMap((value) => (value === null ? [] : [listOf(value)[index] ?? null]))

const isEmpty = (values: readonly Value[]): boolean =>
  values.every((value) => value === null || (Array.isArray(value) && value.length === 0))
