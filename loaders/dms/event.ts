import { Problem } from '../../runner/problem.ts'
import { type JsonEvent, type JsonObject, translatedEvent } from '../datastream/json-event.ts'
import type { SourceTable } from '../datastream/naming.ts'
import { identityOf } from '../file/identity.ts'
import { RefusedEvent } from '../file/refused-event.ts'
import { type DmsPlace, dmsPlace } from './file-place.ts'
import { type DmsRow, UnevenRow } from './row.ts'
import type { DmsSettings } from './settings.ts'

const operationColumn = 'Op'
const changeTypes: Readonly<Record<string, string>> = { I: 'INSERT', U: 'UPDATE', D: 'DELETE' }

/** The change events of one file of AWS DMS: CSV or Parquet, of a full load or of changes. */
export class DmsFile {
  private readonly settings: DmsSettings
  private readonly place: DmsPlace

  /** @throws Problem if the file's name does not say its table */
  constructor(file: string, settings: DmsSettings) {
    this.settings = settings
    this.place = dmsPlace(file, settings.datePartitions)
  }

  /**
   * Whether a file's columns are all that is needed: without names, or without what says the order, a file is not taken.
   *
   * @throws Problem
   */
  checkColumns(columns: readonly string[]): void {
    const { sequenceColumn, timestampColumn } = this.settings
    const missing = [sequenceColumn, timestampColumn].find(
      (name) => name !== undefined && !columns.includes(name),
    )
    if (missing !== undefined) {
      throw new Problem(
        `the file has no column \`${missing}\`: set AddColumnName to true in the endpoint, or mend \`stream: dms\` in streamform.yaml`,
      )
    }
    const isTold = sequenceColumn !== undefined || timestampColumn !== undefined
    if (this.place.begunAt !== undefined && !columns.includes(operationColumn))
      throw new Problem(
        `a file of changes without the column \`Op\`: set AddColumnName to true in the endpoint`,
      )
    if (!isTold && !columns.includes(operationColumn)) {
      throw new Problem(
        'the first line may be names or a row: set AddColumnName and IncludeOpForFullLoad (or TimestampColumnName) in the endpoint',
      )
    }
  }

  /**
   * The events of a row: one, or two where the row's key changed and the file says the old one.
   *
   * @param ordinal the row's number in the file
   * @throws RefusedEvent
   */
  eventsOf(row: DmsRow | UnevenRow, ordinal: number): readonly JsonEvent[] {
    const source = this.source
    if (row instanceof UnevenRow) {
      const { fields, expected } = row
      throw new RefusedEvent(
        `the line has ${fields.length} fields, the first line ${expected}: was a column added while the file was written?`,
        source,
      )
    }
    const { payload, before, columns } = this.partsOf(row)
    const operation = row.values[operationColumn] ?? null
    if (this.place.begunAt === undefined) {
      if (operation !== null && operation !== '' && operation !== 'I')
        throw new RefusedEvent('a full load whose `Op` is not I', source)
      return [this.event(row, ordinal, 'INSERT', payload, columns)]
    }
    const type = typeof operation === 'string' ? changeTypes[operation] : undefined
    if (type === undefined) throw new RefusedEvent('`Op` is not I, U or D', source)
    if (type === 'UPDATE' && before !== undefined) {
      return [
        this.event(row, ordinal, 'UPDATE-DELETE', { ...payload, ...before }, columns),
        this.event(row, ordinal, 'UPDATE-INSERT', payload, columns),
      ]
    }
    return [this.event(row, ordinal, type, payload, columns)]
  }

  get source(): SourceTable {
    const { database, table } = this.place
    return { database, table }
  }

  /** The row's own columns apart from the task's; `before`: what the key was, where it changed. */
  private partsOf({ values, columns }: DmsRow): {
    readonly payload: JsonObject
    readonly before: JsonObject | undefined
    readonly columns: DmsRow['columns']
  } {
    const { sequenceColumn, timestampColumn, beforeImagePrefix: prefix } = this.settings
    const own = [operationColumn, sequenceColumn, timestampColumn]
    const isBefore = (name: string) => prefix !== undefined && name.startsWith(prefix)
    const payload: Record<string, unknown> = {}
    const before: Record<string, unknown> = {}
    for (const [name, value] of Object.entries(values)) {
      if (own.includes(name)) continue
      if (!isBefore(name)) payload[name] = value
      else if (value !== null) before[name.slice(prefix?.length)] = value
    }
    const changed = Object.entries(before).some(([name, value]) => payload[name] !== value)
    return {
      payload,
      before: changed ? before : undefined,
      columns: columns.filter(({ name }) => !own.includes(name) && !isBefore(name)),
    }
  }

  private event(
    { values }: DmsRow,
    ordinal: number,
    changeType: string,
    payload: JsonObject,
    columns: DmsRow['columns'],
  ): JsonEvent {
    const { database, table, base, begunAt } = this.place
    const { timestampColumn } = this.settings
    const time = timestampColumn === undefined ? null : (values[timestampColumn] ?? null)
    const isBackfill = begunAt === undefined
    const position = isBackfill ? { file: base, row: ordinal, time } : this.position(values, ordinal)
    return translatedEvent(
      {
        uuid: identityOf([database, table, changeType, position, payload]),
        source_timestamp: time === '' ? null : time,
        read_timestamp: begunAt ?? null,
        object: `${database}_${table}`,
        read_method: isBackfill ? 'dms-backfill' : 'dms-cdc',
      },
      {
        ...(isBackfill ? {} : position),
        schema: database,
        table,
        change_type: changeType,
        is_deleted: changeType === 'DELETE' || changeType === 'UPDATE-DELETE',
      },
      payload,
      columns,
    )
  }

  /** Where a change stands: the task's own sequence, or else the file and the row in it. */
  private position(values: JsonObject, ordinal: number): JsonObject {
    const { base } = this.place
    const { sequenceColumn } = this.settings
    if (sequenceColumn === undefined) return { log_file: base, log_position: ordinal }
    return { lsn: sequenceOf(values[sequenceColumn], sequenceColumn, this.source) }
  }
}

/** @throws RefusedEvent if it is not what `$AR_H_CHANGE_SEQ` gives: 35 digits, of which the first 16 are a time */
export function sequenceOf(value: unknown, column: string, source: SourceTable): string {
  if (typeof value === 'string' && /^\d{35}$/.test(value)) return value
  throw new RefusedEvent(
    `\`${column}\` is ${JSON.stringify(value ?? null)}, not the 35 digits of $AR_H_CHANGE_SEQ`,
    source,
    column,
  )
}
