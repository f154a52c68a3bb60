import type { ResultColumn, Value } from '../googlesql/result.ts'
import { textOf } from '../googlesql/result-json.ts'

/**
 * A result as CSV (RFC 4180, lines end with a line feed), with a header. Exact: NULL is an empty field and the empty
 * text `""`; lists and structs are JSON, bytes base64.
 *
 * @example csvText([{ name: 'a', type: { kind: 'STRING' } }], [['x,y'], [null], ['']]) // 'a\n"x,y"\n\n""'
 */
export function csvText(columns: readonly ResultColumn[], rows: readonly (readonly Value[])[]): string {
  const header = columns.map(({ name }) => field(name)).join(',')
  const body = rows.map((row) =>
    columns
      .map(({ type }, index) => {
        const value = row[index] ?? null
        return value === null ? '' : field(textOf(value, type))
      })
      .join(','),
  )
  return [header, ...body].join('\n')
}

const field = (text: string): string =>
  text === '' || /[",\r\n]|^\s|\s$/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
