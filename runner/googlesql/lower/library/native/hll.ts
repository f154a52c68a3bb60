import { BIGINT, BLOB, DuckDBBlobValue, type DuckDBListValue, LIST, VARCHAR } from '@duckdb/node-api'
import { GoogleSqlError, type NativeFunction } from '../native-function.ts'
import { fingerprint2011 } from './fingerprint-2011.ts'

/**
 * HyperLogLog++ while it counts few values: the places of their fingerprints at the finer, sparse precision. Up to
 * here BigQuery's estimate is linear counting over these places, which is computed as it computes it; a sketch that
 * would outgrow it is refused, for what follows has constants that were measured.
 */
interface Sketch {
  readonly type: string
  readonly precision: number
  /** Ascending, each once. */
  readonly places: readonly number[]
}

const MAGIC = Buffer.from('streamform hll 1')
const TYPES = ['INT64', 'STRING', 'BYTES']

/** Five bits finer than the sketch's own precision, at most 25. */
const sparseBits = (precision: number): number => Math.min(precision + 5, 25)

function checkedPrecision(precision: bigint): number {
  if (precision >= 10n && precision <= 24n) return Number(precision)
  throw new GoogleSqlError(`HLL++ precision must be between 10 and 24 (inclusive), got ${precision}`)
}

function placeOf(bytes: Uint8Array, precision: bigint): bigint {
  return fingerprint2011(bytes) >> BigInt(64 - sparseBits(checkedPrecision(precision)))
}

function write({ type, precision, places }: Sketch): DuckDBBlobValue {
  // At most four bytes a place, and BigQuery leaves this form when they exceed three quarters of 2^precision.
  if (places.length > (3 * 2 ** precision) / 16) {
    throw new GoogleSqlError(
      `HLL_COUNT over more than ${(3 * 2 ** precision) / 16} different values is not supported locally; APPROX_COUNT_DISTINCT is`,
    )
  }
  const bytes = Buffer.alloc(MAGIC.length + 2 + 4 * places.length)
  MAGIC.copy(bytes)
  bytes.writeUInt8(TYPES.indexOf(type), MAGIC.length)
  bytes.writeUInt8(precision, MAGIC.length + 1)
  for (const [index, place] of places.entries()) bytes.writeUInt32LE(place, MAGIC.length + 2 + 4 * index)
  return new DuckDBBlobValue(Uint8Array.from(bytes))
}

function read(blob: DuckDBBlobValue): Sketch {
  const bytes = Buffer.from(blob.bytes.buffer, blob.bytes.byteOffset, blob.bytes.byteLength)
  const type = TYPES[bytes[MAGIC.length] ?? 255]
  if (!bytes.subarray(0, MAGIC.length).equals(MAGIC) || type === undefined) {
    throw new GoogleSqlError('a sketch that was not made here is not supported locally by HLL_COUNT')
  }
  const start = MAGIC.length + 2
  const count = (bytes.length - start) / 4
  const places = Array.from({ length: count }, (_, index) => bytes.readUInt32LE(start + 4 * index))
  return { type, precision: bytes[MAGIC.length + 1] ?? 15, places }
}

/** All values of the sketches, at the least precision of them. */
function merged(sketches: readonly Sketch[]): Sketch | undefined {
  const [first] = sketches
  if (first === undefined) return undefined
  const other = sketches.find(({ type }) => type !== first.type)
  if (other !== undefined) {
    // Rows come in no order, so the two types are named in theirs: one mistake has one message.
    const [one, two] = [first.type, other.type].sort()
    throw new GoogleSqlError(`HLL_COUNT cannot merge sketches of ${one} and ${two}`)
  }
  const precision = Math.min(...sketches.map((sketch) => sketch.precision))
  const places = new Set<number>()
  for (const sketch of sketches) {
    const drop = sparseBits(sketch.precision) - sparseBits(precision)
    for (const place of sketch.places) places.add(place >>> drop)
  }
  return { type: first.type, precision, places: [...places].sort((a, b) => a - b) }
}

/** Linear counting: how many values leave so many places empty. */
function estimate({ precision, places }: Sketch): bigint {
  const all = 2 ** sparseBits(precision)
  return BigInt(Math.round(all * Math.log(all / (all - places.length))))
}

const sketchesOf = (list: DuckDBListValue): readonly Sketch[] =>
  list.items.filter((item) => item !== null).map((item) => read(item as DuckDBBlobValue))

export const hllFunctions: readonly NativeFunction[] = [
  {
    name: 'googlesql_hll_place_int64',
    parameters: [BIGINT, BIGINT],
    returns: BIGINT,
    evaluate: (value: bigint, precision: bigint) => {
      const bytes = Buffer.alloc(8)
      bytes.writeBigInt64LE(value)
      return placeOf(bytes, precision)
    },
  },
  {
    name: 'googlesql_hll_place_bytes',
    parameters: [BLOB, BIGINT],
    returns: BIGINT,
    evaluate: ({ bytes }: DuckDBBlobValue, precision: bigint) => placeOf(bytes, precision),
  },
  {
    name: 'googlesql_hll_sketch',
    parameters: [LIST(BIGINT), BIGINT, VARCHAR],
    returns: BLOB,
    evaluate: (list: DuckDBListValue, precision: bigint, type: string) => {
      const places = list.items.map(Number).sort((a, b) => a - b)
      return places.length === 0 ? null : write({ type, precision: Number(precision), places })
    },
  },
  {
    name: 'googlesql_hll_merge',
    parameters: [LIST(BLOB)],
    returns: BLOB,
    evaluate: (list: DuckDBListValue) => {
      const sketch = merged(sketchesOf(list))
      return sketch === undefined ? null : write(sketch)
    },
  },
  {
    name: 'googlesql_hll_extract',
    parameters: [BLOB],
    returns: BIGINT,
    evaluate: (sketch: DuckDBBlobValue) => estimate(read(sketch)),
  },
]
