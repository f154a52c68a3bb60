import { type Block, UnreadableFile, unreadable } from '../avro/container.ts'
import type { AvroRecord, AvroType } from '../avro/schema.ts'
import { ValueReader } from '../avro/value.ts'
import { jsonText } from '../datastream/event-json.ts'
import { parseExact } from '../datastream/raw-json.ts'
import { type ConnectType, connectTypeOfAvro } from './connect-type.ts'
import { DebeziumRecord } from './message.ts'

/** A writer schema that is that of Debezium's messages, or of a sink's records of them. */
export interface DebeziumSchema {
  readonly record: AvroRecord
  readonly type: ConnectType
}

/** undefined if the schema is another. */
export function debeziumSchema(type: AvroType): DebeziumSchema | undefined {
  if (type.kind !== 'record') return undefined
  const names = new Set(type.fields.map(({ name }) => name))
  const isEnvelope = names.has('op') && names.has('source') && (names.has('after') || names.has('before'))
  if (isEnvelope) return { record: type, type: connectTypeOfAvro(type) }
  const value = type.fields.find(({ name }) => name === 'value')?.type
  const inner = value?.kind === 'union' ? value.branches.find(({ kind }) => kind === 'record') : value
  return inner !== undefined && debeziumSchema(inner) !== undefined
    ? { record: type, type: connectTypeOfAvro(type) }
    : undefined
}

/** The messages of a block, one after the other. @throws UnreadableFile */
export function* messagesOf({ record, type }: DebeziumSchema, block: Block): Generator<DebeziumRecord> {
  const reader = new ValueReader(block.data, 0, block.data.length)
  for (let read = 0; read < block.count; read++) {
    try {
      yield new DebeziumRecord(parseExact(jsonText(reader.read(record), record)), type)
    } catch (error) {
      throw unreadable(error, block.offset)
    }
  }
  if (reader.at !== block.data.length) {
    throw new UnreadableFile('a block with more bytes than its records have', block.offset + reader.at)
  }
}
