import { Problem } from '../../runner/problem.ts'
import { UnreadableFile } from '../avro/container.ts'
import { isObject, type JsonEvent, jsonEvent } from '../datastream/json-event.ts'
import { debeziumEvent } from '../debezium/event.ts'
import { DebeziumRecord, debeziumMessage, isUnwrappedRow } from '../debezium/message.ts'
import { unavailableValues } from '../debezium/unavailable.ts'
import { DmsFile } from '../dms/event.ts'
import { dmsMessage, dmsMessageEvents } from '../dms/message.ts'
import { DmsRow, UnevenRow } from '../dms/row.ts'
import type { EnvelopeKind, EnvelopeSettings } from '../envelope-settings.ts'

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
    this.checkKind(value)
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
    throw new Problem(`not a change of ${names[kind]}`)
  }

  /** A stream that is said to be another's: its files are no litter that lies beside the changes. @throws UnreadableFile */
  private checkKind(value: unknown): void {
    const found = kindOf(value)
    if (found !== undefined) this.expect(found)
  }

  /** @throws UnreadableFile if the settings say another envelope */
  expect(found: EnvelopeName): void {
    const { kind } = this.settings
    if (kind === 'auto' || kind === found) return
    throw new UnreadableFile(
      `the file holds changes of ${names[found]}, and \`stream: envelope\` of streamform.yaml says \`${kind}\``,
      0,
    )
  }

  /** What the file's name says. @throws Problem if that is no file of DMS */
  get dms(): DmsFile {
    this.dmsFile ??= new DmsFile(this.file, this.settings.dms)
    return this.dmsFile
  }
}

type EnvelopeName = Exclude<EnvelopeKind, 'auto'>

const names: Readonly<Record<EnvelopeName, string>> = {
  datastream: 'Datastream',
  debezium: 'Debezium',
  dms: 'AWS DMS',
}

/** Whose change a value is by its form; undefined for a tombstone, and for what is none. */
function kindOf(value: unknown): EnvelopeName | undefined {
  if (isDatastream(value)) return 'datastream'
  if (value instanceof DebeziumRecord || (value !== null && debeziumMessage(value) !== undefined))
    return 'debezium'
  return dmsMessage(value) === undefined ? undefined : 'dms'
}

const isDatastream = (value: unknown): boolean =>
  isObject(value) && Object.hasOwn(value, 'uuid') && Object.hasOwn(value, 'source_metadata')

const listed = <T>(value: T | undefined): readonly T[] => (value === undefined ? [] : [value])
