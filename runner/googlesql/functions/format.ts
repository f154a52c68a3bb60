import { Problem } from '../../problem.ts'
import { quoteText } from '../lower/identifier.ts'
import { format } from '../lower/library/native/printf.ts'
import { GoogleSqlError } from '../lower/library/native-function.ts'
import { once, onceUnlessCheap } from '../lower/library/once.ts'
import { physicalFieldNames } from '../types/physical.ts'
import { typeName } from '../types/print.ts'
import { STRING } from '../types/scalars.ts'
import type { SqlType } from '../types/type.ts'
import { bigNumericText, float64Text, numericText, textOf } from './casts/cast-text.ts'
import { anyType, repeated, scalar, signature, typeAt } from './define.ts'
import type { FunctionEntry, Signature } from './function.ts'
import { nativeFormat } from './texts/native-format.ts'

/**
 * FORMAT(pattern, …): each argument goes to the formatter as two texts, what %t prints (numbers are read back from it)
 * and what %T prints.
 */
export const formatFunctions: readonly FunctionEntry[] = [
  scalar('FORMAT', 'string_functions#format_string', [
    signature([STRING, repeated(anyType)], fitting, ([pattern = '', ...args], call) => {
      const types = args.map((_, index) => typeAt(call.argumentTypes, index + 1))
      const wanted = call.literals[0]
      const native = typeof wanted === 'string' ? nativeFormat(wanted, args, types, printing) : undefined
      if (native !== undefined) return native
      const literal = typeof wanted !== 'string' || wanted.includes('T')
      const texts = types.flatMap((type, index) => {
        const arg = args[index] ?? ''
        return [plainText(type, arg), literal ? literalText(type, arg) : 'NULL']
      })
      // Each by itself: of a list of plain NULLs the registered function sees empty texts.
      const items = texts.map((text) => `CAST(${text} AS VARCHAR)`)
      const list = items.length === 0 ? 'CAST([] AS VARCHAR[])' : `[${items.join(', ')}]`
      return `googlesql_format(${pattern}, ${list}, ${quoteText(types.map(shownType).join('\n'))})`
    }),
  ]),
]

const printing = {
  plain: (value: string, type: SqlType) => plainText(type, value),
  literal: (value: string, type: SqlType) => literalText(type, value),
  slowly: formatted,
}

/** STRING, of a pattern that fits its arguments as far as it is known. */
function fitting(
  [, ...types]: readonly SqlType[],
  [pattern]: Parameters<Exclude<Signature['result'], SqlType>>[1],
): SqlType {
  if (typeof pattern === 'string') checkPattern(pattern, types)
  return STRING
}

/** A literal pattern that does not fit its arguments is an error before anything runs, which SAFE does not forgive. */
function checkPattern(pattern: string, types: readonly SqlType[]): void {
  try {
    format(
      pattern,
      types.map((type) => ({ type: shownType(type), plain: null, literal: null })),
    )
  } catch (error) {
    throw error instanceof GoogleSqlError ? new Problem(error.message) : error
  }
}

/** One argument by one specifier. */
function formatted(pattern: string, value: string, type: SqlType): string {
  return `googlesql_format(${quoteText(pattern)}, [CAST(${plainText(type, value)} AS VARCHAR), NULL], ${quoteText(shownType(type))})`
}

function shownType(type: SqlType): string {
  return type.kind === 'ARRAY' || type.kind === 'STRUCT' ? typeName(type) : type.kind
}

/** %t: as CAST AS STRING prints it, but FLOAT64 with a point and NULLs inside as NULL. */
function plainText(type: SqlType, value: string): string {
  switch (type.kind) {
    case 'FLOAT64':
      return pointed(value)
    case 'BYTES':
      return `googlesql_bytes_escape(${value})`
    case 'JSON':
      return `CAST(${value} AS VARCHAR)`
    case 'ARRAY':
      return listed(type.element, value, plainText)
    case 'STRUCT':
      return fields(type, value, plainText)
    default:
      return textOf(type, value) ?? unsupported(type)
  }
}

/** %T: as a literal that could be typed in a query. */
function literalText(type: SqlType, value: string): string {
  const named = (text: string) => `('${type.kind} "' || ${text} || '"')`
  switch (type.kind) {
    case 'STRING':
      // Without signs that need a backslash, or another quote.
      return onceUnlessCheap(
        [value],
        (x) =>
          `CASE WHEN regexp_matches(${x}, '["\\\\\\x00-\\x1f\\x7f]') THEN googlesql_string_literal(${x}, '') ELSE '"' || ${x} || '"' END`,
      )
    case 'JSON':
      return `('JSON ' || googlesql_string_literal(CAST(${value} AS VARCHAR), ''))`
    case 'BYTES':
      return `googlesql_bytes_literal(${value})`
    case 'FLOAT64':
      return once(
        [value],
        (v) =>
          `CASE WHEN isfinite(${v}) THEN ${pointed(v)} WHEN ${v} IS NOT NULL THEN 'CAST("' || ${float64Text(v)} || '" AS FLOAT64)' END`,
      )
    case 'NUMERIC':
      return named(numericText(value))
    case 'BIGNUMERIC':
      return named(bigNumericText(value))
    case 'DATE':
    case 'TIME':
    case 'DATETIME':
    case 'TIMESTAMP':
      return named(plainText(type, value))
    case 'INTERVAL':
      return `('INTERVAL "' || ${plainText(type, value)} || '" YEAR TO SECOND')`
    case 'ARRAY':
      return listed(type.element, value, literalText)
    case 'STRUCT':
      return fields(type, value, literalText)
    case 'RANGE':
      return unsupported(type)
    default:
      return plainText(type, value)
  }
}

type Text = (type: SqlType, value: string) => string

/** A whole FLOAT64 shows that it is one, and zero its sign. */
function pointed(value: string): string {
  return once([value], (v) => {
    const zero = `CASE WHEN signbit(${v}) THEN '-0.0' ELSE '0.0' END`
    const text = once(
      [float64Text(v)],
      (t) => `CASE WHEN regexp_full_match(${t}, '-?[0-9]+') THEN ${t} || '.0' ELSE ${t} END`,
    )
    return `CASE WHEN ${v} = 0 THEN ${zero} ELSE ${text} END`
  })
}

function listed(element: SqlType, value: string, text: Text): string {
  return once([value], (v) => {
    const name = `f${1 + Math.max(0, ...[...v.matchAll(/\bf(\d+)\b/g)].map((match) => Number(match[1])))}`
    const items = `list_transform(${v}, lambda ${name}: coalesce(${text(element, name)}, 'NULL'))`
    return `CASE WHEN ${v} IS NOT NULL THEN '[' || coalesce(array_to_string(${items}, ', '), '') || ']' END`
  })
}

function fields(type: Extract<SqlType, { kind: 'STRUCT' }>, value: string, text: Text): string {
  const names = physicalFieldNames(type)
  return once([value], (v) => {
    const parts = type.fields.map(
      (field, index) =>
        `coalesce(${text(field.type, `struct_extract(${v}, ${quoteText(names[index] ?? '')})`)}, 'NULL')`,
    )
    // One value in brackets would be no struct.
    const open = text === literalText && parts.length < 2 ? 'STRUCT(' : '('
    const whole = parts.length === 0 ? `''` : parts.join(` || ', ' || `)
    return `CASE WHEN ${v} IS NOT NULL THEN '${open}' || ${whole} || ')' END`
  })
}

function unsupported(type: SqlType): never {
  throw new Problem(`FORMAT of type ${typeName(type)} is not supported locally`)
}
