import Table from 'cli-table3'
import type { ResultColumn, Value } from '../googlesql/result.ts'
import { textOf } from '../googlesql/result-json.ts'
import type { SqlType } from '../googlesql/types/type.ts'

/** How wide a cell may be before it is cut, with an ellipsis. */
const widest = 60

/**
 * A result as a table for the terminal. NULL shows as NULL; what is wider than a cell is cut, which the line below the
 * table says. Where the table is wider than `width`, each row is a list of columns instead.
 */
export function resultTable(
  columns: readonly ResultColumn[],
  rows: readonly (readonly Value[])[],
  width = Number.POSITIVE_INFINITY,
): string {
  let cut = false
  const cells = rows.map((row) =>
    columns.map(({ type }, index) => {
      const value = row[index] ?? null
      const text = value === null ? 'NULL' : visible(textOf(value, type))
      if (text.length <= widest) return text
      cut = true
      return `${text.slice(0, widest - 1)}…`
    }),
  )
  const names = columns.map(({ name }) => name)
  const table = textTable(
    names,
    cells,
    columns.map(({ type }) => isNumber(type)),
  )
  const shown = table.indexOf('\n') > width ? recordList(names, cells) : table
  return cut ? `${shown}\n(… is cut: --format csv or --json shows all of it)` : shown
}

/** The width of the terminal that a command writes to; infinite where it writes to none. */
export const terminalWidth = (environment: Readonly<Record<string, string | undefined>>): number =>
  Number(environment['COLUMNS']) || Number.POSITIVE_INFINITY

function recordList(names: readonly string[], rows: readonly (readonly string[])[]): string {
  const longest = Math.max(...names.map((name) => name.length))
  return rows
    .map((row, number) =>
      [
        `row ${number + 1}`,
        ...row.map((cell, index) => `  ${(names[index] ?? '').padEnd(longest)}  ${cell}`),
      ].join('\n'),
    )
    .join('\n')
}

/** Rows of text below a header; columns that are numbers stand on the right. */
export function textTable(
  header: readonly string[],
  rows: readonly (readonly string[])[],
  numbers: readonly boolean[] = [],
): string {
  const table = new Table({
    head: [...header],
    colAligns: header.map((_, index) => (numbers[index] ? 'right' : 'left')),
    style: { head: [], border: [], compact: true },
  })
  table.push(...rows.map((row) => [...row]))
  return table.toString()
}

const isNumber = ({ kind }: SqlType): boolean => ['INT64', 'FLOAT64', 'NUMERIC', 'BIGNUMERIC'].includes(kind)

/** Line breaks and control characters would tear the table apart, or steer the terminal. */
const visible = (text: string): string =>
  text.replace(/[\p{Cc}]/gu, (character) => (character === '\n' ? '⏎' : character === '\t' ? ' ' : '·'))
