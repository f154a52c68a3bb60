import { Problem } from '../../problem.ts'
import { quoteText } from '../lower/identifier.ts'
import { once, onceUnlessCheap } from '../lower/library/once.ts'
import { physicalFieldNames, rangeEnd, rangeStart } from '../types/physical.ts'
import { typeName } from '../types/print.ts'
import type { SqlType } from '../types/type.ts'
import { bigNumericText, datetimeText, float64Text, numericText, timeText } from './cast-text.ts'
import { wallOfUtc } from './utc.ts'

/**
 * Values as JSON text. `STRING` is TO_JSON_STRING's form, where a number that a double cannot hold is a text; `JSON`
 * is TO_JSON's; `WIDE` is TO_JSON's with stringify_wide_numbers.
 */
export type JsonForm = 'STRING' | 'JSON' | 'WIDE'

/** DuckDB SQL of a value's JSON text; SQL NULL gives the text null. Keys stand in the order of the fields. */
export function jsonText(type: SqlType, value: string, form: JsonForm): string {
  const text = (v: string) => presentText(type, v, form)
  return `coalesce(${text(value)}, 'null')`
}

const widest = '9007199254740992'

/** The text of a value that is not NULL. */
function presentText(type: SqlType, value: string, form: JsonForm): string {
  switch (type.kind) {
    case 'BOOL':
      return `CAST(${value} AS VARCHAR)`
    case 'INT64':
      if (form === 'JSON') return `CAST(${value} AS VARCHAR)`
      return onceUnlessCheap(
        [value],
        (v) =>
          `CASE WHEN ${v} BETWEEN -${widest} AND ${widest} THEN CAST(${v} AS VARCHAR) ELSE '"' || ${v} || '"' END`,
      )
    case 'FLOAT64':
      return floatText(value, form)
    case 'NUMERIC':
    case 'BIGNUMERIC':
      return decimalText(type, value, form)
    case 'STRING':
      return quotedText(value, form)
    case 'BYTES':
      return `('"' || to_base64(${value}) || '"')`
    case 'DATE':
      return `('"' || ${value} || '"')`
    case 'TIME':
      return `('"' || ${timeText(value)} || '"')`
    case 'DATETIME':
      return `('"' || ${datetimeText(value, 'T')} || '"')`
    case 'TIMESTAMP':
      return `('"' || ${datetimeText(wallOfUtc(value), 'T')} || 'Z"')`
    case 'INTERVAL':
      return `('"' || googlesql_interval_iso(${value}) || '"')`
    case 'JSON':
      return `CAST(${value} AS VARCHAR)`
    case 'ARRAY':
      return arrayText(type.element, value, form)
    case 'STRUCT':
      return structText(type, value, form)
    case 'RANGE':
      return rangeText(type.element, value, form)
    default:
      throw new Problem(`JSON of type ${typeName(type)} is not supported locally`)
  }
}

function floatText(value: string, form: JsonForm): string {
  if (form !== 'STRING') return `googlesql_json_float(${value})`
  return once(
    [value],
    (v) =>
      `CASE WHEN isfinite(${v}) THEN ${float64Text(v)} WHEN isnan(${v}) THEN '"NaN"' WHEN ${v} > 0 THEN '"Infinity"' WHEN ${v} < 0 THEN '"-Infinity"' END`,
  )
}

function decimalText(type: SqlType, value: string, form: JsonForm): string {
  const text = type.kind === 'NUMERIC' ? numericText(value) : bigNumericText(value)
  if (form !== 'STRING')
    return `googlesql_json_decimal(${text}, '${type.kind}', ${form === 'WIDE' ? 'TRUE' : 'FALSE'})`
  return once([text], (t) => {
    const whole = `regexp_full_match(${t}, '-?[0-9]{1,16}') AND TRY_CAST(${t} AS BIGINT) BETWEEN -${widest} AND ${widest}`
    return `CASE WHEN ${whole} THEN ${t} ELSE '"' || ${t} || '"' END`
  })
}

/** DuckDB writes escapes by number in capitals, and none of the two separators of lines, which only STRINGs have. */
export function quotedText(value: string, form: JsonForm): string {
  return onceUnlessCheap([value], (v) => {
    const text = `CAST(to_json(CAST(${v} AS VARCHAR)) AS VARCHAR)`
    const parts = form === 'STRING' ? ['\\u00', '\u2028', '\u2029'] : ['\\u00']
    const others = parts.map((part) => `contains(${text}, ${quoteText(part)})`).join(' OR ')
    const exact = form === 'STRING' ? `googlesql_json_quote(${v})` : `googlesql_json_sorted(${text})`
    return `CASE WHEN ${others} THEN ${exact} WHEN ${v} IS NOT NULL THEN ${text} END`
  })
}

function arrayText(element: SqlType, value: string, form: JsonForm): string {
  return once([value], (v) => {
    const name = `j${1 + Math.max(0, ...[...v.matchAll(/\bj(\d+)\b/g)].map((match) => Number(match[1])))}`
    const items = `list_transform(${v}, lambda ${name}: ${jsonText(element, name, form)})`
    return `CASE WHEN ${v} IS NOT NULL THEN '[' || coalesce(array_to_string(${items}, ','), '') || ']' END`
  })
}

function structText(type: Extract<SqlType, { kind: 'STRUCT' }>, value: string, form: JsonForm): string {
  const names = physicalFieldNames(type)
  if (names.length === 0) return `CASE WHEN ${value} IS NOT NULL THEN '{}' END`
  return onceUnlessCheap([value], (v) => {
    const members = type.fields.map((field, index) => {
      const key = quoteText(`${index === 0 ? '{' : ','}${JSON.stringify(field.name ?? '')}:`)
      const part = `struct_extract(${v}, ${quoteText(names[index] ?? '')})`
      return `${key}, ${jsonText(field.type, part, form)}`
    })
    // The members in no CASE of the struct: in one, DuckDB computes a part again wherever it is written again.
    return `(concat(${members.join(', ')}) || CASE WHEN ${v} IS NOT NULL THEN '}' END)`
  })
}

function rangeText(element: SqlType, value: string, form: JsonForm): string {
  return once([value], (v) => {
    const end = (name: string) => jsonText(element, `struct_extract(${v}, '${name}')`, form)
    return `CASE WHEN ${v} IS NOT NULL THEN '{"start":' || ${end(rangeStart)} || ',"end":' || ${end(rangeEnd)} || '}' END`
  })
}

/** A value of the JSON type: keys in order, the first of equal ones kept. */
export function toJson(type: SqlType, value: string, form: 'JSON' | 'WIDE' = 'JSON'): string {
  const text = jsonText(type, value, form)
  return `CAST(${nested(type) ? `googlesql_json_sorted(${text})` : text} AS JSON)`
}

function nested(type: SqlType): boolean {
  if (type.kind === 'STRUCT' || type.kind === 'RANGE') return true
  return type.kind === 'ARRAY' && nested(type.element)
}
