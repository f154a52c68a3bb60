import { once, onceUnlessCheap, repeatable } from '../lower/library/once.ts'
import { raise, raiseText } from '../lower/library/raise.ts'
import { physicalType } from '../types/physical.ts'
import {
  arrayOf,
  BIGNUMERIC,
  BYTES,
  DATE,
  FLOAT64,
  INT64,
  NUMERIC,
  STRING,
  TIMESTAMP,
} from '../types/scalars.ts'
import type { SqlType } from '../types/type.ts'
import { interval, operator, optional, plain, repeated, scalar, signature, typeAt } from './define.ts'
import type { FunctionEntry, Signature } from './function.ts'
import { jsonSubscripts } from './json.ts'
import { addPart } from './times/date-arithmetic.ts'

const page = 'array_functions'
const first = (args: readonly SqlType[]) => typeAt(args, 0)
const elementOf = (args: readonly SqlType[]): SqlType => {
  const type = typeAt(args, 0)
  return type.kind === 'ARRAY' ? type.element : type
}

function array(name: string, signatures: readonly Signature[]): FunctionEntry {
  return scalar(name, `${page}#${name.toLowerCase()}`, signatures)
}

/** `a[OFFSET(i)]` and its relatives are operators by their keyword; `base` is the first element's number. */
function subscript(name: string, base: 0 | 1, safe: boolean): FunctionEntry {
  return operator(name, 'array_subscript_operator', [
    signature(['ARRAY<T1>', INT64], elementOf, ([list = '', index = ''], call) => {
      const type = physicalType(call.resultType)
      // DuckDB forgets the type of a part of a constant NULL, and of what comes to one.
      if (list.startsWith('CAST(NULL AS')) return `CAST(NULL AS ${type})`
      const typed = (element: string) => (repeatable(list) ? element : `CAST(${element} AS ${type})`)
      return onceUnlessCheap([list, index], (a, i) => {
        const position = base === 0 ? `${i} + 1` : i
        const inside = `${i} >= ${base} AND ${i} < len(${a}) + ${base}`
        const outside = raise(`'Array index ' || ${i} || ' is out of bounds'`, type)
        const otherwise = safe ? '' : ` WHEN ${a} IS NOT NULL AND ${i} IS NOT NULL THEN ${outside}`
        return `CASE WHEN ${inside} THEN ${typed(`${a}[${position}]`)}${otherwise} END`
      })
    }),
  ])
}

function ends(name: 'ARRAY_FIRST' | 'ARRAY_LAST'): FunctionEntry {
  return array(name, [
    signature(['ARRAY<T1>'], elementOf, ([list = ''], call) =>
      once([list], (a) => {
        const empty = raiseText(
          `${name} cannot get the ${name === 'ARRAY_FIRST' ? 'first' : 'last'} element of an empty array`,
          physicalType(call.resultType),
        )
        return `CASE WHEN len(${a}) = 0 THEN ${empty} ELSE ${a}[${name === 'ARRAY_FIRST' ? 1 : -1}] END`
      }),
    ),
  ])
}

/** start, start + step … while not past the end; NULL if one of them is NULL. */
function generate(type: SqlType, zero: string): Signature {
  return signature(
    [type, type, optional(type)],
    arrayOf(type),
    ([start = '', end = '', step = zero === '0' ? '1' : `CAST(1 AS ${physicalType(type)})`]) =>
      once([start, end, step], (a, b, s) => {
        const duck = physicalType(type)
        const none = `CAST([] AS ${duck}[])`
        const none0 = raiseText('Sequence step cannot be 0.', `${duck}[]`)
        const tooMany = raiseText('Cannot generate arrays with more than 1048575 elements.', `${duck}[]`)
        const wide = type.kind === 'INT64' ? `CAST(${b} AS HUGEINT) - ${a}` : `${b} - ${a}`
        const size =
          type.kind === 'FLOAT64'
            ? `floor((${b} - ${a}) / ${s} + 1e-9)`
            : `trunc(CAST(${wide} AS DOUBLE) / CAST(${s} AS DOUBLE) + 1e-9)`
        // DuckDB computes constants wherever they stand: no error is to come of them.
        const count = `TRY_CAST(${size} AS BIGINT)`
        const unbounded =
          type.kind === 'FLOAT64'
            ? `WHEN isnan(${a}) OR isnan(${b}) OR NOT isfinite(${s}) THEN ${raiseText('Sequence start, end and step must be numbers, and the step finite.', `${duck}[]`)} `
            : ''
        const list =
          type.kind === 'INT64'
            ? `generate_series(${a}, ${b}, ${s})`
            : `list_transform(generate_series(0, ${count}), lambda i: CAST(${a} + i * ${s} AS ${duck}))`
        return (
          `CASE WHEN ${a} IS NULL OR ${b} IS NULL OR ${s} IS NULL THEN NULL ${unbounded}WHEN ${s} = 0 THEN ${none0} ` +
          `WHEN (${s} > 0 AND ${a} > ${b}) OR (${s} < 0 AND ${a} < ${b}) THEN ${none} ` +
          `WHEN ${size} > 1048574 THEN ${tooMany} ELSE ${list} END`
        )
      }),
  )
}

const generateDates: readonly Signature[] = [[], interval].map((step) =>
  signature(
    [DATE, DATE, ...step],
    arrayOf(DATE),
    ([start = '', end = '', count = '1', unit = 'DAY']) =>
      `googlesql_date_array(${start}, ${end}, ${count}, '${unit}')`,
  ),
)

const generateTimestamps: Signature = plain(
  [TIMESTAMP, TIMESTAMP, ...interval],
  arrayOf(TIMESTAMP),
  (start, end, count, unit) => {
    // Checks the part in the same words as TIMESTAMP_ADD would.
    addPart('GENERATE_TIMESTAMP_ARRAY', 'TIMESTAMP', start, '1', unit, 1)
    return `list_transform(googlesql_timestamp_array(epoch_us(${start}), epoch_us(${end}), ${count}, '${unit}'), lambda t: make_timestamptz(t))`
  },
)

const joined = (type: SqlType): readonly Signature[] => {
  const bytes = type === BYTES
  const text = (list: string, by: string, name?: string) => {
    if (bytes) return `googlesql_bytes_join(${list}, ${by}, ${name ?? `CAST(NULL AS BLOB)`})`
    const kept =
      name === undefined
        ? `list_filter(${list}, lambda e: e IS NOT NULL)`
        : `list_transform(${list}, lambda e: coalesce(e, ${name}))`
    // An empty list joins to '', which DuckDB has as NULL.
    // DuckDB's array_to_string takes a constant only.
    const constant = /^'(?:[^']|'')*'$/.test(by)
    const joinedText = constant
      ? `array_to_string(${kept}, ${by})`
      : once(
          [kept, by],
          (l, b) => `CASE WHEN len(${l}) > 0 THEN list_reduce(${l}, lambda x, y: x || ${b} || y) END`,
        )
    return `CASE WHEN ${list} IS NULL OR ${by} IS NULL THEN NULL ELSE coalesce(${joinedText}, '') END`
  }
  return [
    plain([arrayOf(type), type], type, (list, by) => once([list, by], (a, b) => text(a, b))),
    plain([arrayOf(type), type, type], type, (list, by, name) =>
      once([list, by, name], (a, b, n) => `CASE WHEN ${n} IS NOT NULL THEN ${text(a, b, n)} END`),
    ),
  ]
}

const ofBigNumeric: Signature = {
  ...signature([BIGNUMERIC, BIGNUMERIC, optional(BIGNUMERIC)], arrayOf(BIGNUMERIC), () => 'NULL'),
  refused: 'steps of BIGNUMERIC',
}

export const arrayFunctions: readonly FunctionEntry[] = [
  subscript('[OFFSET]', 0, false),
  subscript('[ORDINAL]', 1, false),
  subscript('[SAFE_OFFSET]', 0, true),
  subscript('[SAFE_ORDINAL]', 1, true),
  { ...subscript('[]', 0, false), signatures: [...subscript('[]', 0, false).signatures, ...jsonSubscripts] },
  array('ARRAY_CONCAT', [
    signature(['ARRAY<T1>', repeated('ARRAY<T1>')], first, (args) => {
      if (args.length === 1) return args[0] ?? ''
      return once(args, (...lists) => {
        const joinedLists = lists.reduce((left, right) => `list_concat(${left}, ${right})`)
        return `CASE WHEN ${lists.map((list) => `${list} IS NULL`).join(' OR ')} THEN NULL ELSE ${joinedLists} END`
      })
    }),
  ]),
  array('ARRAY_LENGTH', [plain(['ARRAY<T1>'], INT64, (list) => `CAST(len(${list}) AS BIGINT)`)]),
  array('ARRAY_REVERSE', [plain(['ARRAY<T1>'], first, (list) => `list_reverse(${list})`)]),
  array('ARRAY_TO_STRING', [...joined(STRING), ...joined(BYTES)]),
  ends('ARRAY_FIRST'),
  ends('ARRAY_LAST'),
  array('ARRAY_SLICE', [
    plain(['ARRAY<T1>', INT64, INT64], first, (list, start, end) =>
      once([list, start, end], (a, i, j) => {
        const offset = (n: string) => `CASE WHEN ${n} < 0 THEN len(${a}) + ${n} ELSE ${n} END`
        return `CASE WHEN ${a} IS NULL OR ${i} IS NULL OR ${j} IS NULL THEN NULL WHEN ${offset(j)} < 0 OR ${offset(i)} > ${offset(j)} THEN ${a}[1:0] ELSE ${a}[greatest(${offset(i)}, 0) + 1 : ${offset(j)} + 1] END`
      }),
    ),
  ]),
  array('GENERATE_ARRAY', [
    generate(INT64, '0'),
    generate(NUMERIC, 'n'),
    ofBigNumeric,
    generate(FLOAT64, 'f'),
  ]),
  array('GENERATE_DATE_ARRAY', generateDates),
  array('GENERATE_TIMESTAMP_ARRAY', [generateTimestamps]),
]
