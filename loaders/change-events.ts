import { Problem } from '../runner/problem.ts'
import { UnreadableFile } from './avro/container.ts'
import { isObject, type JsonEvent, jsonEvent } from './datastream/json-event.ts'
import { debeziumEvent } from './debezium/event.ts'
import { DebeziumRecord, debeziumMessage, isUnwrappedRow } from './debezium/message.ts'
import { unavailableValues } from './debezium/unavailable.ts'
import { DmsFile } from './dms/event.ts'
import { dmsMessage, dmsMessageEvents } from './dms/message.ts'
import { DmsRow, UnevenRow } from './dms/row.ts'
import type { EnvelopeSettings } from './envelope-settings.ts'

/**
 * The change events of one file's values, whatever the envelope: all have Datastream's shape afterwards, so that raw
 * tables, change logs and the order of changes are defined once.
 */
export class ChangeEvents {
  private readonly settings: EnvelopeSettings
  private readonly file: string
  private readonly isUnavailable: (value: unknown) => boolean
  private dmsFile: DmsFile | undefined

  constructor(file: string, settings: EnvelopeSettings) {
    this.file = file
    this.settings = settings
    this.isUnavailable = unavailableValues(settings.unavailableValue)
  }

  /**
   * @param ordinal the value's number in the file
   * @returns no events for a value that belongs there and changes no row: a tombstone, a control record
   * @throws RefusedEvent for a change that cannot be landed rightly; Problem for what is no change
   */
  of(value: unknown, ordinal: number): readonly JsonEvent[] {
    const { kind, dms } = this.settings
    if (value instanceof DmsRow || value instanceof UnevenRow) return this.dms.eventsOf(value, ordinal)
    if (kind === 'datastream' || (kind === 'auto' && isDatastream(value))) return [jsonEvent(value)]
    if (kind !== 'dms') {
      const message = value instanceof DebeziumRecord ? value.message : debeziumMessage(value)
      if (message !== undefined) return listed(debeziumEvent(message, this.isUnavailable))
      if (isUnwrappedRow(value)) {
        throw new UnreadableFile(
          'a row of Debezium without its envelope: leave out the transformation ExtractNewRecordState, which takes away where a change stands',
          0,
        )
      }
    }
    if (kind !== 'debezium') {
      const message = dmsMessage(value)
      if (message !== undefined) return dmsMessageEvents(message, dms)
    }
    if (kind === 'auto') return [jsonEvent(value)]
    throw new Problem(`not a change of ${kind === 'dms' ? 'AWS DMS' : 'Debezium'}`)
  }

  /** What the file's name says. @throws Problem if that is no file of DMS */
  get dms(): DmsFile {
    this.dmsFile ??= new DmsFile(this.file, this.settings.dms)
    return this.dmsFile
  }
}

const isDatastream = (value: unknown): boolean =>
  isObject(value) && Object.hasOwn(value, 'uuid') && Object.hasOwn(value, 'source_metadata')

const listed = <T>(value: T | undefined): readonly T[] => (value === undefined ? [] : [value])
