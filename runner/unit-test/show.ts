import colors from 'picocolors'
import type { Value } from '../googlesql/result.ts'
import { textOf } from '../googlesql/result-json.ts'
import type { SqlType } from '../googlesql/types/type.ts'
import { counted } from '../report/progress.ts'
import { type Comparison, columnDifferences, type RowPair } from './compare.ts'
import type { UnitTestResult } from './run.ts'

export interface ShowOptions {
  /** Colours show. */
  readonly coloured: boolean
  /** Of the terminal, in characters. */
  readonly width: number
}

/** As many differing rows are shown of one test. */
const mostShown = 20

/**
 * What came of a unit test, for people: one line if it passed; else the differing columns, and rows side by side,
 * expected on the left, actual on the right, with what differs marked.
 *
 * @example
 * failed  cities by country (definitions/city_test.sqlx)
 *   expected          | actual
 *   code  cities      | code  cities
 *   DE    3           | DE    4 *
 *   FR    1           | (missing)
 *   1 row is as expected
 */
export function showUnitTest(result: UnitTestResult, options: ShowOptions): string {
  const paint = colors.createColors(options.coloured)
  const title = `${result.name} ${paint.dim(`(${result.file})`)}`
  if (result.status === 'passed') return `${paint.green('passed')}  ${title}`
  if (result.problem !== undefined) {
    return `${paint.red('error ')}  ${title}\n${indented(String(result.problem))}`
  }
  const { comparison } = result
  if (comparison === undefined) throw new Error('a failed test has a comparison')
  const parts = [
    ...columnDifferences(comparison),
    ...(comparison.differences.length === 0 ? [] : [rowsText(comparison, options)]),
    `${rowCount(comparison.matching)} as expected`,
  ]
  return `${paint.red('failed')}  ${title}\n${indented(parts.join('\n'))}`
}

const rowCount = (count: number): string => (count === 1 ? '1 row is' : `${counted(count)} rows are`)

function rowsText(comparison: Comparison, options: ShowOptions): string {
  const shown = comparison.differences.slice(0, mostShown)
  const grids = { expected: grid(comparison, shown, 'expected'), actual: grid(comparison, shown, 'actual') }
  const [left, right] = [aligned(grids.expected), aligned(grids.actual)]
  const width = Math.max(widthOf(left.map((line) => line ?? unexpected)), 'expected'.length)
  const hidden = comparison.differences.length - shown.length
  const more = hidden === 0 ? [] : [`… and ${counted(hidden)} more rows that differ`]
  const fits = width + widthOf(right) + 7 <= options.width
  const lines = fits ? beside(left, right, width) : below(comparison, shown)
  return [...lines, ...more].join('\n')
}

/** Cells of one side: the names of its columns, then its rows; undefined for a row that this side lacks. */
function grid(
  { columns, keys }: Comparison,
  rows: readonly RowPair[],
  side: 'expected' | 'actual',
): readonly (readonly string[] | undefined)[] {
  const places = columns.flatMap(({ expectedType, actualType, name }, index) => {
    const type = side === 'expected' ? expectedType : actualType
    return type === undefined ? [] : [{ name, type, index }]
  })
  return [
    places.map(({ name }) => name),
    ...rows.map((pair) => {
      const row = pair[side]
      if (row === undefined) return undefined
      return places.map(({ type, index }) => {
        const text = cell(row[index] ?? null, type)
        return side === 'actual' && differs(pair, index, keys) ? `${text} *` : text
      })
    }),
  ]
}

function differs({ expected, actual }: RowPair, index: number, keys: Comparison['keys']): boolean {
  const key = keys[index]
  if (expected === undefined || actual === undefined || key === undefined) return false
  return key(expected[index] ?? null) !== key(actual[index] ?? null)
}

const cell = (value: Value, type: SqlType): string => {
  if (value === null) return 'NULL'
  const text = textOf(value, type).replace(/\p{Cc}/gu, (character) => (character === '\n' ? '⏎' : '·'))
  return text === '' ? "''" : text
}

/** Cells as lines, every column as wide as its widest cell. */
function aligned(rows: readonly (readonly string[] | undefined)[]): readonly (string | undefined)[] {
  const widths = (rows[0] ?? []).map((_, column) =>
    Math.max(...rows.map((row) => row?.[column]?.length ?? 0)),
  )
  return rows.map((row) =>
    row
      ?.map((text, column) => text.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  )
}

const unexpected = '(unexpected)'

const widthOf = (lines: readonly (string | undefined)[]): number =>
  Math.max(0, ...lines.map((line) => line?.length ?? 0))

const beside = (
  left: readonly (string | undefined)[],
  right: readonly (string | undefined)[],
  width: number,
): readonly string[] => [
  `${'expected'.padEnd(width)} | actual`,
  ...left.map((line, index) => `${(line ?? unexpected).padEnd(width)} | ${right[index] ?? '(missing)'}`),
]

/** For rows too wide to stand beside each other: a line for each column that differs. */
function below({ columns, keys }: Comparison, rows: readonly RowPair[]): readonly string[] {
  return rows.flatMap((pair) => {
    const { expected, actual } = pair
    const sides = columns.map(({ name, expectedType, actualType }, index) => ({
      name,
      left: expectedType && expected && cell(expected[index] ?? null, expectedType),
      right: actualType && actual && cell(actual[index] ?? null, actualType),
      differs: differs(pair, index, keys),
    }))
    if (actual === undefined)
      return ['missing:', ...sides.map(({ name, left }) => `  ${name}: ${left ?? ''}`)]
    if (expected === undefined) {
      return ['unexpected:', ...sides.map(({ name, right }) => `  ${name}: ${right ?? ''}`)]
    }
    return [
      'different:',
      ...sides.map(({ name, left, right, differs: isDifferent }) =>
        isDifferent
          ? `  ${name}: expected ${left ?? ''}\n  ${' '.repeat(name.length)}  actual   ${right ?? ''} *`
          : `  ${name}: ${right ?? left ?? ''}`,
      ),
    ]
  })
}

const indented = (text: string): string => text.replaceAll(/^/gm, '  ')
