import { once, repeatable } from '../lower/library/once.ts'
import { raise } from '../lower/library/raise.ts'
import { physicalFieldNames, rangeEnd, rangeStart } from '../types/physical.ts'
import { comparable, groupable, orderable } from '../types/predicates.ts'
import { arrayOf, BOOL, BYTES, STRING } from '../types/scalars.ts'
import type { SqlType } from '../types/type.ts'
import { operator, plain, repeated, signature, typeAt } from './define.ts'
import type { FunctionEntry, Signature } from './function.ts'

/**
 * `= != < <= > >=`, BETWEEN, IN, IS DISTINCT FROM, LIKE (operators#comparison_operators). The resolver brings both
 * sides to one type; `x NOT IN …` is NOT of IN, and so on.
 */
export const comparisonOperators: readonly FunctionEntry[] = [
  operator('=', 'comparison_operators', [equality((x, y, type) => equal(x, y, type))]),
  operator('!=', 'comparison_operators', [equality((x, y, type) => `(NOT ${equal(x, y, type)})`)]),
  operator('<>', 'comparison_operators', [equality((x, y, type) => `(NOT ${equal(x, y, type)})`)]),
  operator('<', 'comparison_operators', [ordering('<')]),
  operator('<=', 'comparison_operators', [ordering('<=')]),
  operator('>', 'comparison_operators', [ordering('>')]),
  operator('>=', 'comparison_operators', [ordering('>=')]),
  operator('BETWEEN', 'comparison_operators', [
    {
      ...signature(['T1', 'T1', 'T1'], BOOL, ([x = '', low = '', high = ''], call) => {
        const type = typeAt(call.argumentTypes, 0)
        // Between numbers there is no NaN.
        const native = type.kind === 'FLOAT64' ? notNan(low) && notNan(high) : type.kind !== 'RANGE'
        return native
          ? `(${x} BETWEEN ${low} AND ${high})`
          : once([x], (v) => `(${ordered(v, '>=', low, type)} AND ${ordered(v, '<=', high, type)})`)
      }),
      accepts: ([type]) => type !== undefined && orderable(type),
    },
  ]),
  operator('IN', 'in_operators', [
    {
      ...signature(['T1', repeated('T1')], BOOL, ([x = '', ...list], call) =>
        isIn(x, list, typeAt(call.argumentTypes, 0)),
      ),
      accepts: ([type]) => type !== undefined && comparable(type),
    },
  ]),
  operator('IN UNNEST', 'in_operators', [
    {
      ...signature(['T1', 'ARRAY<T1>'], BOOL, ([x = '', array = ''], call) =>
        isInArray(x, array, typeAt(call.argumentTypes, 0)),
      ),
      accepts: ([type]) => type !== undefined && comparable(type),
    },
  ]),
  operator('IS DISTINCT FROM', 'is_distinct', [
    {
      ...plain(['T1', 'T1'], BOOL, (x, y) => `(${x} IS DISTINCT FROM ${y})`),
      accepts: ([type]) => type !== undefined && groupable(type),
    },
  ]),
  operator('IS NOT DISTINCT FROM', 'is_distinct', [
    {
      ...plain(['T1', 'T1'], BOOL, (x, y) => `(${x} IS NOT DISTINCT FROM ${y})`),
      accepts: ([type]) => type !== undefined && groupable(type),
    },
  ]),
  operator('LIKE', 'like_operator', [
    signature([STRING, STRING], BOOL, ([x = '', pattern = ''], call) => {
      const text = call.literals[1]
      // A pattern that is known to be well-formed needs no check of its escapes.
      if (typeof text === 'string') {
        // Without ESCAPE DuckDB knows prefixes, suffixes and parts, and has no other escape.
        if (!text.includes('\\')) return `(${x} LIKE ${pattern})`
        return likePattern(text)
          ? `(${x} LIKE ${pattern} ESCAPE '\\')`
          : `(${x} LIKE ${checkedPattern(pattern)} ESCAPE '\\')`
      }
      return `(${x} LIKE ${checkedPattern(pattern)} ESCAPE '\\')`
    }),
    plain([BYTES, BYTES], BOOL, (x, pattern) => `googlesql_bytes_like(${x}, ${pattern})`),
  ]),
  ...quantified('LIKE ANY'),
  ...quantified('LIKE ALL'),
]

/** `x LIKE ANY (a, b)`; `LIKE ANY UNNEST(array)`; the same with ALL. */
function quantified(name: 'LIKE ANY' | 'LIKE ALL'): readonly FunctionEntry[] {
  const join = name === 'LIKE ANY' ? ' OR ' : ' AND '
  const like = (x: string, pattern: string) =>
    /^'[^'\\]*'$/.test(pattern)
      ? `(${x} LIKE ${pattern})`
      : `(${x} LIKE ${checkedPattern(pattern)} ESCAPE '\\')`
  const empty = name === 'LIKE ANY' ? 'FALSE' : 'TRUE'
  const fold = name === 'LIKE ANY' ? 'list_bool_or' : 'list_bool_and'
  return [
    operator(name, 'like_operator_quantified', [
      plain([STRING, repeated(STRING)], BOOL, (x, ...patterns) =>
        once([x], (v) => `(${patterns.map((pattern) => like(v, pattern)).join(join)})`),
      ),
    ]),
    operator(`${name} UNNEST`, 'like_operator_quantified', [
      plain([STRING, arrayOf(STRING)], BOOL, (x, patterns) =>
        once([x, patterns], (v, list) => {
          const each = `list_transform(${list}, lambda p: ${like(v, 'p')})`
          const unknown = `list_count(${each}) < len(${list})`
          const decided =
            name === 'LIKE ANY' ? `${fold}(${each}) THEN TRUE` : `NOT ${fold}(${each}) THEN FALSE`
          return `CASE WHEN coalesce(len(${list}), 0) = 0 THEN ${empty} WHEN ${decided} WHEN ${unknown} THEN NULL ELSE ${name === 'LIKE ANY' ? 'FALSE' : 'TRUE'} END`
        }),
      ),
    ]),
  ]
}

/** True if no backslash ends the pattern. */
function likePattern(text: string): boolean {
  return !/(?:^|[^\\])(?:\\\\)*\\$/.test(text)
}

function checkedPattern(pattern: string): string {
  return once(
    [pattern],
    (p) =>
      `CASE WHEN regexp_matches(${p}, '(^|[^\\\\])(\\\\\\\\)*\\\\$') THEN ${raise(`'LIKE pattern ends with a backslash which is not escaped'`, 'VARCHAR')} ELSE ${p} END`,
  )
}

function equality(lower: (x: string, y: string, type: SqlType) => string): Signature {
  const same = signature(['T1', 'T1'], BOOL, ([x = '', y = ''], call) =>
    lower(x, y, typeAt(call.argumentTypes, 0)),
  )
  return { ...same, accepts: ([type]) => type !== undefined && comparable(type) }
}

function ordering(sign: '<' | '<=' | '>' | '>='): Signature {
  const same = signature(['T1', 'T1'], BOOL, ([x = '', y = ''], call) =>
    ordered(x, sign, y, typeAt(call.argumentTypes, 0)),
  )
  return { ...same, accepts: ([type]) => type !== undefined && orderable(type) }
}

/** A literal that is a number (so not NaN). */
function notNan(sql: string): boolean {
  return /^(?:CAST\()?'?-?[0-9]/.test(sql) && repeatable(sql)
}

/**
 * `x = y` in BigQuery's three-valued logic: NaN equals nothing, a struct is equal if all its fields are, and unknown
 * if one of them is NULL and none differs. DuckDB compares nested values by identity instead.
 */
export function equal(x: string, y: string, type: SqlType): string {
  switch (type.kind) {
    case 'FLOAT64':
      if (notNan(x) || notNan(y)) return `(${x} = ${y})`
      return once([x, y], (a, b) => `(${a} = ${b} AND CASE WHEN isnan(${a}) THEN ${b} IS NULL ELSE TRUE END)`)
    case 'STRUCT': {
      const names = physicalFieldNames(type)
      if (names.length === 0) return `(${x} IS NOT NULL AND ${y} IS NOT NULL)`
      return once([x, y], (a, b) => {
        const fields = type.fields.map((field, index) => {
          const name = `'${(names[index] ?? '').replaceAll("'", "''")}'`
          return equal(`struct_extract(${a}, ${name})`, `struct_extract(${b}, ${name})`, field.type)
        })
        return `CASE WHEN ${a} IS NULL OR ${b} IS NULL THEN NULL ELSE (${fields.join(' AND ')}) END`
      })
    }
    case 'ARRAY':
      return once([x, y], (a, b) => {
        const pair = equal('p[1]', 'p[2]', type.element)
        const zipped = `list_transform(list_zip(${a}, ${b}), lambda p: ${pair})`
        return `CASE WHEN len(${a}) <> len(${b}) THEN FALSE WHEN len(${a}) = len(${b}) THEN coalesce(list_bool_and(${zipped}), TRUE) END`
      })
    case 'RANGE':
      // Two unbounded ends are the same end.
      return once(
        [x, y],
        (a, b) => `CASE WHEN ${a} IS NOT NULL AND ${b} IS NOT NULL THEN ${a} IS NOT DISTINCT FROM ${b} END`,
      )
    default:
      return `(${x} = ${y})`
  }
}

/** `x < y` and the like: NaN is neither less nor greater than anything. */
export function ordered(x: string, sign: '<' | '<=' | '>' | '>=', y: string, type: SqlType): string {
  if (type.kind === 'RANGE') return rangeOrdered(x, sign, y)
  if (type.kind !== 'FLOAT64') return `(${x} ${sign} ${y})`
  // DuckDB puts NaN above every number: only a NaN on the greater side has to be ruled out.
  const greater = sign === '<' || sign === '<=' ? y : x
  if (notNan(greater)) return `(${x} ${sign} ${y})`
  return once([x, y], (a, b) => {
    const [great, less] = sign === '<' || sign === '<=' ? [b, a] : [a, b]
    return `(${a} ${sign} ${b} AND CASE WHEN isnan(${great}) THEN ${less} IS NULL ELSE TRUE END)`
  })
}

/** Ranges order by start, then end; an unbounded start is the least, an unbounded end the greatest. */
function rangeOrdered(x: string, sign: string, y: string): string {
  return once([x, y], (a, b) => {
    return `CASE WHEN ${a} IS NOT NULL AND ${b} IS NOT NULL THEN ${rangeKey(a)} ${sign} ${rangeKey(b)} END`
  })
}

/** What DuckDB orders as BigQuery orders the range. */
export function rangeKey(value: string): string {
  const start = `struct_extract(${value}, '${rangeStart}')`
  const end = `struct_extract(${value}, '${rangeEnd}')`
  return `row(${start} IS NOT NULL, ${start}, ${end} IS NULL, ${end})`
}

function isIn(x: string, list: readonly string[], type: SqlType): string {
  if (list.length === 0) return 'FALSE'
  if (type.kind !== 'STRUCT' && type.kind !== 'FLOAT64' && type.kind !== 'ARRAY') {
    return `(${x} IN (${list.join(', ')}))`
  }
  return once([x], (v) => `(${list.map((item) => equal(v, item, type)).join(' OR ')})`)
}

/** `x IN UNNEST(array)`: FALSE for a NULL or empty array, unknown if not found among NULLs. */
function isInArray(x: string, array: string, type: SqlType): string {
  return once([x, array], (v, list) => {
    const found =
      type.kind === 'STRUCT' || type.kind === 'FLOAT64' || type.kind === 'ARRAY'
        ? `list_bool_or(list_transform(${list}, lambda e: coalesce(${equal('e', v, type)}, FALSE)))`
        : `list_contains(${list}, ${v})`
    // Structs with NULLs in them are neither equal nor unequal.
    const unknown =
      type.kind === 'STRUCT'
        ? `list_bool_or(list_transform(${list}, lambda e: ${equal('e', v, type)} IS NULL))`
        : `(${v} IS NULL OR list_count(${list}) < len(${list}))`
    return `CASE WHEN coalesce(len(${list}), 0) = 0 THEN FALSE WHEN ${found} THEN TRUE WHEN ${unknown} THEN NULL ELSE FALSE END`
  })
}
