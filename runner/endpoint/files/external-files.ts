import type { CatalogColumn, CatalogTable, ExternalColumns } from '../../googlesql/catalog.ts'
import { optionValue } from '../../googlesql/option-value.ts'
import type { ResultColumn, Value } from '../../googlesql/result.ts'
import { typeName } from '../../googlesql/types/print.ts'
import type { SqlType } from '../../googlesql/types/type.ts'
import type { ExternalFiles } from '../../warehouse/local-warehouse.ts'
import { ApiError, invalid } from '../api-error.ts'
import { checkCompression, checkWritable, delimiterOf, writeRows } from '../jobs/extract-job.ts'
import { readFormat } from '../jobs/load-job.ts'
import type { JsonObject } from '../json.ts'
import type { Service } from '../service.ts'
import type { GivenColumn } from '../tables/field-schema.ts'
import { type BucketObject, findObjects, hasObjects, readObject } from './bucket.ts'
import { partitionColumns, partitionsOf, partitionValue } from './hive-partitions.ts'
import { type LoadFormat, readSources } from './load-source.ts'
import { isDescribed } from './read-files.ts'

/** Files in the folder of buckets: external tables are read by the rules of load jobs, exports written by those of extract jobs. */
export function externalFiles(service: Pick<Service, 'warehouse' | 'bucketFolder'>): ExternalFiles {
  const objectsOf = (options: Options) => findObjects(service, textsOf(options['uris']))
  return {
    async columns(table: CatalogTable): Promise<ExternalColumns> {
      const options = optionsOf(table)
      const format = formatOf(options)
      const objects = objectsOf(options)
      const partitions = partitionColumns(partitionsOf(objects, prefixOf(options)))
      if (table.columns.length > 0) return { columns: table.columns, partitions }
      // What the last file by name has is what the table has, where files say what they hold.
      const own = isDescribed(format) ? objects.slice(-1) : objects
      const { columns, skipped } = await readSources(service.warehouse, own.map(sourceOf), format, undefined)
      return {
        columns: columns.map(({ mode: _mode, ...column }) => column),
        partitions,
        ...(format.format === 'CSV' ? { options: { skip_leading_rows: String(skipped ?? 0) } } : {}),
      }
    },

    async rows(table: CatalogTable): Promise<readonly (readonly Value[])[]> {
      const options = optionsOf(table)
      const format = formatOf(options)
      const rows: (readonly Value[])[] = []
      let bad = 0
      const objects = objectsOf(options)
      const partitions = partitionsOf(objects, prefixOf(options))
      for (const [index, object] of objects.entries()) {
        const keys = new Map(
          [...(partitions[index] ?? [])].map(([name, value]) => [name.toLowerCase(), value]),
        )
        const own = table.columns.filter(({ name }) => !keys.has(name.toLowerCase())).map(givenColumn)
        const read = await readSources(
          service.warehouse,
          [sourceOf(object)],
          { ...format, maxBadRecords: format.maxBadRecords - bad },
          isDescribed(format) ? undefined : own,
        )
        bad += read.badRecords
        const convert = rowConverter(table, read.columns, keys, object)
        for (const row of read.rows) rows.push(convert(row))
      }
      return rows
    },

    async write(
      { uri, format, compression, delimiter, header, overwrite, logicalTypes },
      columns,
      rows,
    ): Promise<void> {
      const file = {
        uris: [uri],
        format: format === 'JSON' ? ('NEWLINE_DELIMITED_JSON' as const) : format,
        compression,
        delimiter: delimiterOf(delimiter),
        header,
        logical: logicalTypes,
      }
      checkCompression(file.format, compression)
      checkWritable(service, file, columns)
      if (!overwrite && hasObjects(service, uri))
        throw invalid(`${uri} has files already; the option overwrite=true replaces those of the same names`)
      writeRows(service, file, { columns, rows: await rows() })
    },
  }
}

type Options = JsonObject

/** An external table's options by name, as values. */
export function optionsOf({ options = {} }: Pick<CatalogTable, 'options'>): Options {
  return Object.fromEntries(Object.entries(options).map(([name, text]) => [name, optionValue(text)]))
}

const textsOf = (value: Options[string]): readonly string[] => (Array.isArray(value) ? value.map(String) : [])

const prefixOf = (options: Options): string | undefined => {
  const prefix = options['hive_partition_uri_prefix']
  return prefix === undefined ? undefined : String(prefix)
}

/** The options as a load job has them. @throws ApiError for a format that is not read here */
function formatOf(options: Options): LoadFormat {
  if (options['require_hive_partition_filter'] === true)
    throw new ApiError('notImplemented', 'require_hive_partition_filter is not supported locally')
  const given = String(options['format']).toUpperCase()
  return readFormat({
    sourceFormat: given === 'JSON' ? 'NEWLINE_DELIMITED_JSON' : given,
    encoding: options['encoding'],
    fieldDelimiter: options['field_delimiter'],
    quote: options['quote'],
    allowQuotedNewlines: options['allow_quoted_newlines'],
    allowJaggedRows: options['allow_jagged_rows'],
    skipLeadingRows: options['skip_leading_rows'],
    nullMarker: options['null_marker'],
    nullMarkers: options['null_markers'],
    ignoreUnknownValues: options['ignore_unknown_values'],
    maxBadRecords: options['max_bad_records'],
    useAvroLogicalTypes: options['enable_logical_types'],
  })
}

const sourceOf = (object: BucketObject) => ({ name: object.uri, bytes: readObject(object) })

const givenColumn = (column: CatalogColumn): GivenColumn => ({
  ...column,
  mode: column.type.kind === 'ARRAY' ? 'REPEATED' : column.required === true ? 'REQUIRED' : 'NULLABLE',
})

/**
 * A file's row as a row of the table: columns by name, those that the file has not are NULL; then the file's name.
 *
 * @throws ApiError for a column that is of another type in the file
 */
function rowConverter(
  table: CatalogTable,
  columns: readonly ResultColumn[],
  keys: ReadonlyMap<string, string>,
  { uri }: BucketObject,
): (row: readonly Value[]) => readonly Value[] {
  const values = table.columns.map(({ name, type }): ((row: readonly Value[]) => Value) => {
    const key = keys.get(name.toLowerCase())
    if (key !== undefined) {
      const value = partitionValue(key, type, name)
      return () => value
    }
    const at = columns.findIndex((column) => column.name.toLowerCase() === name.toLowerCase())
    const found = columns[at]
    if (found === undefined) return () => absent(type)
    const convert = valueConverter(found.type, type, `${name} of ${uri}`)
    return (row) => convert(row[at] ?? null)
  })
  return (row) => [...values.map((value) => value(row)), uri]
}

const absent = (type: SqlType): Value => (type.kind === 'ARRAY' ? [] : null)

function valueConverter(from: SqlType, to: SqlType, place: string): (value: Value) => Value {
  if (from.kind === 'ARRAY' && to.kind === 'ARRAY') {
    const convert = valueConverter(from.element, to.element, place)
    return (value) => (value as readonly Value[] | null)?.map(convert) ?? []
  }
  if (from.kind === 'STRUCT' && to.kind === 'STRUCT') {
    const fields = to.fields.map((field) => {
      const at = from.fields.findIndex(({ name }) => name?.toLowerCase() === field.name?.toLowerCase())
      const found = from.fields[at]
      const convert = found && valueConverter(found.type, field.type, `${field.name}, ${place}`)
      return (value: readonly Value[]) =>
        convert === undefined ? absent(field.type) : convert(value[at] ?? null)
    })
    return (value) => (value === null ? null : fields.map((field) => field(value as readonly Value[])))
  }
  const [is, wanted] = [typeName(from), typeName(to)]
  if (is === wanted) return (value) => value
  // JSON waits as text for the table's own type.
  if (from.kind === 'STRING' && to.kind === 'JSON') return (value) => value
  throw invalid(`Error while reading data: the column ${place} has the type ${is}, the table has ${wanted}`)
}
