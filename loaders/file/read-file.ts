import { Problem } from '../../runner/problem.ts'
import { type Block, ContainerReader, type Damage, isAvro, UnreadableFile } from '../avro/container.ts'
import { CorruptError } from '../avro/corrupt.ts'
import { type AvroRecord, parseAvroSchema } from '../avro/schema.ts'
import { ValueReader } from '../avro/value.ts'
import { type Envelope, envelopePayload, findEnvelope } from '../datastream/envelope.ts'
import { type SourceTable, sourceTable } from '../datastream/naming.ts'
import type { PayloadField } from '../datastream/payload-plan.ts'
import { type DebeziumSchema, debeziumSchema } from '../debezium/avro-messages.ts'
import { fingerprintOf } from '../ledger/source-schemas.ts'
import { contentOf } from './content.ts'
import { type ContentLimits, defaultContentLimits } from './content-limits.ts'

/** A writer schema that was understood. */
export interface EventSchema {
  readonly envelope: Envelope
  readonly fingerprint: string
  readonly text: string
  readonly payload: readonly PayloadField[]
}

/** What comes out of a file, in order. */
export type FileEvent =
  | { readonly kind: 'schema'; readonly schema: EventSchema; readonly source: SourceTable }
  | { readonly kind: 'block'; readonly block: Block }
  /** A block of Debezium's messages. */
  | { readonly kind: 'messages'; readonly schema: DebeziumSchema; readonly block: Block }
  /** A part that cannot be read; reading went on after it. */
  | { readonly kind: 'damage'; readonly damage: Damage }
  | { readonly kind: 'text'; readonly content: AsyncGenerator<Uint8Array> }

const understood = new Map<string, EventSchema>()
const maxUnderstood = 1000
/** Characters of the schemas that are kept. */
const maxKept = 32 * 1024 * 1024
let kept = 0

/**
 * Reads a change file: for Avro its schema and source table, then its blocks; for anything else its content as text.
 *
 * @param salvage of an Avro file that is damaged give what can be read, and what cannot as damage
 * @throws UnreadableFile, Problem
 */
export async function* readEvents(
  pieces: AsyncIterable<Uint8Array>,
  salvage = false,
  limits: ContentLimits = defaultContentLimits,
): AsyncGenerator<FileEvent> {
  const content = contentOf(pieces, limits)
  const first = await firstBytes(content)
  if (first.length === 0) throw new UnreadableFile('the file is empty', 0)
  if (isAvro(first)) {
    const container = new ContainerReader(limits)
    const read = salvage ? salvageAvro : readAvro
    yield* read(container, chain(first, content))
  } else yield { kind: 'text', content: chain(first, content) }
}

/** At least four bytes, unless the file has fewer. */
async function firstBytes(content: AsyncGenerator<Uint8Array>): Promise<Uint8Array> {
  let bytes: Uint8Array = new Uint8Array(0)
  while (bytes.length < 4) {
    const next = await content.next()
    if (next.done === true) break
    bytes = Buffer.concat([bytes, next.value])
  }
  return bytes
}

async function* chain(first: Uint8Array, rest: AsyncGenerator<Uint8Array>): AsyncGenerator<Uint8Array> {
  yield first
  yield* rest
}

async function* readAvro(
  container: ContainerReader,
  content: AsyncGenerator<Uint8Array>,
): AsyncGenerator<FileEvent> {
  let schema: EventSchema | DebeziumSchema | undefined
  let begun = false
  for await (const piece of content) {
    for (const block of container.push(piece)) {
      schema ??= schemaOf(container)
      if (block.count === 0) continue
      if ('record' in schema) {
        yield { kind: 'messages', schema, block }
        continue
      }
      if (!begun) yield { kind: 'schema', schema, source: sourceOf(schema, block) }
      begun = true
      yield { kind: 'block', block }
    }
    // A schema that is no event's shows before its blocks do.
    if (container.header !== undefined) schema ??= schemaOf(container)
  }
  container.finish()
}

/** Nothing is given before the first block that can be read: until then it is not known which table's events these are. */
async function* salvageAvro(
  container: ContainerReader,
  content: AsyncGenerator<Uint8Array>,
): AsyncGenerator<FileEvent> {
  const waiting: Damage[] = []
  let begun = false
  const take = function* (found: Block | Damage): Generator<FileEvent> {
    if ('reason' in found) {
      // Of messages what comes after damage is left.
      if ('record' in schemaOf(container)) throw new UnreadableFile(found.reason, found.from)
      if (begun) yield { kind: 'damage', damage: found }
      else waiting.push(found)
      return
    }
    if (found.count === 0) return
    const schema = schemaOf(container)
    if ('record' in schema) {
      yield { kind: 'messages', schema, block: found }
      return
    }
    if (!begun) {
      const source = sourceIn(schema, found)
      if (source instanceof UnreadableFile) {
        waiting.push({ from: found.offset, to: found.end, reason: source.message, count: found.count })
        return
      }
      begun = true
      yield { kind: 'schema', schema, source }
      for (const damage of waiting) yield { kind: 'damage', damage }
    }
    yield { kind: 'block', block: found }
  }
  let broken: unknown
  try {
    for await (const piece of content) for (const found of container.salvage(piece)) yield* take(found)
  } catch (error) {
    if (!(error instanceof UnreadableFile) || container.header === undefined) throw error
    broken = error // the content cannot be uncompressed to its end
  }
  for (const found of container.salvageEnd()) yield* take(found)
  const [first] = waiting
  if (!begun && first !== undefined) throw new UnreadableFile(first.reason, first.from)
  if (broken !== undefined) throw broken
}

/** The source table, or why the block cannot be read. */
function sourceIn(schema: EventSchema, block: Block): SourceTable | UnreadableFile {
  try {
    return sourceOf(schema, block)
  } catch (error) {
    if (error instanceof UnreadableFile) return error
    throw error
  }
}

function schemaOf({ header }: ContainerReader): EventSchema | DebeziumSchema {
  const text = header?.schema ?? ''
  const known = understood.get(text)
  if (known !== undefined) return known
  const type = parseAvroSchema(text)
  const messages = debeziumSchema(type)
  if (messages !== undefined) return messages
  const envelope = findEnvelope(type)
  const schema = { envelope, text, fingerprint: fingerprintOf(text), payload: envelopePayload(envelope) }
  if (understood.size >= maxUnderstood || kept + text.length > maxKept) {
    understood.clear()
    kept = 0
  }
  kept += text.length
  if (text.length <= maxKept) understood.set(text, schema)
  return schema
}

/** The source table, from the block's first event. */
function sourceOf({ envelope }: EventSchema, block: Block): SourceTable {
  const record: AvroRecord = envelope.record
  try {
    const event = new ValueReader(block.data, 0, block.data.length).read(record)
    const metadata = (event as Readonly<Record<string, unknown>>)['source_metadata']
    if (metadata === null) throw new Problem('the first event has no source_metadata')
    return sourceTable(metadata as Readonly<Record<string, unknown>>)
  } catch (error) {
    if (error instanceof CorruptError)
      throw new UnreadableFile(error.message, block.offset + error.offset, error)
    throw error
  }
}
