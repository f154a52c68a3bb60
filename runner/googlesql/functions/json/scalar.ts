import { once } from '../../lower/library/once.ts'
import { has } from './found.ts'
import type { PlainPath } from './plain-path.ts'

/** The kinds of scalars that a JSON is converted to. */
export type ScalarKind = 'BOOL' | 'INT64' | 'FLOAT64' | 'STRING'

/**
 * DuckDB SQL of what a JSON scalar is as a value, where that is plain: its text, or a number as DuckDB prints it too. The
 * registered function is asked of all others: other kinds, escapes, errors.
 *
 * @param json DuckDB SQL of a JSON
 * @param lax other kinds of values are converted as LAX_INT64 and its kin do
 * @param member where `json` is a member of another JSON: that, and its place there
 */
export function jsonScalar(
  kind: ScalarKind,
  json: string,
  lax: boolean,
  member?: { readonly value: string; readonly path: PlainPath },
): string {
  const name = `googlesql_json_${lax ? 'lax_' : ''}${kind.toLowerCase()}`
  const cases = (text: string, whole: string) => {
    const all = [...(lax ? loosely[kind](text) : []), plainly[kind](text)]
    const whens = all.map(([when, then]) => `WHEN ${when} THEN ${then}`)
    return `CASE ${whens.join(' ')} ELSE ${name}(${whole}) END`
  }
  const whole = `CAST(${json} AS VARCHAR)`
  if (member === undefined) return once([whole], (text) => cases(text, text))
  return cases(`CAST(json_extract(${member.value}, ${member.path.whole}) AS VARCHAR)`, whole)
}

type When = readonly [condition: string, result: string]

/** What stands between the quotes of a text. (Of DuckDB's functions that split, in TRY, memory is not safe.) */
const inside = (text: string) => `substring(${text}, 2, length(${text}) - 2)`

const plainly: Readonly<Record<ScalarKind, (text: string) => When>> = {
  BOOL: (text) => [`${text} IN ('true', 'false')`, `${text} = 'true'`],
  INT64: (text) => {
    const number = `TRY_CAST(${text} AS BIGINT)`
    return [`CAST(${number} AS VARCHAR) = ${text}`, number]
  },
  FLOAT64: (text) => {
    const number = `TRY_CAST(${text} AS DOUBLE)`
    return [`isfinite(${number})`, number]
  },
  STRING: (text) => [`starts_with(${text}, '"') AND NOT ${has(text, '\\')}`, inside(text)],
}

/** Of other kinds. */
const loosely: Readonly<Record<ScalarKind, (text: string) => readonly When[]>> = {
  BOOL: (text) => [[`${text} IN ('"true"', '"false"')`, `${text} = '"true"'`]],
  INT64: (text) => [[quoted(text, '(?:0|-?[1-9][0-9]{0,17})'), `CAST(${inside(text)} AS BIGINT)`]],
  FLOAT64: (text) => [[quoted(text, '-?[0-9]{1,15}(?:\\.[0-9]{1,15})?'), `CAST(${inside(text)} AS DOUBLE)`]],
  STRING: (text) => [[`${text} >= '-' AND regexp_full_match(${text}, '-?[0-9]{1,20}|true|false')`, text]],
}

const quoted = (text: string, pattern: string) =>
  `starts_with(${text}, '"') AND regexp_full_match(${text}, '"${pattern}"')`
