import { quoteText } from '../lower/identifier.ts'
import { once } from '../lower/library/once.ts'
import { partOf } from '../lower/library/part-of.ts'
import { raiseText } from '../lower/library/raise.ts'
import { physicalType, rangeEnd, rangeStart } from '../types/physical.ts'
import { BOOL, DATE, DATETIME, rangeOf, TIMESTAMP } from '../types/scalars.ts'
import type { SqlType } from '../types/type.ts'
import { checkedRange } from './casts/range-text.ts'
import { plain, scalar, signature, typeAt } from './define.ts'
import type { FunctionEntry, Signature } from './function.ts'
import { generateRangeArray } from './times/generate-range-array.ts'

const page = 'range-functions'
const start = (range: string) => `struct_extract(${range}, ${quoteText(rangeStart)})`
const end = (range: string) => `struct_extract(${range}, ${quoteText(rangeEnd)})`

/** An unbounded start is before every moment, an unbounded end behind every one. */
const startsBy = (range: string, moment: string) =>
  `(${start(range)} IS NULL OR ${start(range)} <= ${moment})`
const endsAfter = (range: string, moment: string) => `(${end(range)} IS NULL OR ${end(range)} > ${moment})`

function overlaps(x: string, y: string): string {
  const before = (a: string, b: string) =>
    `(${start(a)} IS NULL OR ${end(b)} IS NULL OR ${start(a)} < ${end(b)})`
  return `(${before(x, y)} AND ${before(y, x)})`
}

const elementOf = (args: readonly SqlType[]): SqlType => {
  const type = typeAt(args, 0)
  return type.kind === 'RANGE' ? type.element : type
}

const endOf = (name: string): Signature =>
  signature(['RANGE<T1>'], elementOf, ([range = ''], call) => partOf(range, name, call.resultType))

const present = (value: string, ...ranges: readonly string[]) =>
  `CASE WHEN ${ranges.map((range) => `${range} IS NOT NULL`).join(' AND ')} THEN ${value} END`

/** Of each element type: RANGE's own constructor is one function for all. */
const constructors: readonly Signature[] = [DATE, DATETIME, TIMESTAMP].map((type) =>
  plain([type, type], rangeOf(type), (from, to) => checkedRange(from, to, type)),
)

export const rangeFunctions: readonly FunctionEntry[] = [
  scalar('RANGE', `${page}#range`, constructors),
  scalar('RANGE_START', `${page}#range_start`, [endOf(rangeStart)]),
  scalar('RANGE_END', `${page}#range_end`, [endOf(rangeEnd)]),
  scalar('RANGE_CONTAINS', `${page}#range_contains`, [
    plain(['RANGE<T1>', 'RANGE<T1>'], BOOL, (range, inner) =>
      once([range, inner], (r, i) => {
        const from = `(${start(r)} IS NULL OR (${start(i)} IS NOT NULL AND ${start(r)} <= ${start(i)}))`
        const to = `(${end(r)} IS NULL OR (${end(i)} IS NOT NULL AND ${end(r)} >= ${end(i)}))`
        return present(`(${from} AND ${to})`, r, i)
      }),
    ),
    plain(['RANGE<T1>', 'T1'], BOOL, (range, moment) =>
      once([range, moment], (r, m) => present(`(${startsBy(r, m)} AND ${endsAfter(r, m)})`, r, m)),
    ),
  ]),
  scalar('RANGE_OVERLAPS', `${page}#range_overlaps`, [
    plain(['RANGE<T1>', 'RANGE<T1>'], BOOL, (range, other) =>
      once([range, other], (x, y) => present(overlaps(x, y), x, y)),
    ),
  ]),
  scalar('RANGE_INTERSECT', `${page}#range_intersect`, [
    signature(
      ['RANGE<T1>', 'RANGE<T1>'],
      (args) => typeAt(args, 0),
      ([range = '', other = ''], call) =>
        once([range, other], (x, y) => {
          const type = physicalType(call.resultType)
          const none = raiseText(
            'Provided RANGE inputs do not overlap. Please check RANGE_OVERLAPS before calling RANGE_INTERSECT',
            type,
          )
          // DuckDB's greatest and least skip NULL, which is what an unbounded end asks for.
          const both = `CAST({${quoteText(rangeStart)}: greatest(${start(x)}, ${start(y)}), ${quoteText(rangeEnd)}: least(${end(x)}, ${end(y)})} AS ${type})`
          return `CASE WHEN ${x} IS NULL OR ${y} IS NULL THEN NULL WHEN ${overlaps(x, y)} THEN ${both} ELSE ${none} END`
        }),
    ),
  ]),
  scalar('GENERATE_RANGE_ARRAY', `${page}#generate_range_array`, [generateRangeArray]),
  { name: 'RANGE_SESSIONIZE', kind: 'table', page: `${page}#range_sessionize`, signatures: [] },
  { name: 'GAP_FILL', kind: 'table', page: 'time-series-functions#gap_fill', signatures: [] },
]
