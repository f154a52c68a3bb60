import { createHash } from 'node:crypto'
import { isObject } from '../datastream/json-event.ts'

/**
 * The identity of an event whose envelope has none: the same parts give the same text, in the form of a UUID (version 8,
 * RFC 9562: what its bits mean is the writer's). The parts are those that a second delivery repeats; the order of an
 * object's fields is not one of them.
 *
 * @example identityOf(['shop', 'orders', '0/16B3748', 'u', 17]) // '4c0d3e2a-…'
 */
export function identityOf(parts: readonly unknown[]): string {
  const hex = createHash('sha256').update(JSON.stringify(parts, inOrder)).digest('hex')
  const variant = '89ab'[Number.parseInt(hex[16] ?? '0', 16) % 4]
  return [
    hex.slice(0, 8),
    hex.slice(8, 12),
    `8${hex.slice(13, 16)}`,
    `${variant}${hex.slice(17, 20)}`,
    hex.slice(20, 32),
  ].join('-')
}

function inOrder(_key: string, value: unknown): unknown {
  if (!isObject(value)) return value
  return Object.fromEntries(Object.entries(value).sort(([left], [right]) => (left < right ? -1 : 1)))
}
