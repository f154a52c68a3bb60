import avro from 'avsc'

/** Longs as bigint: a double would change those above 2^53. */
const exactLong = avro.types.LongType.__with({
  fromBuffer: (buffer: Buffer) => buffer.readBigInt64LE(),
  toBuffer: (value: bigint) => {
    const buffer = Buffer.alloc(8)
    buffer.writeBigInt64LE(value)
    return buffer
  },
  fromJSON: BigInt,
  toJSON: String,
  isValid: (value: unknown) => typeof value === 'bigint',
  compare: (a: bigint, b: bigint) => (a < b ? -1 : a > b ? 1 : 0),
})

/** For `avro.Type.forSchema`; also where a long has a logical type, which a registry of types would not see. */
export function typeHook(schema: avro.Schema): avro.Type | undefined {
  const type = typeof schema === 'object' && 'type' in schema ? schema.type : schema
  return type === 'long' ? exactLong : undefined
}
