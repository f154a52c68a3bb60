import { BIGINT, BLOB, DuckDBBlobValue } from '@duckdb/node-api'
import { GoogleSqlError, type NativeFunction } from '../native-function.ts'

function bitwise(name: string, combine: (a: number, b: number) => number): NativeFunction {
  return {
    name: `googlesql_bytes_${name}`,
    parameters: [BLOB, BLOB],
    returns: BLOB,
    evaluate: (x: DuckDBBlobValue, y: DuckDBBlobValue) => {
      if (x.bytes.length !== y.bytes.length) {
        throw new GoogleSqlError(
          `Bitwise operator for BYTES requires equal length of the inputs. Got ${x.bytes.length} bytes on the left hand side and ${y.bytes.length} bytes on the right hand side.`,
        )
      }
      return new DuckDBBlobValue(
        Uint8Array.from(x.bytes, (byte, index) => combine(byte, y.bytes[index] ?? 0)),
      )
    },
  }
}

function shiftBytes(bytes: Uint8Array, by: bigint, left: boolean): Uint8Array {
  const bits = BigInt(bytes.length) * 8n
  if (by >= bits) return new Uint8Array(bytes.length)
  const value = BigInt(`0x0${Buffer.from(bytes).toString('hex')}`)
  const shifted = left ? BigInt.asUintN(Number(bits), value << by) : value >> by
  return Uint8Array.from(Buffer.from(shifted.toString(16).padStart(bytes.length * 2, '0'), 'hex'))
}

function shift(sign: '<<' | '>>'): readonly NativeFunction[] {
  const name = sign === '<<' ? 'left' : 'right'
  const check = (by: bigint) => {
    if (by < 0n) throw new GoogleSqlError('Bitwise shift by negative offset.')
  }
  return [
    {
      name: `googlesql_shift_${name}`,
      parameters: [BIGINT, BIGINT],
      returns: BIGINT,
      evaluate: (value: bigint, by: bigint) => {
        check(by)
        if (by > 63n) return 0n
        return BigInt.asIntN(64, sign === '<<' ? value << by : BigInt.asUintN(64, value) >> by)
      },
    },
    {
      name: `googlesql_bytes_shift_${name}`,
      parameters: [BLOB, BIGINT],
      returns: BLOB,
      evaluate: (value: DuckDBBlobValue, by: bigint) => {
        check(by)
        return new DuckDBBlobValue(shiftBytes(value.bytes, by, sign === '<<'))
      },
    },
  ]
}

/** What DuckDB's bit operators lack: shifts of negative numbers and past 63, and everything on BYTES. */
export const bitFunctions: readonly NativeFunction[] = [
  bitwise('and', (a, b) => a & b),
  bitwise('or', (a, b) => a | b),
  bitwise('xor', (a, b) => a ^ b),
  {
    name: 'googlesql_bytes_not',
    parameters: [BLOB],
    returns: BLOB,
    evaluate: (value: DuckDBBlobValue) =>
      new DuckDBBlobValue(Uint8Array.from(value.bytes, (byte) => ~byte & 0xff)),
  },
  {
    name: 'googlesql_bytes_bit_count',
    parameters: [BLOB],
    returns: BIGINT,
    evaluate: (value: DuckDBBlobValue) => {
      let count = 0
      for (const byte of value.bytes) for (let rest = byte; rest > 0; rest >>= 1) count += rest & 1
      return BigInt(count)
    },
  },
  ...shift('<<'),
  ...shift('>>'),
]
