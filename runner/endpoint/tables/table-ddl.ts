import type { CatalogColumn } from '../../googlesql/catalog.ts'
import { sqlName, sqlTable, sqlText } from '../../googlesql/quote.ts'
import type { Target } from '../../googlesql/target.ts'
import { columnTypeName, typeName } from '../../googlesql/types/print.ts'
import { invalid } from '../api-error.ts'
import { countAt, type JsonObject, listAt, objectAt, textAt, textsAt } from '../json.ts'
import type { GivenColumn } from './field-schema.ts'

/** What a table has beside its columns, as GoogleSQL clauses. */
export interface TableLayout {
  readonly partitionBy?: string
  readonly clusterBy?: readonly string[]
  readonly options: Readonly<Record<string, string>>
}

/**
 * Partitioning, clustering, description, labels and expiry that a client gave a table or the destination of a job.
 *
 * @param columns of the table: partitioning by a DATE is written otherwise than by a TIMESTAMP
 */
export function readLayout(
  given: JsonObject,
  columns: readonly Pick<CatalogColumn, 'name' | 'type'>[],
): TableLayout {
  const partitionBy = timePartition(given, columns) ?? rangePartition(given)
  const clusterBy = listAt(objectAt(given, 'clustering'), 'fields').map(String)
  const time = objectAt(given, 'timePartitioning')
  const expiry = textAt(given, 'expirationTime')
  const partitionExpiry = countAt(time, 'expirationMs')
  const filter = textAt(given, 'requirePartitionFilter') ?? textAt(time, 'requirePartitionFilter')
  const labels = textsAt(given, 'labels')
  const options: Readonly<Record<string, string | undefined>> = {
    description: quoted(textAt(given, 'description')),
    friendly_name: quoted(textAt(given, 'friendlyName')),
    labels: labels === undefined || Object.keys(labels).length === 0 ? undefined : labelsText(labels),
    expiration_timestamp: expiry === undefined ? undefined : `TIMESTAMP_MILLIS(${BigInt(expiry)})`,
    partition_expiration_days:
      partitionExpiry === undefined ? undefined : String(partitionExpiry / 86_400_000),
    require_partition_filter: filter?.toLowerCase() === 'true' ? 'true' : undefined,
  }
  const set = Object.entries(options).filter((entry): entry is [string, string] => entry[1] !== undefined)
  return {
    ...(partitionBy === undefined ? {} : { partitionBy }),
    ...(clusterBy.length === 0 ? {} : { clusterBy }),
    options: Object.fromEntries(set),
  }
}

const quoted = (text: string | undefined) => (text === undefined || text === '' ? undefined : sqlText(text))

export const labelsText = (labels: Readonly<Record<string, string>>): string =>
  `[${Object.entries(labels)
    .map(([key, value]) => `(${sqlText(key)}, ${sqlText(value)})`)
    .join(', ')}]`

function timePartition(
  given: JsonObject,
  columns: readonly Pick<CatalogColumn, 'name' | 'type'>[],
): string | undefined {
  if (given['timePartitioning'] === undefined || given['timePartitioning'] === null) return undefined
  const partition = objectAt(given, 'timePartitioning')
  const field = textAt(partition, 'field')
  const unit = (textAt(partition, 'type') ?? 'DAY').toUpperCase()
  if (!['HOUR', 'DAY', 'MONTH', 'YEAR'].includes(unit))
    throw invalid(`Invalid value for timePartitioning.type: ${unit}`, 'timePartitioning')
  if (field === undefined) return `TIMESTAMP_TRUNC(_PARTITIONTIME, ${unit})`
  const column = columns.find(({ name }) => name.toLowerCase() === field.toLowerCase())
  if (column === undefined)
    throw invalid(`The field specified for partitioning cannot be found in the schema: ${field}`)
  const { kind } = column.type
  if (kind === 'DATE') return unit === 'DAY' ? sqlName(field) : `DATE_TRUNC(${sqlName(field)}, ${unit})`
  if (kind !== 'TIMESTAMP' && kind !== 'DATETIME')
    throw invalid(
      `Unsupported type ${kind} of the field for partitioning: ${field}; DATE, DATETIME or TIMESTAMP`,
    )
  return `${kind}_TRUNC(${sqlName(field)}, ${unit})`
}

function rangePartition(given: JsonObject): string | undefined {
  if (given['rangePartitioning'] === undefined || given['rangePartitioning'] === null) return undefined
  const partition = objectAt(given, 'rangePartitioning')
  const range = objectAt(partition, 'range')
  const [start, end, interval] = ['start', 'end', 'interval'].map((key) => BigInt(textAt(range, key) ?? '0'))
  return `RANGE_BUCKET(${sqlName(textAt(partition, 'field') ?? '')}, GENERATE_ARRAY(${start}, ${end}, ${interval}))`
}

/** `timePartitioning` or `rangePartitioning` of a table's PARTITION BY. */
export function shownPartition(partitionBy: string | undefined, expirationDays?: string): object {
  if (partitionBy === undefined) return {}
  const range =
    /^RANGE_BUCKET\s*\(\s*`?(\w+)`?\s*,\s*GENERATE_ARRAY\s*\(\s*(-?\d+)\s*,\s*(-?\d+)\s*(?:,\s*(-?\d+)\s*)?\)\s*\)$/i.exec(
      partitionBy,
    )
  if (range !== null) {
    const [, field, start, end, interval = '1'] = range
    return { rangePartitioning: { field, range: { start, end, interval } } }
  }
  const days = Number(expirationDays ?? Number.NaN)
  const expiry = Number.isNaN(days) ? {} : { expirationMs: String(Math.round(days * 86_400_000)) }
  const trunc = /^(?:DATE|DATETIME|TIMESTAMP)_TRUNC\s*\(\s*`?(\w+)`?\s*,\s*(\w+)\s*\)$/i.exec(partitionBy)
  const type = trunc?.[2]?.toUpperCase() ?? 'DAY'
  if (/\b_PARTITION(TIME|DATE)\b/i.test(partitionBy)) return { timePartitioning: { type, ...expiry } }
  const column = trunc ?? /^(?:DATE\s*\(\s*)?`?(\w+)`?\s*\)?$/i.exec(partitionBy)
  return column === null ? {} : { timePartitioning: { type, ...expiry, field: column[1] } }
}

/** A column as CREATE TABLE and ALTER TABLE ADD COLUMN have it. */
export function columnText(column: GivenColumn): string {
  const { name, required, defaultText, description } = column
  return [
    sqlName(name),
    columnType(column),
    ...(defaultText === undefined ? [] : [`DEFAULT ${defaultText}`]),
    ...(required === true ? ['NOT NULL'] : []),
    ...(description === undefined ? [] : [`OPTIONS(description = ${sqlText(description)})`]),
  ].join(' ')
}

function columnType({ type, parameters }: Pick<GivenColumn, 'type' | 'parameters'>): string {
  if (parameters === undefined) return typeName(type)
  if (type.kind === 'ARRAY') return `ARRAY<${columnTypeName({ type: type.element, parameters })}>`
  return columnTypeName({ type, parameters })
}

export interface TableStatement {
  readonly target: Target
  readonly columns?: readonly GivenColumn[]
  readonly primaryKey?: readonly string[]
  readonly layout: TableLayout
  readonly orReplace?: boolean
  /** A query that fills it. */
  readonly as?: string
}

/** CREATE TABLE … of a table's parts. Text of `as` stands at the end, so that places in it can be told. */
export function createTable({
  target,
  columns,
  primaryKey = [],
  layout,
  orReplace,
  as,
}: TableStatement): string {
  const options = Object.entries(layout.options).map(([name, text]) => `${name} = ${text}`)
  const key =
    primaryKey.length === 0
      ? []
      : [`PRIMARY KEY (${primaryKey.map((name) => sqlName(name)).join(', ')}) NOT ENFORCED`]
  return [
    `CREATE ${orReplace === true ? 'OR REPLACE ' : ''}TABLE ${sqlTable(target)}`,
    ...(columns === undefined ? [] : [`(${[...columns.map(columnText), ...key].join(', ')})`]),
    ...(layout.partitionBy === undefined ? [] : [`PARTITION BY ${layout.partitionBy}`]),
    ...(layout.clusterBy === undefined
      ? []
      : [`CLUSTER BY ${layout.clusterBy.map((name) => sqlName(name)).join(', ')}`]),
    ...(options.length === 0 ? [] : [`OPTIONS(${options.join(', ')})`]),
    ...(as === undefined ? [] : [`AS ${as}`]),
  ].join(' ')
}
