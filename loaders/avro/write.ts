import { createHash } from 'node:crypto'
import { crc32, deflateRawSync } from 'node:zlib'
import avsc from 'avsc'
import snappy from 'snappyjs'

export { decimalBytes } from './decimal-bytes.ts'

/** An Avro schema as its JSON says it, or text of it. */
export type AvroSchema = string | readonly AvroSchema[] | { readonly [key: string]: unknown }

/** `none` leaves `avro.codec` out of the header, as Datastream does; `null` writes it, as re-written files have it. */
export type AvroCodec = 'none' | 'null' | 'deflate' | 'snappy'

export interface AvroFileOptions {
  readonly codec?: AvroCodec
  /** At most so many rows a block; one block holds all by default, as in every file Datastream was seen to write. */
  readonly blockRows?: number
  /** 16 bytes; by default taken from a hash of what is written, so that the same rows give the same file. */
  readonly sync?: Uint8Array
  /** Further entries of the header. */
  readonly metadata?: Readonly<Record<string, string>>
}

/**
 * One Avro object container file in memory. Rows are plain objects: `int`, `float` and `double` are numbers, `long` a
 * number or a bigint, `bytes` and `fixed` Buffers, a union's value stands bare (`null` or the value) unless two of its
 * branches look alike, then it is wrapped (`{int: 1}`). Logical types are not applied: a value is given as it is
 * stored, a decimal through `decimalBytes`.
 *
 * @throws an avsc error if a row does not fit the schema
 * @example writeAvro({ type: 'record', name: 'r', fields: [{ name: 'id', type: ['null', 'int'] }] }, [{ id: 1 }])
 */
export function writeAvro(
  schema: AvroSchema,
  rows: Iterable<unknown>,
  options: AvroFileOptions = {},
): Buffer {
  const type = encoder(schema)
  const codec = options.codec ?? 'none'
  const blockRows = options.blockRows ?? Number.POSITIVE_INFINITY
  const blocks: { count: number; data: Buffer }[] = []
  let pending: Buffer[] = []
  const close = () => {
    if (pending.length === 0) return
    blocks.push({ count: pending.length, data: compress(Buffer.concat(pending), codec) })
    pending = []
  }
  for (const row of rows) {
    pending.push(type.toBuffer(row))
    if (pending.length >= blockRows) close()
  }
  close()
  const header = fileHeader(schema, codec, options.metadata ?? {})
  const sync = options.sync ?? hashOf([header, ...blocks.map((block) => block.data)])
  const parts: Uint8Array[] = [header, sync]
  for (const { count, data } of blocks) parts.push(varint(count), varint(data.length), data, sync)
  return Buffer.concat(parts)
}

/** `text` as an Avro name: every character that Avro does not allow becomes `_`. */
export function avroName(text: string): string {
  return text.replace(/[^A-Za-z0-9_]/gu, '_').replace(/^(?=[0-9]|$)/, '_')
}

const scratch = Buffer.alloc(8)

/** avsc's own `long` refuses what a double cannot hold. */
const anyLong = avsc.types.LongType.__with({
  fromBuffer: (buffer: Buffer) => buffer.readBigInt64LE(),
  toBuffer: (value: number | bigint) => {
    scratch.writeBigInt64LE(BigInt(value))
    return scratch
  },
  fromJSON: BigInt,
  toJSON: String,
  isValid: (value: unknown) => typeof value === 'bigint' || Number.isSafeInteger(value),
  compare: (left: bigint, right: bigint) => (left < right ? -1 : left > right ? 1 : 0),
})

/** avsc looks a bare `"long"` up in the registry, but not `{"type": "long", "logicalType": …}`. */
const isLong = (schema: unknown): boolean =>
  typeof schema === 'object' && schema !== null && (schema as { type?: unknown }).type === 'long'

const encoders = new WeakMap<object, avsc.Type>()

function encoder(schema: AvroSchema): avsc.Type {
  // avsc writes into the registry it is given: a fresh one for each schema, for Datastream uses the same names in all.
  const make = () =>
    avsc.Type.forSchema(typeof schema === 'string' ? schema : JSON.parse(JSON.stringify(schema)), {
      registry: { long: anyLong },
      logicalTypes: {},
      typeHook: (part) => (isLong(part) ? anyLong : undefined),
    })
  if (typeof schema === 'string') return make()
  const known = encoders.get(schema)
  if (known !== undefined) return known
  const made = make()
  encoders.set(schema, made)
  return made
}

function compress(data: Buffer, codec: AvroCodec): Buffer {
  if (codec === 'deflate') return deflateRawSync(data)
  if (codec !== 'snappy') return data
  const checksum = Buffer.alloc(4)
  checksum.writeUInt32BE(crc32(data))
  return Buffer.concat([Buffer.from(snappy.compress(data)), checksum])
}

function fileHeader(
  schema: AvroSchema,
  codec: AvroCodec,
  metadata: Readonly<Record<string, string>>,
): Buffer {
  const entries = Object.entries({
    'avro.schema': JSON.stringify(schema),
    ...(codec === 'none' ? {} : { 'avro.codec': codec }),
    ...metadata,
  })
  const parts: Uint8Array[] = [Buffer.from('Obj\x01', 'latin1'), varint(entries.length)]
  for (const [key, value] of entries) {
    for (const text of [key, value]) {
      const bytes = Buffer.from(text)
      parts.push(varint(bytes.length), bytes)
    }
  }
  parts.push(varint(0))
  return Buffer.concat(parts)
}

function hashOf(parts: readonly Uint8Array[]): Buffer {
  const hash = createHash('sha256')
  for (const part of parts) hash.update(part)
  return hash.digest().subarray(0, 16)
}

/** A count or length as Avro's zigzag `long`. */
function varint(value: number): Buffer {
  const bytes: number[] = []
  let rest = BigInt(value) << 1n
  while (rest >= 0x80n) {
    bytes.push(Number(rest & 0x7fn) | 0x80)
    rest >>= 7n
  }
  return Buffer.from([...bytes, Number(rest)])
}
