import type { ResultColumn, StatementResult, Value } from '../../runner/googlesql/result.ts'
import { logicalType } from '../../runner/googlesql/types/physical.ts'
import { typeName } from '../../runner/googlesql/types/print.ts'
import type { SqlType } from '../../runner/googlesql/types/type.ts'
import type { Expectation, ExpectedColumn } from './case.ts'

/** What is different between a result and what is expected; undefined if nothing is. */
export function compareResult(
  result: StatementResult,
  expect: Expectation,
  ordered: boolean,
): string | undefined {
  return (
    compareColumns(result.columns, expect) ??
    (expect.rows === undefined ? undefined : compareRows(result, expect.rows, ordered))
  )
}

const legacy: Readonly<Record<string, string>> = {
  INTEGER: 'INT64',
  FLOAT: 'FLOAT64',
  BOOLEAN: 'BOOL',
  RECORD: 'STRUCT',
}

function compareColumns(columns: readonly ResultColumn[], expect: Expectation): string | undefined {
  const { schema, types } = expect
  if (schema !== undefined && schema.length > 0) return compareSchema(columns, schema, '')
  if (types !== undefined) {
    const got = columns.map((column) => column.type.kind)
    if (got.join() !== types.join()) return `types ${got.join(', ')}, expected ${types.join(', ')}`
  }
  if (expect.columns !== undefined) {
    const got = columns.map((column) => column.name)
    if (got.join() !== expect.columns.join())
      return `names ${got.join(', ')}, expected ${expect.columns.join(', ')}`
  }
  return undefined
}

function compareSchema(
  columns: readonly { readonly name: string | undefined; readonly type: SqlType }[],
  schema: readonly ExpectedColumn[],
  path: string,
): string | undefined {
  if (columns.length !== schema.length) return `${columns.length} columns${path}, expected ${schema.length}`
  for (const [index, wanted] of schema.entries()) {
    const column = columns[index]
    if (column === undefined) return 'a column is missing'
    if (column.name !== wanted.name)
      return `column ${column.name ?? '(none)'}${path}, expected ${wanted.name}`
    const repeated = column.type.kind === 'ARRAY'
    const type = column.type.kind === 'ARRAY' ? column.type.element : column.type
    if (repeated !== (wanted.mode === 'REPEATED')) return `column ${wanted.name}${path} has another mode`
    if (type.kind !== (legacy[wanted.type] ?? wanted.type)) {
      return `column ${wanted.name}${path} is ${type.kind}, expected ${wanted.type}`
    }
    if (wanted.fields !== undefined && type.kind === 'STRUCT') {
      const inside = compareSchema(type.fields, wanted.fields, ` of ${wanted.name}`)
      if (inside !== undefined) return inside
    }
  }
  return undefined
}

function compareRows(
  result: StatementResult,
  rows: readonly (readonly unknown[] | Readonly<Record<string, unknown>>)[],
  ordered: boolean,
): string | undefined {
  const { columns } = result
  const got = result.rows.map((row) => columns.map(({ type }, index) => canonical(row[index] ?? null, type)))
  const want = rows.map((row) =>
    Array.isArray(row)
      ? columns.map(({ type }, index) => canonicalExpected((row as readonly unknown[])[index], type))
      : columns.map(({ name, type }) =>
          canonicalExpected((row as Readonly<Record<string, unknown>>)[name], type),
        ),
  )
  const widths = rows.find((row) => Array.isArray(row) && row.length !== columns.length)
  if (widths !== undefined)
    return `rows have ${columns.length} columns, expected ${(widths as readonly unknown[]).length}`
  const show = (list: readonly (readonly unknown[])[]) => shortened(JSON.stringify(list))
  if (got.length !== want.length)
    return `got ${got.length} rows ${show(got)}, expected ${want.length} ${show(want)}`
  const sort = (list: readonly (readonly unknown[])[]) => (ordered ? list : [...list].sort(byText))
  const [left, right] = [sort(got), sort(want)]
  const same = left.every((row, index) => equal(row, right[index]))
  return same ? undefined : `got ${show(left)}, expected ${show(right)}`
}

function shortened(text: string): string {
  return text.length > 1500 ? `${text.slice(0, 1500)}…` : text
}

function byText(a: readonly unknown[], b: readonly unknown[]): number {
  const [left, right] = [sortKey(a), sortKey(b)]
  return left < right ? -1 : left > right ? 1 : 0
}

/** Floating numbers are rounded where rows are only put in some order. */
function sortKey(row: readonly unknown[]): string {
  return JSON.stringify(row, (_, value: unknown) =>
    typeof value === 'number' ? value.toPrecision(7) : value,
  )
}

function equal(a: unknown, b: unknown): boolean {
  if (typeof a === 'number' && typeof b === 'number') {
    return Object.is(a, b) || a === b || Math.abs(a - b) <= 1e-9 * Math.max(Math.abs(a), Math.abs(b))
  }
  if (Array.isArray(a) && typeof b === 'string') return sameInOtherWords(`[${a.join(', ')}]`, b)
  if (Array.isArray(a) && Array.isArray(b)) {
    return a.length === b.length && a.every((item, index) => equal(item, b[index]))
  }
  if (typeof a === 'object' && a !== null && typeof b === 'object' && b !== null) {
    return JSON.stringify(a) === JSON.stringify(b)
  }
  return a === b || lostDigits(a, b) || sameInOtherWords(a, b)
}

/** Some expectations are in another tool's words: a type as DuckDB calls it, a DATETIME's text with a T. */
function sameInOtherWords(got: unknown, expected: unknown): boolean {
  if (typeof got !== 'string' || typeof expected !== 'string') return false
  if (/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d$/.test(expected)) return got === expected.replace('T', ' ')
  return sameType(got, expected) || sameGeography(got, expected)
}

/** One of the files spaces well-known text and GeoJSON as another tool does; what BigQuery recorded is ours. */
function sameGeography(got: string, expected: string): boolean {
  const spaced = /^\[?(?:MULTI)?(?:POINT|LINESTRING|POLYGON|GEOMETRYCOLLECTION)\b|^\{"type":"[A-Z]/
  return spaced.test(expected) && got.replace(/\s/g, '') === expected.replace(/\s/g, '')
}

function sameType(got: string, expected: string): boolean {
  try {
    const plain = expected.replace(/DECIMAL\((\d+), ?(\d+)\)/, 'DECIMAL(38,9)')
    return typeName(logicalType(plain)) === got.replace(/\(.*\)/, '')
  } catch {
    return false
  }
}

/** Some files went through a JSON reader that keeps 53 bits of an integer. */
function lostDigits(a: unknown, b: unknown): boolean {
  return (
    typeof a === 'string' &&
    typeof b === 'string' &&
    /^-?\d{17,19}$/.test(b) &&
    b.endsWith('00') &&
    Number(a) === Number(b)
  )
}

/** Our value in the form in which both sides are compared. */
function canonical(value: Value, type: SqlType): unknown {
  if (value === null) return type.kind === 'ARRAY' ? [] : null
  if (value instanceof Uint8Array) return Buffer.from(value).toString('base64')
  if (type.kind === 'ARRAY') return (value as readonly Value[]).map((item) => canonical(item, type.element))
  if (type.kind === 'STRUCT') {
    return type.fields.map((field, index) =>
      canonical((value as readonly Value[])[index] ?? null, field.type),
    )
  }
  return scalar(value, type)
}

/** An expected value, in whichever of the files' forms, in the same form. */
function canonicalExpected(value: unknown, type: SqlType): unknown {
  if (value === null || value === undefined) return type.kind === 'ARRAY' ? [] : null
  if (type.kind === 'ARRAY') {
    return Array.isArray(value) ? value.map((item) => canonicalExpected(item, type.element)) : value
  }
  if (type.kind === 'STRUCT') {
    if (Array.isArray(value))
      return type.fields.map((field, index) => canonicalExpected(value[index], field.type))
    if (typeof value === 'string' && /^\{\w+:/.test(value)) {
      const parts = value.slice(1, -1).split(', ')
      return type.fields.map((field, index) =>
        canonicalExpected(parts[index]?.replace(/^\w+:/, ''), field.type),
      )
    }
    if (typeof value !== 'object') return value
    const entries = value as Readonly<Record<string, unknown>>
    return type.fields.map((field, index) =>
      canonicalExpected(entries[field.name ?? ''] ?? Object.values(entries)[index], field.type),
    )
  }
  if (type.kind === 'RANGE' && typeof value === 'object') {
    const { start, end } = value as { readonly start?: unknown; readonly end?: unknown }
    const bound = (given: unknown) => (given === null || given === undefined ? 'UNBOUNDED' : String(given))
    return scalar(`[${bound(start)}, ${bound(end)})`, type)
  }
  return scalar(value, type)
}

function scalar(value: unknown, type: SqlType): unknown {
  switch (type.kind) {
    case 'BYTES':
      return typeof value === 'string' ? value.replace(/^b64:/, '') : value
    case 'INT64':
      return typeof value === 'number' && !Number.isInteger(value) ? value : integerText(value)
    case 'FLOAT64':
      return typeof value === 'string' ? floatOf(value) : value
    case 'NUMERIC':
    case 'BIGNUMERIC':
      return decimalText(String(value))
    case 'TIMESTAMP':
      return timestampText(String(value))
    case 'DATETIME':
      return fractionless(String(value).replace(' ', 'T'))
    case 'TIME':
      return fractionless(String(value))
    case 'JSON':
      return jsonValue(value)
    case 'INTERVAL':
      return intervalText(String(value))
    case 'RANGE':
      return String(value)
        .replace(/^\[|\)$/g, '')
        .split(', ')
        .map((part) => scalarText(part, type.element))
        .join(', ')
    default:
      return value
  }
}

/** `relativedelta(days=+3, hours=+4)` is how one of the recorders printed an INTERVAL. */
function intervalText(text: string): string {
  if (!text.startsWith('relativedelta(')) return text
  const part = (name: string) => Number(new RegExp(`\\b${name}=([+-]?\\d+)`).exec(text)?.[1] ?? 0)
  const months = part('years') * 12 + part('months')
  const micros = ((part('hours') * 60 + part('minutes')) * 60 + part('seconds')) * 1e6 + part('microseconds')
  const sign = (value: number) => (value < 0 ? '-' : '')
  const [m, u] = [Math.abs(months), Math.abs(micros)]
  const seconds = Math.floor(u / 1e6)
  const fraction =
    u % 1e6 === 0
      ? ''
      : `.${String(u % 1e6)
          .padStart(6, '0')
          .replace(/000$/, '')}`
  return `${sign(months)}${Math.floor(m / 12)}-${m % 12} ${part('days')} ${sign(micros)}${Math.floor(seconds / 3600)}:${Math.floor(seconds / 60) % 60}:${seconds % 60}${fraction}`
}

function integerText(value: unknown): unknown {
  return typeof value === 'bigint' || typeof value === 'number' || typeof value === 'string'
    ? String(value)
    : value
}

function scalarText(text: string, type: SqlType): string {
  return text === 'UNBOUNDED' || text === 'NULL' ? 'UNBOUNDED' : String(scalar(text, type))
}

function floatOf(text: string): number {
  const folded = text.toLowerCase()
  if (folded === 'nan') return Number.NaN
  if (/^\+?inf/.test(folded)) return Number.POSITIVE_INFINITY
  if (/^-inf/.test(folded)) return Number.NEGATIVE_INFINITY
  return Number(text)
}

function decimalText(text: string): string {
  const plain = /e/i.test(text) ? Number(text).toString() : text
  return plain.includes('.') ? plain.replace(/0+$/, '').replace(/\.$/, '') : plain
}

function fractionless(text: string): string {
  return text.includes('.') ? text.replace(/0+$/, '').replace(/\.$/, '') : text
}

function timestampText(text: string): string {
  const match = /^(-?\d+-\d\d-\d\d)[T ](\d\d:\d\d:\d\d)(?:\.(\d+))?\s*(Z|UTC|[+-]\d\d(?::?\d\d)?)?$/.exec(
    text,
  )
  if (match === null) return text
  const [, date, time, fraction = '', zone = 'Z'] = match
  const offset = /^[+-]/.test(zone)
    ? zone.replace(/^([+-]\d\d):?(\d\d)?$/, (_, h, m) => `${h}:${m ?? '00'}`)
    : 'Z'
  const whole = new Date(`${date}T${time}${offset}`)
  const digits = fraction.replace(/0+$/, '')
  return `${whole.toISOString().slice(0, 19)}${digits === '' ? '' : `.${digits}`}`
}

function jsonValue(value: unknown): unknown {
  if (typeof value !== 'string') return { json: value }
  try {
    return { json: JSON.parse(value.replace(/^json:/, '')) as unknown }
  } catch {
    return { json: value }
  }
}
