/** The remainder's bits, of one byte and of bytes that are followed by up to seven others: eight tables of 256. */
const tables = makeTables()

function makeTables(): Int32Array {
  const table = new Int32Array(8 * 256)
  for (let byte = 0; byte < 256; byte++) {
    let rest = byte
    for (let bit = 0; bit < 8; bit++) rest = (rest >>> 1) ^ (rest & 1 ? 0x82f63b78 : 0)
    table[byte] = rest
  }
  for (let at = 256; at < table.length; at++) {
    const before = table[at - 256] as number
    table[at] = (before >>> 8) ^ (table[before & 255] as number)
  }
  return table
}

/**
 * CRC-32C (Castagnoli), by which Cloud Storage knows its objects, eight bytes a step: the client's own, a byte a step,
 * would take longer than decoding.
 *
 * @param sum of the bytes before; 0 at the beginning
 * @example crc32c(Buffer.from('123456789')) // 0xe3069283
 * @see https://www.rfc-editor.org/rfc/rfc3720#appendix-B.4 for known sums
 */
export function crc32c(bytes: Uint8Array, sum = 0): number {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const t = tables
  let rest = ~sum
  let at = 0
  for (const last = bytes.length - 8; at <= last; at += 8) {
    const low = rest ^ view.getInt32(at, true)
    const high = view.getInt32(at + 4, true)
    rest =
      (t[1792 + (low & 255)] as number) ^
      (t[1536 + ((low >>> 8) & 255)] as number) ^
      (t[1280 + ((low >>> 16) & 255)] as number) ^
      (t[1024 + (low >>> 24)] as number) ^
      (t[768 + (high & 255)] as number) ^
      (t[512 + ((high >>> 8) & 255)] as number) ^
      (t[256 + ((high >>> 16) & 255)] as number) ^
      (t[high >>> 24] as number)
  }
  for (; at < bytes.length; at++) {
    rest = (rest >>> 8) ^ (t[(rest ^ (bytes[at] as number)) & 255] as number)
  }
  return ~rest >>> 0
}

/** As Cloud Storage writes it: base64 of the four bytes, most significant first. */
export function crc32cText(sum: number): string {
  const bytes = Buffer.alloc(4)
  bytes.writeUInt32BE(sum)
  return bytes.toString('base64')
}
