import { quoteText } from '../lower/identifier.ts'
import { onceUnlessCheap } from '../lower/library/once.ts'

/** Which of the functions that read a value at a path; the same name with `googlesql_json_` is the registered one. */
export type Reading = 'value' | 'query' | 'value_array' | 'query_array'

/** A path of names alone, each in DuckDB's spelling. */
export interface PlainPath {
  readonly whole: string
  /** The names before the last, and that. */
  readonly above: readonly string[]
  readonly last: string
}

/** @returns undefined for a path with anything but names */
export function plainPath(path: string): PlainPath | undefined {
  const names = /^'\$((?:\.[A-Za-z_]\w*)+)'$/.exec(path)?.[1]?.slice(1).split('.')
  if (names === undefined) return undefined
  return {
    whole: `'$${names.map((name) => `."${name}"`).join('')}'`,
    above: names.slice(0, -1),
    last: names.at(-1) ?? '',
  }
}

/**
 * What stands at a path by DuckDB's own JSON functions, where they give what BigQuery does; `slow`, our own, elsewhere.
 *
 * DuckDB reads a text as a whole, and none that is broken behind the value; it knows NaN and infinities; it takes two
 * escapes for one character, and prints numbers as it likes; and of equal keys it sees the first alone. (What the first
 * condition of a CASE computes is not computed again in the rest of it, so that one has to have the value.)
 *
 * @param value DuckDB SQL of a STRING, or of a value of the JSON type, whose text is ours and has none of that
 */
export function nativeExtraction(
  reading: Reading,
  value: string,
  path: PlainPath,
  isJson: boolean,
  slow: (value: string) => string,
): string {
  return onceUnlessCheap([value], (v) => {
    const read =
      reading === 'value' ? `json_extract_string(${v}, ${path.whole})` : `json_extract(${v}, ${path.whole})`
    const tried = isJson ? read : `TRY(${read})`
    const found = reading === 'value' ? tried : `CAST(${tried} AS VARCHAR)`
    const known = reading === 'value' ? scalar(found) : written(reading, found, v, isJson)
    const rest = reading === 'value' ? byKind(`json_type(${v}, ${path.whole})`, found, slow(v)) : slow(v)
    const otherwise = `WHEN ${found} IS NOT NULL THEN ${rest}`
    const taken = whens(known)
    if (isJson) return `CASE ${taken} ${otherwise} END`
    const [[usual, result] = ['', '']] = known
    const suspect = `(${suspects.map((part) => has(v, part)).join(' OR ')})`
    const special = `(${has(v, '\\ud')} OR ${has(v, '\\uD')} OR regexp_matches(${v}, '(?i)[:\\[,\\s-](?:nan|inf)'))`
    // A name that is nowhere in the text, which has no escapes, is no key of it.
    const absent = `${found} IS NULL AND NOT ${has(v, path.last)} AND NOT ${has(v, '\\')}`
    // Where a name above is not there a second time, nothing stands behind the first one's value.
    const twice = path.above.map((name) => has(`substring(${v}, strpos(${v}, '"${name}"') + 1)`, `"${name}"`))
    const later =
      path.above.length === 0 ? '' : `WHEN ${[...twice, has(v, '\\u')].join(' OR ')} THEN ${slow(v)} `
    return (
      `CASE WHEN ${usual} AND NOT ${suspect} THEN ${result} WHEN ${absent} THEN NULL WHEN ${suspect} AND ${special} THEN ${slow(v)} ` +
      `${taken} ${otherwise} WHEN NOT json_valid(${v}) THEN ${slow(v)} ${later}END`
    )
  })
}

/** NaN and infinities in the spellings that programs print, and escapes by number. */
const suspects = ['nan', 'NaN', 'NAN', 'nf', 'NF', '\\u']

/** A condition and the result where it holds. */
type When = readonly [condition: string, result: string]

const whens = (all: readonly When[]) => all.map(([when, then]) => `WHEN ${when} THEN ${then}`).join(' ')
const has = (sql: string, part: string) => `contains(${sql}, ${quoteText(part)})`

/** JSON_VALUE: what begins like a word is a text or a word, and digits alone are what was written, but for -0. */
function scalar(found: string): readonly When[] {
  const word = `${found} > ':' AND NOT starts_with(${found}, '{') AND NOT starts_with(${found}, '[')`
  const spelled = ['.', 'e', 'E'].map((part) => `NOT ${has(found, part)}`).join(' AND ')
  return [
    [word, found],
    [`${found} < ':' AND ${found} <> '0' AND ${spelled}`, found],
  ]
}

/** Of the rest, objects and arrays have no text, and the digits of numbers count. */
function byKind(kind: string, found: string, slow: string): string {
  const none = ['OBJECT', 'ARRAY'].map((type) => `WHEN '${type}' THEN NULL`).join(' ')
  const same = ['VARCHAR', 'UBIGINT'].map((type) => `WHEN '${type}' THEN ${found}`).join(' ')
  return `CASE ${kind} ${none} ${same} ELSE ${slow} END`
}

/** Numbers that may have been written otherwise, and signs that BigQuery writes otherwise. */
const doubts = {
  text: '[0-9][.eE]|\\\\u00|[\\x{2028}\\x{2029}]|(?:^|[:\\[,])0(?:$|[,\\]}])',
  json: '[0-9][eE]|[0-9]{16}|0\\.0000|\\\\u00',
} as const

/** JSON_QUERY and the arrays: the text of the value as DuckDB prints it. */
function written(
  reading: Exclude<Reading, 'value'>,
  found: string,
  v: string,
  isJson: boolean,
): readonly When[] {
  const seldom = isJson ? ['.', 'e', '\\u00'] : ['.', 'e', '\\u00', '\u2028', '\u2029']
  const minusZero = isJson ? [] : [`(${has(found, '0')} AND ${has(v, '-0')})`]
  const plainly = `NOT (${[...seldom.map((part) => has(found, part)), ...minusZero].join(' OR ')})`
  const surely = `NOT regexp_matches(${found}, ${quoteText(isJson ? doubts.json : doubts.text)})`
  const noArray: When = [`NOT starts_with(${found}, '[')`, 'NULL']
  switch (reading) {
    case 'query': {
      const result = isJson ? `CAST(${found} AS JSON)` : `nullif(${found}, 'null')`
      return [plainly, surely].map((condition): When => [condition, result])
    }
    case 'value_array': {
      const texts = quoteText('\\[(?:"[^"\\\\]*"(?:,"[^"\\\\]*")*)?\\]')
      return [[`regexp_full_match(${found}, ${texts})`, `from_json(${found}, '["VARCHAR"]')`], noArray]
    }
    case 'query_array': {
      const elements = `CAST(from_json(${found}, '["JSON"]') AS ${isJson ? 'JSON' : 'VARCHAR'}[])`
      const full = `starts_with(${found}, '[') AND NOT ${has(found, 'null')}`
      return [[`${full} AND ${plainly}`, elements], noArray, [`${full} AND ${surely}`, elements]]
    }
  }
}
