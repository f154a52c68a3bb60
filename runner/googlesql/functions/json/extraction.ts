import { quoteText } from '../../lower/identifier.ts'
import { onceUnlessCheap } from '../../lower/library/once.ts'
import { arrayOfJson, arrayOfTexts, bare, has, scalarOf, without } from './found.ts'
import type { PlainPath } from './plain-path.ts'

/** Which of the functions that read a value at a path; the same name with `googlesql_json_` is the registered one. */
export type Reading = 'value' | 'query' | 'value_array' | 'query_array'

/**
 * What stands at a path of JSON in a STRING by DuckDB's own JSON functions, where they give what BigQuery does; `slow`,
 * our own, elsewhere.
 *
 * DuckDB reads a text as a whole, and none that is broken behind the value; it knows NaN and infinities; it takes two
 * escapes for one character, and prints numbers as it likes; of equal keys it sees the first alone, and no key `0` where
 * the path has an index. (What the first condition of a CASE computes is not computed again in the rest of it, so that
 * one has to have the value.)
 *
 * @param value DuckDB SQL of a STRING
 */
export function nativeExtraction(
  reading: Reading,
  value: string,
  path: PlainPath,
  slow: (value: string) => string,
): string {
  return onceUnlessCheap([value], (v) => {
    const found =
      reading === 'value'
        ? `TRY(json_extract_string(${v}, ${path.whole}))`
        : `CAST(TRY(json_extract(${v}, ${path.whole})) AS VARCHAR)`
    const [usual, result, others] = forms[reading](found, v, path, slow(v))
    const finite = infinities.map((part) => without(v, part)).join(' AND ')
    const infinite = [`NOT (${finite})`, ...spelled.map((pattern) => `regexp_matches(${v}, '${pattern}')`)]
    const broken = `${has(v, '\\ud')} OR ${has(v, '\\uD')} OR ${infinite.join(' AND ')}`
    return (
      `CASE WHEN ${usual} AND ${finite} AND ${without(v, '\\u')} THEN ${result} ${absent(found, v, path)}` +
      `WHEN ${broken} THEN ${slow(v)} ` +
      `WHEN ${found} IS NOT NULL THEN CASE WHEN ${usual} AND ${without(found, '\\u00')} THEN ${result} ${others} END ` +
      `WHEN NOT json_valid(${v}) THEN ${slow(v)} ${later(v, path, slow(v))}END`
    )
  })
}

/** Parts that are in NaN and the infinities as programs print them; and, of those texts, which have one. */
const infinities = ['N', 'nan', 'nf']
const spelled = ['[nN][aA][nN]|[nN][fF]', '(?i)(?:^|[:\\[,\\s-])(?:nan|inf)']

/** A name that is nowhere in the text, which has no escapes, is no key of it. */
function absent(found: string, v: string, { names }: PlainPath): string {
  const name = names.at(-1)
  if (name === undefined) return ''
  return `WHEN ${found} IS NULL AND ${without(v, name)} AND ${without(v, '\\')} THEN NULL `
}

/** Where nothing was found: what only BigQuery finds stands behind a name that is there again, or is a key of digits. */
function later(v: string, { names, indexes, last }: PlainPath, slow: string): string {
  const above = last === undefined ? names : names.slice(0, -1)
  const again = above.map((name) => has(`substring(${v}, strpos(${v}, '"${name}"') + 1)`, `"${name}"`))
  const digits = indexes.map((index) => has(v, `"${index}"`))
  if (again.length + digits.length === 0) return ''
  return `WHEN ${[...again, ...digits, has(v, '\\u')].join(' OR ')} THEN ${slow} `
}

type Form = (
  found: string,
  v: string,
  path: PlainPath,
  slow: string,
) => readonly [usual: string, result: string, others: string]

const forms: Readonly<Record<Reading, Form>> = {
  value: (found, v, path, slow) => {
    const digits = beyond(v, path)
    const written =
      digits === undefined ? slow : `CASE WHEN ${digits.once} THEN ${digits.number} ELSE ${slow} END`
    const same = ['VARCHAR', 'UBIGINT'].map((type) => `WHEN '${type}' THEN ${found}`).join(' ')
    const none = ['OBJECT', 'ARRAY'].map((type) => `WHEN '${type}' THEN NULL`).join(' ')
    const kind = `json_type(${v}, ${path.whole})`
    return [
      scalarOf(found),
      found,
      `ELSE CASE ${kind} ${none} ${same} WHEN 'DOUBLE' THEN ${written} ELSE ${slow} END`,
    ]
  },
  query: (found, v, path, slow) => {
    const source = beyond(v, path)
    const alike =
      source &&
      `WHEN ${source.once} AND NOT regexp_matches(${found}, '[\\x{2028}\\x{2029}]') THEN CASE WHEN regexp_matches(${found}, '^[-0-9]') THEN ${source.number} WHEN starts_with(replace(${source.text}, ' ', ''), replace(${found}, ' ', '')) THEN ${found} ELSE ${slow} END `
    return [
      `${found} <> 'null' AND ${asWritten(found, v)}`,
      found,
      `WHEN ${found} = 'null' THEN NULL WHEN ${surelyAsWritten(found)} THEN ${found} ${alike ?? ''}ELSE ${slow}`,
    ]
  },
  value_array: (found, v, _, slow) => [
    `${arrayOfTexts(found)} AND (${without(found, '0')} OR ${without(v, '-0')})`,
    `from_json(${found}, '["VARCHAR"]')`,
    `WHEN NOT starts_with(${found}, '[') THEN NULL ELSE ${slow}`,
  ],
  query_array: (found, v, _, slow) => {
    const elements = `CAST(${arrayOfJson(found)} AS VARCHAR[])`
    const full = `starts_with(${found}, '[') AND ${without(found, 'null')}`
    return [
      `${full} AND ${asWritten(found, v)}`,
      elements,
      `WHEN NOT starts_with(${found}, '[') THEN NULL WHEN ${full} AND ${surelyAsWritten(found)} THEN ${elements} ELSE ${slow}`,
    ]
  },
}

/**
 * No number that may have been written otherwise (DuckDB writes those with a fraction, or with a power of ten and one
 * digit before it), and no sign that BigQuery writes otherwise; those that are escapes the text itself has as escapes.
 */
function asWritten(found: string, v: string): string {
  const noPower = [...'123456789'].map((digit) => without(found, `${digit}e`)).join(' AND ')
  return [
    ...['.', '\u2028', '\u2029'].map((part) => without(found, part)),
    `(${without(found, 'e')} OR ${noPower})`,
    `(${without(found, '0')} OR ${without(v, '-0')})`,
  ].join(' AND ')
}

const surelyAsWritten = (found: string) =>
  `NOT regexp_matches(${found}, ${quoteText('[0-9][.eE]|\\\\u00|[\\x{2028}\\x{2029}]|(?:^|[:\\[,])0(?:$|[,\\]}])')})`

/**
 * What stands in the text itself behind the path's last name, where that is there `once` and nothing is escaped: a value
 * that was found at the path is the one that stands there.
 */
function beyond(v: string, { last, names, indexes }: PlainPath) {
  if (last === undefined && names.length + indexes.length > 0) return undefined
  const quoted = `"${last ?? ''}"`
  const rest = `substring(${v}, strpos(${v}, '${quoted}') + ${[...quoted].length})`
  const text = bare(last === undefined ? v : rest)
  return {
    once: `${without(v, '\\')}${last === undefined ? '' : ` AND ${without(rest, quoted)}`}`,
    text,
    number: `regexp_extract(${text}, '^[-+.0-9eE]+')`,
  }
}
