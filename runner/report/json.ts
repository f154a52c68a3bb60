/**
 * A result as JSON text, exact: an integer beyond 2^53 is text (as BigQuery's own JSON has it), as are infinities and
 * NaN; bytes are base64; dates ISO; undefined is left out.
 *
 * @example jsonText({ n: 5n, big: 9007199254740993n }) // '{"n":5,"big":"9007199254740993"}', indented
 */
export function jsonText(value: unknown, indent = 2): string {
  return JSON.stringify(value, jsonValue, indent)
}

/** `JSON.stringify`'s replacer for values of a warehouse. */
export function jsonValue(_key: string, value: unknown): unknown {
  if (typeof value === 'bigint') {
    const number = Number(value)
    return Number.isSafeInteger(number) ? number : value.toString()
  }
  if (typeof value === 'number' && !Number.isFinite(value)) return String(value)
  if (value instanceof Uint8Array) return Buffer.from(value).toString('base64')
  if (value instanceof Map) return Object.fromEntries(value)
  return value
}
