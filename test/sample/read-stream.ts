import avsc from 'avsc'
import type { SampleFile } from '../../loaders/sample/delivery.ts'

export interface ReadEvent {
  readonly uuid: string
  readonly read_timestamp: bigint
  readonly source_timestamp: bigint
  readonly object: string
  readonly read_method: string
  readonly stream_name: string
  readonly schema_key: string
  readonly sort_keys: readonly (string | bigint)[]
  readonly source_metadata: {
    readonly table: string
    readonly database: string
    readonly primary_keys: readonly string[]
    readonly log_file: string
    readonly log_position: bigint
    readonly change_type: string
    readonly is_deleted: boolean
  }
  readonly payload: Readonly<Record<string, unknown>>
}

export interface ReadFile {
  readonly path: string
  readonly schema: {
    readonly name: string
    readonly fields: readonly { readonly name: string; readonly type: unknown }[]
  }
  readonly metadata: readonly string[]
  readonly events: readonly ReadEvent[]
}

const long = avsc.types.LongType.__with({
  fromBuffer: (buffer: Buffer) => buffer.readBigInt64LE(),
  toBuffer: () => Buffer.alloc(8),
  fromJSON: BigInt,
  toJSON: String,
  isValid: (value: unknown) => typeof value === 'bigint',
  compare: () => 0,
})

/** An Avro file's header and records, read by avsc's own container reader. */
export async function readAvro(
  bytes: Buffer,
  codecs: Record<string, (data: Buffer, done: (error: Error | null, data?: Buffer) => void) => void> = {},
): Promise<{ schema: ReadFile['schema']; metadata: Record<string, Buffer>; records: unknown[] }> {
  const decoder = new avsc.streams.BlockDecoder({
    codecs: { null: (data, done) => done(null, data), ...codecs },
    parseHook: (schema) =>
      avsc.Type.forSchema(schema, {
        registry: { long },
        typeHook: (part) => ((part as { type?: unknown }).type === 'long' ? long : undefined),
      }),
  })
  const records: unknown[] = []
  let metadata: Record<string, Buffer> = {}
  return new Promise((resolve, reject) => {
    decoder.on('metadata', (_type: unknown, _codec: unknown, header: { meta: Record<string, Buffer> }) => {
      metadata = header.meta
    })
    decoder.on('data', (record: unknown) => records.push(record))
    decoder.on('error', reject)
    decoder.on('end', () =>
      resolve({
        schema: JSON.parse(String(metadata['avro.schema'])) as ReadFile['schema'],
        metadata,
        records,
      }),
    )
    decoder.end(bytes)
  })
}

export async function readFiles(files: Iterable<SampleFile>): Promise<ReadFile[]> {
  const read: ReadFile[] = []
  for (const { path, bytes } of files) {
    const { schema, metadata, records } = await readAvro(bytes)
    read.push({ path, schema, metadata: Object.keys(metadata), events: records as ReadEvent[] })
  }
  return read
}

/** A payload with longs as numbers where they fit and decimals as numbers: what tests compare. */
export function plain(payload: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(payload).map(([name, value]) => {
      if (typeof value === 'bigint' && Number.isSafeInteger(Number(value))) return [name, Number(value)]
      if (Buffer.isBuffer(value))
        return [name, Number(BigInt.asIntN(value.length * 8, BigInt(`0x${value.toString('hex')}`))) / 10]
      return [name, value]
    }),
  )
}

/**
 * The rows that the source has after these events, by key: the newest change in the order of the log, or the backfill
 * where there is none. Written for the tests alone, from the rules and not from the generator.
 */
export function finalRows(files: readonly ReadFile[], table: string): Map<string, Record<string, unknown>> {
  const best = new Map<string, ReadEvent>()
  const place = (event: ReadEvent) => [
    event.source_metadata.log_file,
    String(event.source_metadata.log_position).padStart(20, '0'),
    event.source_metadata.change_type === 'UPDATE-DELETE' ? '0' : '1',
    String(event.source_timestamp),
  ]
  for (const event of files.flatMap((file) => file.events)) {
    if (event.source_metadata.table !== table) continue
    const row = plain(event.payload)
    const key = JSON.stringify(event.source_metadata.primary_keys.map((name) => row[name]))
    const known = best.get(key)
    if (known === undefined || place(known).join() < place(event).join()) best.set(key, event)
  }
  return new Map(
    [...best]
      .filter(([, event]) => !event.source_metadata.is_deleted)
      .map(([key, event]) => [key, plain(event.payload)]),
  )
}
