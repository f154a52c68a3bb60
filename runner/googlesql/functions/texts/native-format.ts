import { quoteText } from '../../lower/identifier.ts'
import { onceUnlessCheap } from '../../lower/library/once.ts'
import type { SqlType } from '../../types/type.ts'

/** Flags, width, precision and kind; a width or precision of `*` is an argument of its own and not read here. */
const specifier = /%(?:%|([-+ 0']*)(\d{1,3})?(\.\d{0,2})?([dixXofFeEgGstT]))/y

/** The texts of an argument, and by the registered function. */
export interface Printing {
  /** DuckDB SQL of what %t prints, and %T. */
  readonly plain: (value: string, type: SqlType) => string
  readonly literal: (value: string, type: SqlType) => string
  /** One specifier's text by the registered function. */
  readonly slowly: (specifier: string, value: string, type: SqlType) => string
}

/**
 * FORMAT with a pattern whose specifiers DuckDB's own functions print the same, each by itself.
 *
 * @param args DuckDB SQL of the arguments after the pattern
 * @returns undefined if the pattern has anything else, or not as many specifiers as arguments
 * @example nativeFormat('%s-%03d', ['a', 'b'], [STRING, INT64], printing) // (a || '-' || printf('%03d', b))
 */
export function nativeFormat(
  pattern: string,
  args: readonly string[],
  types: readonly SqlType[],
  printing: Printing,
): string | undefined {
  const parts: string[] = []
  let text = ''
  let next = 0
  for (let at = 0; at < pattern.length; ) {
    specifier.lastIndex = at
    const match = pattern[at] === '%' ? specifier.exec(pattern) : null
    if (pattern[at] === '%' && match === null) return undefined
    if (match === null || match[0] === '%%') {
      text += pattern[at]
      at += match === null ? 1 : 2
      continue
    }
    const [all, flags = '', width = '0', precision, kind = ''] = match
    const places = precision === undefined ? undefined : Number(precision.slice(1))
    const [value, type] = [args[next], types[next]]
    if (value === undefined || type === undefined) return undefined
    const printed = printedBy({ all, flags, width: Number(width), places, kind }, value, type, printing)
    if (printed === undefined) return undefined
    if (text !== '') parts.push(quoteText(text))
    parts.push(printed)
    text = ''
    next += 1
    at += all.length
  }
  if (next !== args.length || next === 0) return undefined
  if (text !== '') parts.push(quoteText(text))
  return parts.length === 1 ? parts[0] : `(${parts.join(' || ')})`
}

interface Specifier {
  readonly all: string
  readonly flags: string
  readonly width: number
  readonly places: number | undefined
  readonly kind: string
}

function printedBy(
  given: Specifier,
  value: string,
  type: SqlType,
  { plain, literal, slowly }: Printing,
): string | undefined {
  const { kind } = given
  if (kind === 's') return type.kind === 'STRING' ? padded(given, value) : undefined
  if (kind === 't') return padded(given, `coalesce(${plain(value, type)}, 'NULL')`)
  if (kind === 'T') return padded(given, `coalesce(${literal(value, type)}, 'NULL')`)
  if ('dixXo'.includes(kind)) return type.kind === 'INT64' ? integer(given, value, type, slowly) : undefined
  if (type.kind === 'FLOAT64') return float(given, value, type, slowly)
  return type.kind === 'NUMERIC' && kind === 'f' ? decimal(given, value, type, slowly) : undefined
}

/** Cut to the precision and filled up to the width with blanks, on the left unless the flags say otherwise. */
function padded({ flags, width, places }: Specifier, text: string): string {
  const cut = places === undefined ? text : `left(${text}, ${places})`
  if (width === 0) return cut
  const pad = flags.includes('-') ? 'rpad' : 'lpad'
  return onceUnlessCheap(
    [cut],
    (t) => `CASE WHEN length(${t}) < ${width} THEN ${pad}(${t}, ${width}, ' ') ELSE ${t} END`,
  )
}

/** As DuckDB's printf takes them: a group's sign is a comma; a blank yields to a plus, zeros in front to blanks behind. */
function duckFlags({ flags, width }: Specifier): string {
  const without = `${flags.includes('+') ? ' ' : ''}${flags.includes('-') ? '0' : ''}`
  const signs = [...flags].filter((flag) => !without.includes(flag)).join('')
  return `${signs.replace("'", ',')}${width === 0 ? '' : width}`
}

/** Zeros and blanks around groups' signs, and digits of another base below zero, DuckDB has otherwise. */
function integer(
  given: Specifier,
  value: string,
  type: SqlType,
  slowly: Printing['slowly'],
): string | undefined {
  const { flags, kind, places, all } = given
  if (places !== undefined || new Set(flags).size < flags.length) return undefined
  if (kind === 'd' || kind === 'i') {
    if (flags.includes("'")) {
      return /^['-]+$/.test(flags) ? padded(given, `format('{:,}', ${value})`) : undefined
    }
    return flags === '' && given.width === 0
      ? `CAST(${value} AS VARCHAR)`
      : `printf('%${duckFlags(given)}d', ${value})`
  }
  if (flags.includes("'")) return undefined
  return onceUnlessCheap(
    [value],
    (x) =>
      `CASE WHEN ${x} >= 0 THEN printf('%${duckFlags(given)}${kind}', ${x}) ELSE ${slowly(all, x, type)} END`,
  )
}

/** DuckDB's digits of numbers beyond 10^50 are not the exact ones; a zero shows no sign. */
function float(
  given: Specifier,
  value: string,
  type: SqlType,
  slowly: Printing['slowly'],
): string | undefined {
  const { flags, kind, places, all } = given
  if (new Set(flags).size < flags.length) return undefined
  if (flags.includes("'") && (flags !== "'" || kind.toLowerCase() !== 'f')) return undefined
  const figures = kind.toLowerCase() === 'g' ? Math.max(1, places ?? 6) : (places ?? 6)
  const format = `%${duckFlags(given)}.${figures}${kind}`
  return onceUnlessCheap(
    [value],
    (x) =>
      `CASE WHEN abs(${x}) < 1e15 THEN printf(${quoteText(format)}, ${x} + 0) ELSE ${slowly(all, x, type)} END`,
  )
}

/** NUMERIC's own digits, those of 64 bits and without a sign to put zeros behind. */
function decimal(
  given: Specifier,
  value: string,
  type: SqlType,
  slowly: Printing['slowly'],
): string | undefined {
  const { flags, places = 6, all } = given
  if (places > 8 || !/^(?:-?'?|'-)$/.test(flags)) return undefined
  return onceUnlessCheap([value], (x) => {
    const rounded = `round(CAST(${x} AS DECIMAL(18,9)), ${places})`
    const digits = `CAST(${rounded} AS VARCHAR)`
    const whole = `format('{:,}', CAST(trunc(${rounded}) AS BIGINT))`
    const text = !flags.includes("'")
      ? digits
      : places === 0
        ? whole
        : `${whole} || right(${digits}, ${places + 1})`
    // Below one the whole part has no sign, and a zero that was negative has one.
    const usual = `${x} >= 0 AND ${x} < 99999999 OR ${x} <= -1 AND ${x} > -99999999`
    return padded(
      { ...given, places: undefined },
      `CASE WHEN ${usual} THEN ${text} ELSE ${slowly(all, x, type)} END`,
    )
  })
}
