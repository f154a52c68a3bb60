import { createHash } from 'node:crypto'

/** What Debezium writes in place of a value that the source's log does not hold, unless told otherwise. */
export const defaultPlaceholder = '__debezium_unavailable_value'

/** Geometries have no text: a point that no one means (well-known binary, in base64). */
const geometries = [
  '0101000020E6100000000000FC83D797C1000000FC83D797C1',
  '0101000020E61000000C21E7FDFF7F66401842CEFBFF7F5640',
].map((hex) => Buffer.from(hex, 'hex').toString('base64'))

/**
 * Tells values that stand for "not changed, and not in the log" (a TOASTed value of PostgreSQL, a LOB of Oracle): the
 * connector's placeholder, in the form of the column's type.
 *
 * @param placeholder the connector's `unavailable.value.placeholder`
 * @see https://debezium.io/documentation/reference/stable/connectors/postgresql.html#postgresql-toasted-values
 */
export function unavailableValues(placeholder: string): (value: unknown) => boolean {
  const bytes = Buffer.from(placeholder)
  const base64 = bytes.toString('base64')
  const uuid = nameUuid(bytes)
  const texts = new Set([
    placeholder,
    base64,
    base64.replaceAll('+', '-').replaceAll('/', '_'),
    bytes.toString('hex'),
    JSON.stringify({ [placeholder]: placeholder }),
  ])
  const wholes = new Set([
    JSON.stringify({ [placeholder]: placeholder }),
    ...[placeholder, base64, uuid].map((element) => JSON.stringify([element])),
    JSON.stringify([...new Int8Array(bytes)]),
  ])
  return (value) => {
    if (typeof value === 'string') return texts.has(value)
    if (typeof value !== 'object' || value === null) return false
    const { wkb } = value as { readonly wkb?: unknown }
    if (typeof wkb === 'string') return geometries.includes(wkb)
    return wholes.has(JSON.stringify(value))
  }
}

/** Java's `UUID.nameUUIDFromBytes`: version 3 of the bytes alone. */
function nameUuid(bytes: Uint8Array): string {
  const hash = createHash('md5').update(bytes).digest()
  hash[6] = ((hash[6] as number) & 0x0f) | 0x30
  hash[8] = ((hash[8] as number) & 0x3f) | 0x80
  const hex = hash.toString('hex')
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-')
}
