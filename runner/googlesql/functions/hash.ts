import { onceUnlessCheap } from '../lower/library/once.ts'
import { BYTES, INT64, STRING } from '../types/scalars.ts'
import type { SqlType } from '../types/type.ts'
import { operator, plain, scalar, signature } from './define.ts'
import type { FunctionEntry } from './function.ts'

function hash(name: string, of: (bytes: string) => string): FunctionEntry {
  return scalar(name, `hash_functions#${name.toLowerCase()}`, [
    plain([STRING], BYTES, (value) => of(`encode(${value})`)),
    plain([BYTES], BYTES, of),
  ])
}

/** A text written out does not become BYTES for these. */
const isBytes = (type: SqlType): boolean => type.kind === 'BYTES'

function bits(name: string, sign: string, bytes: string): FunctionEntry {
  return operator(name, 'bitwise_operators', [
    plain([INT64, INT64], INT64, (x, y) => (sign === 'xor' ? `xor(${x}, ${y})` : `(${x} ${sign} ${y})`)),
    plain([isBytes, isBytes], BYTES, (x, y) => `googlesql_bytes_${bytes}(${x}, ${y})`),
  ])
}

function shift(name: '<<' | '>>', side: 'left' | 'right'): FunctionEntry {
  return operator(name, 'bitwise_operators', [
    plain([INT64, INT64], INT64, (x, by) =>
      // DuckDB's keeps the sign, and raises where a bit is lost.
      onceUnlessCheap([x, by], (v, n) => {
        const most = name === '<<' ? ` AND ${v} <= 9223372036854775807 >> ${n}` : ''
        return `CASE WHEN ${n} BETWEEN 0 AND 62 AND ${v} >= 0${most} THEN ${v} ${name} ${n} ELSE googlesql_shift_${side}(${v}, ${n}) END`
      }),
    ),
    plain([isBytes, INT64], BYTES, (x, by) => `googlesql_bytes_shift_${side}(${x}, ${by})`),
  ])
}

/** Hash functions, the bitwise operators and BIT_COUNT. */
export const hashFunctions: readonly FunctionEntry[] = [
  scalar('FARM_FINGERPRINT', 'hash_functions#farm_fingerprint', [
    plain([STRING], INT64, (value) => `googlesql_farm_fingerprint(encode(${value}))`),
    plain([BYTES], INT64, (value) => `googlesql_farm_fingerprint(${value})`),
  ]),
  hash('MD5', (bytes) => `unhex(md5(${bytes}))`),
  hash('SHA1', (bytes) => `unhex(sha1(${bytes}))`),
  hash('SHA256', (bytes) => `unhex(sha256(${bytes}))`),
  hash('SHA512', (bytes) => `googlesql_sha512(${bytes})`),
  bits('&', '&', 'and'),
  bits('|', '|', 'or'),
  bits('^', 'xor', 'xor'),
  operator('~', 'bitwise_operators', [
    plain([INT64], INT64, (x) => `(~${x})`),
    plain([BYTES], BYTES, (x) => `googlesql_bytes_not(${x})`),
  ]),
  shift('<<', 'left'),
  shift('>>', 'right'),
  scalar('BIT_COUNT', 'bit_functions#bit_count', [
    plain([INT64], INT64, (x) => `CAST(bit_count(${x}) AS BIGINT)`),
    plain([BYTES], INT64, (x) => `googlesql_bytes_bit_count(${x})`),
  ]),
  scalar('GENERATE_UUID', 'utility-functions#generate_uuid', [
    signature([], STRING, () => 'CAST(uuid() AS VARCHAR)'),
  ]),
]
