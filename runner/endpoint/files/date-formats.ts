import { sqlName, sqlText } from '../../googlesql/quote.ts'
import type { SqlType } from '../../googlesql/types/type.ts'
import { ApiError, invalid } from '../api-error.ts'
import { type JsonObject, textAt } from '../json.ts'
import type { GivenColumn } from '../tables/field-schema.ts'

/** How the dates and times of a load's files are written, in the elements of SQL's FORMAT. */
export interface DateFormats {
  readonly texts: ReadonlyMap<SqlType['kind'], string>
  /** Of timestamps whose format has no time zone. */
  readonly zone: string | undefined
}

const fields = [
  ['dateFormat', 'DATE'],
  ['datetimeFormat', 'DATETIME'],
  ['timeFormat', 'TIME'],
  ['timestampFormat', 'TIMESTAMP'],
] as const

/**
 * A load's `dateFormat` and its like (https://cloud.google.com/bigquery/docs/reference/rest/v2/Job#JobConfigurationLoad);
 * their elements are those of CAST … FORMAT.
 *
 * @throws ApiError where they are of no use, or where we could not do what else the job asks for
 */
export function readDateFormats(given: JsonObject): DateFormats {
  const texts = new Map(
    fields.flatMap(([field, kind]) => {
      const text = textAt(given, field)
      return text === undefined || text === '' ? [] : [[kind, text] as const]
    }),
  )
  const zone = textAt(given, 'timeZone')
  if (zone !== undefined && !/^(UTC|Etc\/UTC)$/i.test(zone) && !texts.has('TIMESTAMP'))
    throw new ApiError(
      'notImplemented',
      `configuration.load.timeZone ${zone} without timestampFormat is not supported locally; UTC is`,
    )
  if (texts.size === 0) return { texts, zone }
  const format = (textAt(given, 'sourceFormat') ?? 'CSV').toUpperCase()
  if (format !== 'CSV' && format !== 'NEWLINE_DELIMITED_JSON')
    throw invalid(`formats of dates are for CSV and JSON, not for ${format}`)
  for (const [field, value] of [
    ['autodetect', textAt(given, 'autodetect')?.toLowerCase() === 'true'],
    ['maxBadRecords', Number(textAt(given, 'maxBadRecords') ?? 0) > 0],
  ] as const)
    if (value)
      throw new ApiError(
        'notImplemented',
        `configuration.load.${field} beside formats of dates is not supported locally`,
      )
  return { texts, zone }
}

/** The columns as they are read: a date with a format of its own is a text until it is converted. */
export function withTexts(columns: readonly GivenColumn[], { texts }: DateFormats): readonly GivenColumn[] {
  return columns.map((column) => {
    if (texts.has(column.type.kind)) return { ...column, type: { kind: 'STRING' } }
    if (hasInside(column.type, texts))
      throw new ApiError(
        'notImplemented',
        `formats of dates inside of the column ${column.name} are not supported locally`,
      )
    return column
  })
}

function hasInside(type: SqlType, texts: DateFormats['texts']): boolean {
  if (type.kind === 'ARRAY') return texts.has(type.element.kind) || hasInside(type.element, texts)
  if (type.kind !== 'STRUCT') return false
  return type.fields.some((field) => texts.has(field.type.kind) || hasInside(field.type, texts))
}

/** A query of the columns' own types over one of the texts. */
export function converted(
  query: string,
  columns: readonly GivenColumn[],
  { texts, zone }: DateFormats,
): string {
  if (texts.size === 0) return query
  const values = columns.map(({ name, type: { kind } }) => {
    const format = texts.get(kind)
    if (format === undefined) return sqlName(name)
    const place = kind === 'TIMESTAMP' && zone !== undefined ? ` AT TIME ZONE ${sqlText(zone)}` : ''
    // An empty text is no date, with quotes or without.
    return `CAST(NULLIF(${sqlName(name)}, '') AS ${kind} FORMAT ${sqlText(format)}${place}) AS ${sqlName(name)}`
  })
  return `SELECT ${values.join(', ')} FROM (${query})`
}
