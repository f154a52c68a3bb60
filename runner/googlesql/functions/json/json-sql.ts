import { Problem } from '../../../problem.ts'
import { quoteText } from '../../lower/identifier.ts'
import { cheap, once, onceUnlessCheap } from '../../lower/library/once.ts'
import { physicalFieldNames, rangeEnd, rangeStart } from '../../types/physical.ts'
import { typeName } from '../../types/print.ts'
import type { SqlType } from '../../types/type.ts'
import { bigNumericText, datetimeText, float64Text, numericText, timeText } from '../casts/cast-text.ts'
import { wallOfUtc } from '../times/utc.ts'

/**
 * Values as JSON text. `STRING` is TO_JSON_STRING's form, where a number that a double cannot hold is a text; `JSON`
 * is TO_JSON's; `WIDE` is TO_JSON's with stringify_wide_numbers.
 */
export type JsonForm = 'STRING' | 'JSON' | 'WIDE'

/**
 * DuckDB SQL of a value's JSON text; SQL NULL gives the text null. Keys stand in the order of the fields, but as the JSON
 * type keeps them in its forms.
 */
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
  if (form !== 'STRING') {
    return onceUnlessCheap(
      [value],
      (v) => `CASE WHEN ${plainFloat(v)} THEN CAST(${v} AS VARCHAR) ELSE googlesql_json_float(${v}) END`,
    )
  }
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
    const fields = type.fields.map((field, index) => ({
      key: field.name ?? '',
      text: () => jsonText(field.type, `struct_extract(${v}, ${quoteText(names[index] ?? '')})`, form),
    }))
    const members = (form === 'STRING' ? fields : inOrder(fields)).map(
      ({ key, text }, index) =>
        `${quoteText(`${index === 0 ? '{' : ','}${JSON.stringify(key)}:`)}, ${text()}`,
    )
    // The members in no CASE of the struct: in one, DuckDB computes a part again wherever it is written again.
    return `(concat(${members.join(', ')}) || CASE WHEN ${v} IS NOT NULL THEN '}' END)`
  })
}

/** Members as the JSON type keeps them: by their keys' bytes, the first of equal ones. */
export function inOrder<M extends { readonly key: string }>(members: readonly M[]): readonly M[] {
  const first = members.filter(({ key }, index) => members.findIndex((other) => other.key === key) === index)
  return first.toSorted((a, b) => Buffer.compare(Buffer.from(a.key), Buffer.from(b.key)))
}

function rangeText(element: SqlType, value: string, form: JsonForm): string {
  return once([value], (v) => {
    const ends = [
      { key: 'start', field: rangeStart },
      { key: 'end', field: rangeEnd },
    ]
    const members = (form === 'STRING' ? ends : inOrder(ends)).map(
      ({ key, field }) => `'"${key}":' || ${jsonText(element, `struct_extract(${v}, '${field}')`, form)}`,
    )
    return `CASE WHEN ${v} IS NOT NULL THEN '{' || ${members.join(` || ',' || `)} || '}' END`
  })
}

/** A value of the JSON type. */
export function toJson(type: SqlType, value: string, form: 'JSON' | 'WIDE' = 'JSON'): string {
  const exact = (v: string) => `CAST(${jsonText(type, v, form)} AS JSON)`
  if (type.kind === 'FLOAT64') {
    const usual = (v: string) => `CASE WHEN ${plainFloat(v)} THEN to_json(${v}) ELSE ${exact(v)} END`
    return onceUnlessCheap([value], usual)
  }
  // Wide numbers are texts in the other form.
  if (form === 'WIDE') return exact(value)
  if (type.kind !== 'STRUCT') {
    if (!native(type)) return exact(value)
    return onceUnlessCheap([value], (v) => unlessEscaped(`to_json(${v})`, exact(v), v))
  }
  if (!type.fields.every((field) => native(field.type)) || !ownNames(type)) return exact(value)
  return onceUnlessCheap([value], (v) => {
    const part = (key: string) => `struct_extract(${v}, ${quoteText(key)})`
    return unlessEscaped(objectOf(type, part), exact(v), v)
  })
}

/** JSON_OBJECT of keys that are known, each once. */
export function jsonObjectOf(
  members: readonly { readonly key: string; readonly type: SqlType; readonly value: string }[],
): string {
  const type: Extract<SqlType, { kind: 'STRUCT' }> = {
    kind: 'STRUCT',
    fields: members.map((member) => ({ name: member.key, type: member.type })),
  }
  const parts = inOrder(members).map(
    (member) =>
      `${quoteText(`${JSON.stringify(member.key)}:`)} || ${jsonText(member.type, member.value, 'JSON')}`,
  )
  const exact = `CAST('{' || ${parts.join(` || ',' || `)} || '}' AS JSON)`
  const plainly = members.every((member) => native(member.type) && cheap(member.value)) && ownNames(type)
  if (!plainly) return exact
  const values = new Map(members.map(({ key, value }) => [key, value]))
  return unlessEscaped(
    objectOf(type, (key) => values.get(key) ?? ''),
    exact,
  )
}

/** JSON_ARRAY. */
export function jsonArrayOf(items: readonly { readonly type: SqlType; readonly value: string }[]): string {
  const texts = items.map(({ type, value }) => jsonText(type, value, 'JSON'))
  const exact = `CAST('[' || ${texts.join(` || ',' || `)} || ']' AS JSON)`
  if (!items.every(({ type, value }) => native(type) && cheap(value))) return exact
  return unlessEscaped(`json_array(${items.map(({ value }) => value).join(', ')})`, exact)
}

function objectOf(type: Extract<SqlType, { kind: 'STRUCT' }>, part: (key: string) => string): string {
  const members = inOrder(type.fields.map(({ name = '' }) => ({ key: name })))
  return `to_json({${members.map(({ key }) => `${quoteText(key)}: ${part(key)}`).join(', ')}})`
}

/** DuckDB's JSON, but where it has escapes by number, which it writes in capitals, or there is no value. */
function unlessEscaped(json: string, exact: string, value?: string): string {
  const given = value === undefined ? '' : ` AND ${value} IS NOT NULL`
  return `CASE WHEN NOT contains(CAST(${json} AS VARCHAR), '\\u00')${given} THEN ${json} ELSE ${exact} END`
}

/** DuckDB prints it as JSON has it, with the fewest digits. */
const plainFloat = (value: string) => `abs(${value}) BETWEEN 0.0001 AND 1e14`

/** DuckDB's own JSON of such a value is BigQuery's, but for escapes. */
function native(type: SqlType): boolean {
  if (type.kind === 'ARRAY') return native(type.element)
  if (type.kind !== 'STRUCT') return type.kind === 'BOOL' || type.kind === 'INT64' || type.kind === 'STRING'
  const keys = type.fields.map(({ name = '' }) => ({ key: name }))
  const sorted = inOrder(keys).every(({ key }, index) => key === keys[index]?.key)
  return sorted && ownNames(type) && type.fields.every((field) => native(field.type))
}

/** The struct has fields, and DuckDB's names of them are theirs. */
function ownNames(type: Extract<SqlType, { kind: 'STRUCT' }>): boolean {
  const names = physicalFieldNames(type)
  return names.length > 0 && type.fields.every(({ name }, index) => name === names[index])
}
