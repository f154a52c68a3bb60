import { quoteText } from '../identifier.ts'

/**
 * Run-time errors in BigQuery's wording carry this prefix in DuckDB's message; the session strips it and drops
 * everything before it. Messages without it are DuckDB's own: `userMessage` rewords the few that can be met.
 */
export const errorPrefix = 'googlesql: '

/**
 * DuckDB SQL that raises an error when (and only when) it is evaluated, in an expression of type `type`.
 *
 * @param message a DuckDB expression of type VARCHAR
 * @param type the DuckDB type that the surrounding CASE expects
 */
export function raise(message: string, type: string): string {
  // Not DuckDB's own error(): that one is volatile, and TRY refuses volatile functions.
  return `CAST(googlesql_error(${message}) AS ${type})`
}

/** `raise` with a message that is known already. */
export function raiseText(message: string, type: string): string {
  return raise(quoteText(message), type)
}

const native: readonly (readonly [RegExp, (match: RegExpExecArray) => string])[] = [
  [/Overflow in addition of INT64 \((-?\d+) \+ (-?\d+)\)/, (m) => `int64 overflow: ${m[1]} + ${m[2]}`],
  [/Overflow in subtraction of INT64 \((-?\d+) - (-?\d+)\)/, (m) => `int64 overflow: ${m[1]} - ${m[2]}`],
  [/Overflow in multiplication of INT64 \((-?\d+) \* (-?\d+)\)/, (m) => `int64 overflow: ${m[1]} * ${m[2]}`],
  [/Overflow in negation of numeric value/i, () => 'int64 overflow: --9223372036854775808'],
  [/Overflow in division of (-?\d+) \/ (-?\d+)/, () => 'int64 overflow: --9223372036854775808'],
  [/Overflow in HUGEINT addition/, () => 'numeric overflow'],
  [
    /^Invalid Input Error: ((?:missing|invalid|bad|no argument|trailing|unexpected|pattern too large)[^\n]*)/,
    (m) => `Cannot parse regular expression: ${m[1]}`,
  ],
  [/Overflow on abs\((-?\d+)\)/, () => 'int64 overflow: --9223372036854775808'],
  [
    /Overflow in (?:addition|subtraction|add|subtract) of DECIMAL\(38\) \((-?\d+) ([+-]) (-?\d+)\)/,
    (m) => `numeric overflow: ${unscaled(m[1])} ${m[2]} ${unscaled(m[3])}`,
  ],
  [/Type INT128 with value (-?\d+) can't be cast .* INT64/, () => 'int64 overflow'],
  [
    /^Out of Range Error: (?:STDDEV|VAR|COVAR|CORR)\w* .*is out of range/,
    () => 'a spread that no FLOAT64 holds is not supported locally',
  ],
  [/Argument for ntile must be greater than zero/, () => 'The argument to NTILE must be at least 1'],
  [/More than one row returned by a subquery/, () => 'Scalar subquery produced more than one element'],
]

/**
 * What to tell the user of an error that DuckDB raised while a statement ran: the text after `errorPrefix`, or the
 * BigQuery wording of one of DuckDB's own overflow errors; undefined if it is neither.
 *
 * @example userMessage('Invalid Input Error: googlesql: division by zero: 1 / 0') // 'division by zero: 1 / 0'
 */
export function userMessage(message: string): string | undefined {
  const at = message.indexOf(errorPrefix)
  if (at >= 0) return message.slice(at + errorPrefix.length).replace(/\n\nLINE \d+:[\s\S]*$/, '')
  for (const [pattern, reword] of native) {
    const match = pattern.exec(message)
    if (match !== null) return reword(match)
  }
  return undefined
}

function unscaled(digits: string | undefined): string {
  const value = BigInt(digits ?? '0')
  const size = (value < 0n ? -value : value).toString().padStart(10, '0')
  const text = `${size.slice(0, -9)}.${size.slice(-9)}`.replace(/\.?0+$/, '')
  return value < 0n ? `-${text}` : text
}
