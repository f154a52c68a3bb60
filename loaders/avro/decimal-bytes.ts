/**
 * A decimal's unscaled value as Avro stores it: big-endian two's complement in as few bytes as hold it.
 *
 * @example decimalBytes(128n) // <00 80>
 */
export function decimalBytes(unscaled: bigint): Buffer {
  let length = 1
  while (BigInt.asIntN(length * 8, unscaled) !== unscaled) length += 1
  return Buffer.from(
    BigInt.asUintN(length * 8, unscaled)
      .toString(16)
      .padStart(length * 2, '0'),
    'hex',
  )
}
