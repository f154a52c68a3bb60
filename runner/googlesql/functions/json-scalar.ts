import { once } from '../lower/library/once.ts'

/**
 * DuckDB SQL of what a JSON scalar's text is as a value, where that is plain: the text itself, or a number as DuckDB
 * prints it too. `slow`, the registered function, is asked of all others: other kinds, escapes, errors.
 *
 * @param json DuckDB SQL of the text of a value of the JSON type
 */
export function jsonScalar(
  kind: 'BOOL' | 'INT64' | 'FLOAT64' | 'STRING',
  json: string,
  slow: (text: string) => string,
): string {
  return once([json], (text) => {
    const [condition, result] = plainly[kind](text)
    return `CASE WHEN ${condition} THEN ${result} ELSE ${slow(text)} END`
  })
}

type Plainly = (text: string) => readonly [condition: string, result: string]

const plainly: Readonly<Record<'BOOL' | 'INT64' | 'FLOAT64' | 'STRING', Plainly>> = {
  BOOL: (text) => [`${text} IN ('true', 'false')`, `${text} = 'true'`],
  INT64: (text) => {
    const number = `TRY_CAST(${text} AS BIGINT)`
    return [`CAST(${number} AS VARCHAR) = ${text}`, number]
  },
  FLOAT64: (text) => {
    const number = `TRY_CAST(${text} AS DOUBLE)`
    return [`isfinite(${number})`, number]
  },
  STRING: (text) => [
    `starts_with(${text}, '"') AND NOT contains(${text}, '\\')`,
    `substring(${text}, 2, length(${text}) - 2)`,
  ],
}
