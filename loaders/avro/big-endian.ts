/** Big-endian two's complement. */
export function bigEndian(bytes: Uint8Array, at: number, size: number): bigint {
  if (size === 0) return 0n
  const hex = Buffer.from(bytes.buffer, bytes.byteOffset + at, size).toString('hex')
  return BigInt.asIntN(size * 8, BigInt(`0x${hex}`))
}
