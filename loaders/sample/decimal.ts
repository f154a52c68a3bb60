/** The unscaled value of an Avro decimal. */
export function decimalValue(cell: unknown): bigint {
  if (!Buffer.isBuffer(cell) || cell.length === 0) throw new Error('not the bytes of a decimal')
  return BigInt.asIntN(cell.length * 8, BigInt(`0x${cell.toString('hex')}`))
}
