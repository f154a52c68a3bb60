import { quoteText } from '../../lower/identifier.ts'
import { onceUnlessCheap } from '../../lower/library/once.ts'
import type { Reading } from './extraction.ts'
import { arrayOfJson, arrayOfTexts, has, scalarOf, without } from './found.ts'
import type { PlainPath } from './plain-path.ts'

/**
 * What stands at a path of a value of the JSON type by DuckDB's own functions, where they print it as BigQuery does;
 * `slow`, our own, elsewhere. Such a value's text is ours: without white space, no key twice, each number in its form.
 *
 * @param value DuckDB SQL of a JSON
 * @param strict an index is one of an array alone; otherwise it may be a key of digits
 */
export function nativeMember(
  reading: Reading,
  value: string,
  path: PlainPath,
  strict: boolean,
  slow: (value: string) => string,
): string {
  return onceUnlessCheap([value], (v) => {
    const json = `json_extract(${v}, ${path.whole})`
    const found =
      reading === 'value' ? `json_extract_string(${v}, ${path.whole})` : `CAST(${json} AS VARCHAR)`
    const whole = `CAST(${v} AS VARCHAR)`
    const digits = strict ? [] : path.indexes.map((index) => has(whole, `"${index}"`))
    const otherwise = digits.length === 0 ? '' : ` WHEN ${digits.join(' OR ')} THEN ${slow(v)}`
    const full = `starts_with(${found}, '[') AND ${without(found, 'null')}`
    const whens: Readonly<Record<Reading, readonly string[]>> = {
      value: [
        `${scalarOf(found)} THEN ${found}`,
        `${found} IS NOT NULL THEN ${byKind(v, path, found, slow(v))}`,
      ],
      query: [
        `${printed(whole, found)} OR ${surely(found)} THEN ${json}`,
        `${found} IS NOT NULL THEN ${slow(v)}`,
      ],
      value_array: [
        `${arrayOfTexts(found)} THEN from_json(${found}, '["VARCHAR"]')`,
        `${found} IS NOT NULL THEN CASE WHEN starts_with(${found}, '[') THEN ${slow(v)} END`,
      ],
      query_array: [
        `${full} AND (${printed(whole, found)} OR ${surely(found)}) THEN CAST(${arrayOfJson(found)} AS JSON[])`,
        `${found} IS NOT NULL THEN CASE WHEN starts_with(${found}, '[') THEN ${slow(v)} END`,
      ],
    }
    return `CASE WHEN ${whens[reading].join(' WHEN ')}${otherwise} END`
  })
}

/** DuckDB has capitals in escapes by number, and other forms of numbers that have a power of ten, with its sign. */
const printed = (whole: string, found: string) =>
  [without(found, '\\u00'), without(whole, 'e+'), without(whole, 'e-')].join(' AND ')

const surely = (found: string) =>
  `NOT regexp_matches(${found}, ${quoteText('[0-9][eE]|[0-9]{16}|0\\.0000|\\\\u00')})`

function byKind(v: string, path: PlainPath, found: string, slow: string): string {
  const none = ['OBJECT', 'ARRAY'].map((type) => `WHEN '${type}' THEN NULL`).join(' ')
  const same = ['VARCHAR', 'UBIGINT'].map((type) => `WHEN '${type}' THEN ${found}`).join(' ')
  const number = `WHEN 'DOUBLE' THEN CASE WHEN ${surely(found)} THEN ${found} ELSE ${slow} END`
  return `CASE json_type(${v}, ${path.whole}) ${none} ${same} ${number} ELSE ${slow} END`
}
