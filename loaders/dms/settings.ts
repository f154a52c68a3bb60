/** What a DMS task was told of its files, and the files do not say. */
export interface DmsSettings {
  /** The column that a transformation rule fills with `$AR_H_CHANGE_SEQ`; undefined: changes stand in the order of files. */
  readonly sequenceColumn: string | undefined
  /** The endpoint's `TimestampColumnName`. */
  readonly timestampColumn: string | undefined
  /** `column-prefix` of an `add-before-image-columns` rule. */
  readonly beforeImagePrefix: string | undefined
  /** The endpoint's `CsvNullValue`: what stands, without quotes, for NULL. */
  readonly csvNull: string
  /** The endpoint's `CsvDelimiter`. */
  readonly csvDelimiter: string
  /** Whether folders of dates lie between a table's folder and its files (`DatePartitionEnabled`). */
  readonly datePartitions: boolean | undefined
}

export const defaultDmsSettings: DmsSettings = {
  sequenceColumn: undefined,
  timestampColumn: undefined,
  beforeImagePrefix: undefined,
  csvNull: 'NULL',
  csvDelimiter: ',',
  datePartitions: undefined,
}
