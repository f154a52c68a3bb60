import { sqlName, sqlType } from '../../googlesql/quote.ts'
import { equalTypes } from '../../googlesql/types/equal.ts'
import { jsonAsText } from '../../googlesql/types/json-as-text.ts'
import type { SqlType } from '../../googlesql/types/type.ts'
import type { RawColumn } from '../landing.ts'
import { sameName, widens } from '../merged-type.ts'

/**
 * The select list that makes rows of `to` from rows of `from`: by name, with NULL for what `from` lacks, and values as the
 * wider type has them (the loader's own texts: loaders/datastream/text-of.ts).
 *
 * @param jsonIsText `from`'s JSON is held as STRING
 * @throws Error for a type that does not widen so
 * @example selectList([{ name: 'x', type: int64 }], [{ name: 'x', type: string }]) // ['CAST(`x` AS STRING) AS `x`']
 */
export function selectList(
  from: readonly RawColumn[],
  to: readonly RawColumn[],
  jsonIsText = false,
): readonly string[] {
  return to.map(({ name, type }) => {
    const before = from.find((column) => sameName(column.name, name))
    if (before === undefined) return `${missingValue(type)} AS ${sqlName(name)}`
    const value = converted(sqlName(before.name), before.type, type, jsonIsText)
    return value === sqlName(name) ? value : `${value} AS ${sqlName(name)}`
  })
}

/** An ARRAY is never NULL in a table. */
const missingValue = (type: SqlType): string =>
  `CAST(${type.kind === 'ARRAY' ? '[]' : 'NULL'} AS ${sqlType(type)})`

function converted(expression: string, from: SqlType, to: SqlType, jsonIsText: boolean): string {
  if (equalTypes(from, to) && !(jsonIsText && holdsJson(from))) return expression
  // A number that no JSON of BigQuery's holds exactly is rounded as it rounds, which a load of JSON lines would do too.
  if (to.kind === 'JSON' && jsonIsText) return `PARSE_JSON(${expression}, wide_number_mode => 'round')`
  if (from.kind === 'STRUCT' && to.kind === 'STRUCT') {
    const fields = to.fields.map(({ name = '', type }) => {
      const before = from.fields.find((field) => sameName(field.name, name))
      const value =
        before === undefined
          ? missingValue(type)
          : converted(`${expression}.${sqlName(before.name ?? '')}`, before.type, type, jsonIsText)
      return `${value} AS ${sqlName(name)}`
    })
    return `IF(${expression} IS NULL, NULL, STRUCT(${fields.join(', ')}))`
  }
  if (!widens(from, to)) throw new Error(`no widening from ${sqlType(from)} to ${sqlType(to)}`)
  if (to.kind === 'NUMERIC') return `CAST(${expression} AS NUMERIC)`
  if (from.kind === 'JSON' && jsonIsText) return expression
  return (texts[from.kind] ?? ((value) => `CAST(${value} AS STRING)`))(expression)
}

function holdsJson(type: SqlType): boolean {
  if (type.kind === 'STRUCT') return type.fields.some((field) => holdsJson(field.type))
  return type.kind === 'ARRAY' ? holdsJson(type.element) : type.kind === 'JSON'
}

const texts: Readonly<Partial<Record<SqlType['kind'], (value: string) => string>>> = {
  FLOAT64: (value) => `float_text(${value})`,
  JSON: (value) => `TO_JSON_STRING(${value})`,
  TIME: (value) => `FORMAT_TIME('%H:%M:%E6S', ${value})`,
  DATETIME: (value) => `FORMAT_DATETIME('%E4Y-%m-%dT%H:%M:%E6S', ${value})`,
  TIMESTAMP: (value) => `FORMAT_TIMESTAMP('%E4Y-%m-%dT%H:%M:%E6SZ', ${value}, 'UTC')`,
}

/**
 * A function that such a list may call. BigQuery's own text of a FLOAT64 is not the loader's: `1` for 1.0, and more digits
 * than it takes.
 */
export const floatText = `CREATE TEMP FUNCTION float_text(value FLOAT64) RETURNS STRING LANGUAGE js AS r'''
  if (value === null) return null;
  if (Number.isNaN(value)) return 'nan';
  if (!Number.isFinite(value)) return value > 0 ? 'inf' : '-inf';
  if (value === 0) return Object.is(value, -0) ? '-0.0' : '0.0';
  const [mantissa, exponentText] = value.toExponential().split('e');
  const exponent = Number(exponentText);
  if (exponent < -4 || exponent >= 16) {
    const size = String(Math.abs(exponent)).padStart(2, '0');
    return mantissa + 'e' + (exponent < 0 ? '-' : '+') + size;
  }
  const text = exponent < 0
    ? value.toFixed(Math.min(100, mantissa.replace(/[^0-9]/g, '').length - 1 - exponent))
    : String(value);
  return text.includes('.') ? text : text + '.0';
'''`

export const callsFloatText = (list: readonly string[]): boolean =>
  list.some((value) => value.includes('float_text('))

/** The columns of a part as they are written and loaded: JSON as the text that it is. */
export function withTextForJson(columns: readonly RawColumn[]): readonly RawColumn[] {
  return columns.map(({ name, type }) => ({ name, type: jsonAsText(type) }))
}

/** What BigQuery's columns may not be called (https://cloud.google.com/bigquery/docs/schemas#column_names). */
const refusedCharacters = /[!"$()*,./;?@[\\\]^`{}~\p{Cc}]/u
const refusedPrefixes =
  /^(?:_TABLE_|_FILE_|_PARTITION|_ROW_TIMESTAMP|__ROOT__|_COLIDENTIFIER|_CHANGE_SEQUENCE_NUMBER|_CHANGE_TYPE|_CHANGE_TIMESTAMP)/i
const longestName = 300

/** Why BigQuery takes no column of this name; undefined: it takes it. */
export function refusalOfName(name: string): string | undefined {
  const character = refusedCharacters.exec(name)?.[0]
  if (character !== undefined) return `holds ${JSON.stringify(character)}`
  const prefix = refusedPrefixes.exec(name)?.[0]
  if (prefix !== undefined) return `begins with ${prefix}`
  return [...name].length > longestName ? `is longer than ${longestName} characters` : undefined
}
