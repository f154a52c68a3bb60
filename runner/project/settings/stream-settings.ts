import { z } from 'zod'

/** In whose envelopes a stream's changes come, and what their files do not say; see docs/sources.md. */
export interface EnvelopeSettings {
  /** `auto`: what each file's content says. */
  readonly kind: 'auto' | 'datastream' | 'debezium' | 'dms'
  /** Debezium's `unavailable.value.placeholder`. */
  readonly unavailableValue: string
  readonly dms: {
    readonly sequenceColumn: string | undefined
    readonly timestampColumn: string | undefined
    readonly beforeImagePrefix: string | undefined
    readonly csvNull: string
    readonly csvDelimiter: string
    readonly datePartitions: boolean | undefined
  }
}

const columnName = z.string().min(1)

/** The keys of `stream` beside `path`. */
export const envelopeSchema = {
  envelope: z
    .enum(['auto', 'datastream', 'debezium', 'dms'])
    .describe(
      "`auto`, `datastream`, `debezium` or `dms`: whose change files these are; `auto` goes by each file's content, which CSV and Parquet do not tell",
    )
    .default('auto'),
  debezium: z
    .strictObject({
      unavailable_value: z
        .string()
        .min(1)
        .describe("the connector's `unavailable.value.placeholder`")
        .default('__debezium_unavailable_value'),
    })
    .describe('keys and their values, of unavailable_value')
    .prefault({}),
  dms: z
    .strictObject({
      sequence_column: columnName
        .describe('the column that a transformation rule of the task fills with `$AR_H_CHANGE_SEQ`')
        .optional(),
      timestamp_column: columnName.describe("the endpoint's `TimestampColumnName`").optional(),
      before_image_prefix: columnName
        .describe('`column-prefix` of an `add-before-image-columns` rule: tells that a key changed')
        .optional(),
      csv_null: z
        .string()
        .describe("the endpoint's `CsvNullValue`: what stands for NULL where it is not in quotes")
        .default('NULL'),
      csv_delimiter: z
        .string()
        .regex(/^[^"\r\n]$/u)
        .describe("one character, the endpoint's `CsvDelimiter`")
        .default(','),
      date_partitions: z
        .boolean()
        .describe("true or false: whether folders of dates lie below a table's (`DatePartitionEnabled`)")
        .optional(),
    })
    .describe(
      'keys and their values, of sequence_column, timestamp_column, before_image_prefix, csv_null, csv_delimiter, date_partitions',
    )
    .prefault({}),
} as const

/** The settings of what `envelopeSchema` has read. */
export function envelopeSettings({
  envelope,
  debezium,
  dms,
}: z.output<z.ZodObject<typeof envelopeSchema>>): EnvelopeSettings {
  return Object.freeze({
    kind: envelope,
    unavailableValue: debezium.unavailable_value,
    dms: Object.freeze({
      sequenceColumn: dms.sequence_column,
      timestampColumn: dms.timestamp_column,
      beforeImagePrefix: dms.before_image_prefix,
      csvNull: dms.csv_null,
      csvDelimiter: dms.csv_delimiter,
      datePartitions: dms.date_partitions,
    }),
  })
}
