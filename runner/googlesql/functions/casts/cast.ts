import { quoteText } from '../../lower/identifier.ts'
import { once, onceUnlessCheap } from '../../lower/library/once.ts'
import { raise } from '../../lower/library/raise.ts'
import { equalTypes } from '../../types/equal.ts'
import { physicalFieldNames, physicalType } from '../../types/physical.ts'
import type { SqlType } from '../../types/type.ts'
import { numericOfFloat } from '../rounding.ts'
import { zonedText } from '../times/format-time.ts'
import { timeOfText } from '../times/time-of-text.ts'
import { utcOfWall, wallOfZone } from '../times/utc.ts'
import { castFormat } from './cast-format.ts'
import { numericText, shownFloat, textOf } from './cast-text.ts'
import { rangeOfText } from './range-text.ts'

export interface CastOptions {
  /** SAFE_CAST: NULL instead of an error. */
  readonly safe?: boolean
  /** DuckDB SQL of the FORMAT clause's text, and of AT TIME ZONE's. */
  readonly format?: string
  readonly zone?: string
}

/**
 * DuckDB SQL of CAST(value AS to), for casts that `castable` allows, with BigQuery's rounding, syntax and messages
 * (conversion_functions#cast). Also what implicit coercions are lowered by.
 *
 * @param value DuckDB SQL of type `physicalType(from)`
 */
export function lowerCast(value: string, from: SqlType, to: SqlType, options: CastOptions = {}): string {
  if (options.format !== undefined) return castFormat(value, from, to, options)
  if (equalTypes(from, to)) return value
  if (value === 'NULL') return `CAST(NULL AS ${physicalType(to)})`
  const lowered = lowerStrict(value, from, to, options)
  // TRY costs nothing where nothing can fail, but it hides nothing either: only casts that can fail are wrapped.
  return options.safe && fallible(from, to) ? safely(value, from, to, options) : lowered
}

/** Casts of text whose native functions have a twin that gives NULL: TRY costs fifty times as much for a row that fails. */
const forgiving = /googlesql_(int64|float64|numeric|bignumeric|date|time|datetime|timestamp)\(/g

/** What every text of the type fulfils; white space and what is not ASCII may be anywhere. */
const numbers = (signs: string, one: string): string => {
  const sign = `[${signs}\\x00- \\x{7f}-\\x{10ffff}]*`
  return `^${sign}(?:${one})${sign}$`
}
const decimal = numbers('-+.0-9eE', '[0-9]')
const date = '^[0-9]{4}-[0-9]{1,2}-[0-9]'
const beginnings: Readonly<Record<string, string>> = {
  INT64: numbers('-+0-9a-fA-FxX', '[0-9]'),
  FLOAT64: numbers('-+.0-9a-fA-FxXiInNtTyY', '[0-9]|(?i:inf|nan)'),
  NUMERIC: decimal,
  BIGNUMERIC: decimal,
  DATE: date,
  TIME: '^[0-9]{1,2}:',
  DATETIME: date,
  TIMESTAMP: date,
}

/** The value is evaluated outside TRY: SAFE_CAST forgives the cast's errors, not those of what it casts. */
function safely(value: string, from: SqlType, to: SqlType, options: CastOptions): string {
  if (from.kind === 'STRING' && to.kind === 'BOOL') {
    return `CASE lower(${value}) WHEN 'true' THEN TRUE WHEN 'false' THEN FALSE END`
  }
  const scalar = ['INT64', 'FLOAT64', 'NUMERIC', 'BIGNUMERIC', 'DATE', 'TIME', 'DATETIME', 'TIMESTAMP']
  if (from.kind === 'STRING' && scalar.includes(to.kind) && options.zone === undefined) {
    const given = 'x_of_the_cast'
    const strict = lowerStrict(given, from, to, options).replace(forgiving, 'googlesql_$1_or_null(')
    // Most texts that are no number or time have other signs: they need no function to say so.
    const hopeful = strict.replace(
      new RegExp(`googlesql_\\w+_or_null\\(${given}(?:, '[^']*')?\\)`, 'g'),
      (call) => `CASE WHEN regexp_matches(${given}, '${beginnings[to.kind] ?? ''}') THEN ${call} END`,
    )
    return once([value], (v) => hopeful.replaceAll(given, () => v))
  }
  return once([value], (v) => `TRY(${lowerStrict(v, from, to, options)})`)
}

function fallible(from: SqlType, to: SqlType): boolean {
  if (to.kind === 'STRING') return from.kind === 'BYTES'
  if (from.kind === 'BOOL') return false
  if (from.kind === 'INT64') return false
  if (from.kind === 'DATE' || from.kind === 'DATETIME' || from.kind === 'TIMESTAMP') return false
  if (from.kind === 'NUMERIC') return to.kind === 'INT64'
  return true
}

function lowerStrict(value: string, from: SqlType, to: SqlType, options: CastOptions): string {
  if (from.kind === 'ARRAY' && to.kind === 'ARRAY') return castArray(value, from, to)
  if (from.kind === 'STRUCT' && to.kind === 'STRUCT') return castStruct(value, from, to)
  switch (to.kind) {
    case 'STRING':
      return from.kind === 'TIMESTAMP' && options.zone !== undefined
        ? zonedText(value, options.zone)
        : (textOf(from, value) ?? unsupported(from, to))
    case 'BOOL':
      return toBool(value, from)
    case 'INT64':
      return toInt64(value, from)
    case 'FLOAT64':
      return toFloat64(value, from)
    case 'NUMERIC':
      return toNumeric(value, from)
    case 'BIGNUMERIC':
      return toBigNumeric(value, from)
    case 'BYTES':
      return `encode(${value})`
    case 'DATE':
    case 'TIME':
    case 'DATETIME':
    case 'TIMESTAMP':
      return toTime(value, from, to.kind, options.zone)
    case 'JSON':
      // Only literals convert: JSON '{"a": 1}'.
      return `CAST(googlesql_parse_json(${value}, 'exact', 'JSON literal') AS JSON)`
    case 'INTERVAL':
      return `googlesql_interval(${value})`
    case 'RANGE':
      return rangeOfText(value, to.element)
    default:
      return unsupported(from, to)
  }
}

function unsupported(from: SqlType, to: SqlType): never {
  throw new RangeError(`no cast from ${from.kind} to ${to.kind}`)
}

function toBool(value: string, from: SqlType): string {
  if (from.kind === 'INT64') return `(${value} <> 0)`
  return once([value], (x) => {
    const message = `'Bad bool value: ' || ${x}`
    return `CASE lower(${x}) WHEN 'true' THEN TRUE WHEN 'false' THEN FALSE ELSE CASE WHEN ${x} IS NOT NULL THEN ${raise(message, 'BOOLEAN')} END END`
  })
}

function toInt64(value: string, from: SqlType): string {
  switch (from.kind) {
    case 'BOOL':
      return `CAST(${value} AS BIGINT)`
    case 'STRING':
      // Numbers as DuckDB itself would print them, as almost all data has them, are its own business; it reads others differently.
      return once([value], (x) => {
        const number = `TRY_CAST(${x} AS BIGINT)`
        return `CASE WHEN CAST(${number} AS VARCHAR) = ${x} THEN ${number} ELSE googlesql_int64(${x}) END`
      })
    case 'FLOAT64':
      return once([value], (x) => {
        const range = `${x} >= -9223372036854775808.0::DOUBLE AND ${x} < 9223372036854775808.0::DOUBLE`
        const infinite = raise(
          `'Illegal conversion of non-finite floating point number to an integer: ' || ${shownFloat(x)}`,
          'BIGINT',
        )
        const outside = raise(`'int64 out of range: ' || ${shownFloat(x)}`, 'BIGINT')
        return `CASE WHEN ${range} THEN CAST(round(${x}) AS BIGINT) WHEN NOT isfinite(${x}) THEN ${infinite} WHEN ${x} IS NOT NULL THEN ${outside} END`
      })
    case 'NUMERIC':
      return once([value], (x) => {
        const range = `${x} > -9223372036854775808.5 AND ${x} < 9223372036854775807.5`
        const outside = raise(`'int64 out of range: ' || ${numericText(x)}`, 'BIGINT')
        return `CASE WHEN ${range} THEN CAST(${x} AS BIGINT) WHEN ${x} IS NOT NULL THEN ${outside} END`
      })
    default:
      return `googlesql_bignumeric_int64(CAST(${value} AS VARCHAR))`
  }
}

function toFloat64(value: string, from: SqlType): string {
  switch (from.kind) {
    case 'STRING':
      return once([value], (x) => {
        // Of finite numbers DuckDB alone takes underscores, and a second sign behind a plus.
        const number = `TRY_CAST(${x} AS DOUBLE)`
        const plain = `isfinite(${number}) AND ${x} >= '-' AND NOT contains(${x}, '_')`
        return `CASE WHEN ${plain} THEN ${number} ELSE googlesql_float64(${x}) END`
      })
    case 'INT64':
      return `CAST(${value} AS DOUBLE)`
    case 'NUMERIC':
      // Beyond 2^53 billionths by its text: DuckDB's own conversion is off by a bit.
      return onceUnlessCheap(
        [value],
        (x) =>
          `CASE WHEN abs(${x}) < 9007199 THEN CAST(${x} AS DOUBLE) ELSE CAST(CAST(${x} AS VARCHAR) AS DOUBLE) END`,
      )
    default:
      return `CAST(googlesql_bignumeric_text(CAST(${value} AS VARCHAR)) AS DOUBLE)`
  }
}

function toNumeric(value: string, from: SqlType): string {
  switch (from.kind) {
    case 'INT64':
      return `CAST(${value} AS DECIMAL(38,9))`
    case 'STRING':
      return once([value], (x) => {
        // Of 18 digits: DuckDB reads wider decimals twenty times slower than we do.
        const number = `TRY_CAST(${x} AS DECIMAL(18,9))`
        // The same digits, but for zeros at the end: nothing was rounded, and nothing read in another way.
        const pointed = `CASE WHEN contains(${x}, '.') THEN ${x} ELSE ${x} || '.' END`
        const same = `rtrim(CAST(${number} AS VARCHAR), '0') = rtrim(${pointed}, '0')`
        return `CASE WHEN ${same} THEN CAST(${number} AS DECIMAL(38,9)) ELSE googlesql_numeric(${x}) END`
      })
    case 'FLOAT64':
      return numericOfFloat(value)
    default:
      return `googlesql_numeric(googlesql_bignumeric_text(CAST(${value} AS VARCHAR)))`
  }
}

function toBigNumeric(value: string, from: SqlType): string {
  switch (from.kind) {
    case 'FLOAT64':
      return `CAST(googlesql_bignumeric_of_float64(${value}) AS BIGNUM)`
    case 'STRING':
      return `CAST(googlesql_bignumeric(${value}) AS BIGNUM)`
    default:
      return `CAST(googlesql_bignumeric(CAST(${value} AS VARCHAR)) AS BIGNUM)`
  }
}

/** Between dates and times, and from text. The zone is UTC unless AT TIME ZONE says otherwise. */
function toTime(value: string, from: SqlType, to: SqlType['kind'], zone = `'UTC'`): string {
  const utc = zone === `'UTC'`
  if (from.kind === 'STRING') return timeOfText(value, to, zone)
  if (from.kind === 'TIMESTAMP') {
    const wall = wallOfZone(value, zone, to === 'TIME' ? 'googlesql_to_local' : 'googlesql_to_wall')
    return to === 'DATETIME' ? wall : `CAST(${wall} AS ${to})`
  }
  if (to === 'TIMESTAMP') {
    const wall = from.kind === 'DATE' ? `CAST(${value} AS TIMESTAMP)` : value
    return utc ? utcOfWall(wall) : `make_timestamptz(googlesql_to_utc(epoch_us(${wall}), ${zone}))`
  }
  return `CAST(${value} AS ${to === 'DATETIME' ? 'TIMESTAMP' : to})`
}

function castArray(
  value: string,
  from: Extract<SqlType, { kind: 'ARRAY' }>,
  to: Extract<SqlType, { kind: 'ARRAY' }>,
): string {
  if (physicalType(from) === physicalType(to)) return value
  // The element's own lambda must not meet names that the value or `once` uses.
  const name = `e${depth(value)}`
  return `list_transform(${value}, lambda ${name}: ${lowerCast(name, from.element, to.element)})`
}

function castStruct(
  value: string,
  from: Extract<SqlType, { kind: 'STRUCT' }>,
  to: Extract<SqlType, { kind: 'STRUCT' }>,
): string {
  const sources = physicalFieldNames(from)
  const targets = physicalFieldNames(to)
  if (targets.length === 0) return value
  return once([value], (v) => {
    const fields = to.fields.map((field, index) => {
      const source = from.fields[index]
      const part = `struct_extract(${v}, ${quoteText(sources[index] ?? '')})`
      const cast = source === undefined ? part : lowerCast(part, source.type, field.type)
      return `${quoteText(targets[index] ?? '')}: ${cast}`
    })
    return `CASE WHEN ${v} IS NOT NULL THEN {${fields.join(', ')}} END`
  })
}

function depth(sql: string): number {
  return 1 + Math.max(0, ...[...sql.matchAll(/\be(\d+)\b/g)].map((match) => Number(match[1])))
}
