import type { StatementResult, Value } from '../googlesql/result.ts'
import { typeName } from '../googlesql/types/print.ts'
import type { SqlType } from '../googlesql/types/type.ts'
import { type ValueKey, valueKey } from './value-key.ts'

export type Rows = readonly (readonly Value[])[]
export type Result = Pick<StatementResult, 'columns' | 'rows'>

/** A column of either result. A type is undefined on the side that lacks the column. */
export interface ComparedColumn {
  readonly name: string
  readonly expectedType: SqlType | undefined
  readonly actualType: SqlType | undefined
  /** False: it is on one side only, or values of its two types are never equal. */
  readonly comparable: boolean
}

/** Two rows that are told apart by the columns `different`; one of them alone if there is no like. */
export interface RowPair {
  readonly expected: readonly Value[] | undefined
  readonly actual: readonly Value[] | undefined
}

/** How a result differs from what was expected. Rows hold a value for each of `columns`. */
export interface Comparison {
  readonly equal: boolean
  readonly columns: readonly ComparedColumn[]
  /** How many rows are as expected. */
  readonly matching: number
  /** Expected rows that are missing, each beside the unexpected row most like it. */
  readonly differences: readonly RowPair[]
  /** Keys by which the cells of a column are told apart. */
  readonly keys: readonly ValueKey[]
}

/**
 * Compares two results as sets in which a row may occur several times: the order of rows means nothing, nor does the
 * order of columns, whose names are told apart as BigQuery does, without case. Equality of values: value-key.ts.
 */
export function compareResults(expected: Result, actual: Result): Comparison {
  const columns = columnsOf(expected, actual)
  const expectedRows = rowsBy(
    columns.map(({ left }) => left),
    expected.rows,
  )
  const actualRows = rowsBy(
    columns.map(({ right }) => right),
    actual.rows,
  )
  const keyed = columns.map(({ name, expectedType, actualType }, index) => {
    const key =
      expectedType === undefined || actualType === undefined
        ? undefined
        : valueKey(expectedType, actualType, column(expectedRows, index), column(actualRows, index))
    return { name, expectedType, actualType, comparable: key !== undefined, key: key ?? ignored }
  })
  const keys = keyed.map(({ key }) => key)
  const rowKey = (row: readonly Value[]): string =>
    keys.map((key, index) => key(row[index] ?? null)).join('\n')
  const { missing, unexpected, matching } = difference(expectedRows, actualRows, rowKey)
  const differences = pair(missing, unexpected, keys)
  return {
    equal: differences.length === 0 && keyed.every(({ comparable }) => comparable),
    columns: keyed.map(({ key: _, ...compared }) => compared),
    matching,
    differences,
    keys,
  }
}

/** What is wrong with the columns, a sentence each. */
export function columnDifferences({ columns }: Comparison): readonly string[] {
  return columns.flatMap(({ name, expectedType, actualType, comparable }) => {
    if (comparable) return []
    if (actualType === undefined) return [`column \`${name}\` is missing`]
    if (expectedType === undefined) return [`column \`${name}\` is not expected`]
    return [`column \`${name}\` is ${typeName(actualType)}; expected is ${typeName(expectedType)}`]
  })
}

/** Where the columns differ, rows are compared by the others. */
const ignored: ValueKey = () => ''

/** Each column of either side, with its place on both; of columns of one name the first belong together, and so on. */
function columnsOf(expected: Result, actual: Result) {
  const free = actual.columns.map(({ name }, index) => ({ folded: name.toLowerCase(), index }))
  const left = expected.columns.map(({ name, type }, index) => {
    const at = free.findIndex(({ folded }) => folded === name.toLowerCase())
    const right = at === -1 ? undefined : free.splice(at, 1)[0]?.index
    const actualType = right === undefined ? undefined : actual.columns[right]?.type
    return {
      name,
      left: index as number | undefined,
      right,
      expectedType: type as SqlType | undefined,
      actualType,
    }
  })
  const rest = free.map(({ index }) => ({
    name: actual.columns[index]?.name ?? '',
    left: undefined,
    right: index,
    expectedType: undefined,
    actualType: actual.columns[index]?.type,
  }))
  return [...left, ...rest]
}

const rowsBy = (places: readonly (number | undefined)[], rows: Rows): Rows =>
  rows.map((row) => places.map((place) => (place === undefined ? null : (row[place] ?? null))))

const column = (rows: Rows, index: number): readonly Value[] => rows.map((row) => row[index] ?? null)

function difference(expected: Rows, actual: Rows, rowKey: (row: readonly Value[]) => string) {
  const left = new Map<string, (readonly Value[])[]>()
  for (const row of actual) {
    const key = rowKey(row)
    const same = left.get(key)
    if (same === undefined) left.set(key, [row])
    else same.push(row)
  }
  const missing = expected.filter((row) => left.get(rowKey(row))?.shift() === undefined)
  const unexpected = actual.filter((row) => left.get(rowKey(row))?.includes(row))
  return { missing, unexpected, matching: expected.length - missing.length }
}

/** Beyond this, looking for likes would take long, and nobody reads so many. */
const mostPaired = 500

function pair(missing: Rows, unexpected: Rows, keys: readonly ValueKey[]): readonly RowPair[] {
  const likeness = (a: readonly Value[], b: readonly Value[]): number =>
    keys.filter((key, index) => key !== ignored && key(a[index] ?? null) === key(b[index] ?? null)).length
  const free = [...unexpected]
  const pairs = missing.map((expected, index): RowPair => {
    if (index >= mostPaired || free.length === 0 || free.length > mostPaired)
      return { expected, actual: undefined }
    const likes = free.map((actual) => likeness(expected, actual))
    const most = Math.max(...likes)
    // A row that has nothing in common is another row, unless there is but one column to have in common.
    if (most === 0 && keys.length > 1) return { expected, actual: undefined }
    return { expected, actual: free.splice(likes.indexOf(most), 1)[0] }
  })
  return [...pairs, ...free.map((actual): RowPair => ({ expected: undefined, actual }))]
}
