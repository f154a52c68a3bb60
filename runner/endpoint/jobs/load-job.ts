import { sqlName, sqlTable } from '../../googlesql/quote.ts'
import type { Target } from '../../googlesql/target.ts'
import { typeName } from '../../googlesql/types/print.ts'
import { ApiError, invalid } from '../api-error.ts'
import { converted, readDateFormats, withTexts } from '../files/date-formats.ts'
import type { LoadFormat, LoadSource } from '../files/load-source.ts'
import { type FilesToRead, isDescribed, readFiles, readFolderKeys } from '../files/read-files.ts'
import { withStaged } from '../files/staging.ts'
import { countAt, flagAt, isSaid, type JsonObject, listAt, objectAt, textAt } from '../json.ts'
import { tableName, targetOf } from '../reference.ts'
import type { Service } from '../service.ts'
import { type GivenColumn, readSchema } from '../tables/field-schema.ts'
import { columnText, createTable, readLayout } from '../tables/table-ddl.ts'
import { delimiterOf } from './extract-job.ts'
import type { Outcome } from './job.ts'
import { checkDestination } from './query-job.ts'

export type { LoadSource } from '../files/load-source.ts'

/** `configuration.load`. */
export interface LoadRequest extends FilesToRead {
  readonly destination: Target
  readonly schema: readonly GivenColumn[] | undefined
  readonly autodetect: boolean
  readonly write: string
  readonly given: JsonObject
}

/** Fields that change which rows or values arrive and that we do not have. */
const refused = [
  'columnNameCharacterMap',
  'copyFilesOnly',
  'createSession',
  'decimalTargetTypes',
  'fileSetSpecType',
  'jsonExtension',
  'preserveAsciiControlCharacters',
  'projectionFields',
  'referenceFileSchemaUri',
  'schemaInline',
  'sourceColumnMatch',
  'timestampTargetPrecision',
] as const

const formats = ['CSV', 'NEWLINE_DELIMITED_JSON', 'AVRO', 'PARQUET'] as const

/** @throws ApiError for what is missing, wrong or not supported */
export function readLoad(given: JsonObject, project: string, upload: LoadSource | undefined): LoadRequest {
  const unsupported = refused.find((key) => isSaid(given[key]))
  if (unsupported !== undefined)
    throw new ApiError('notImplemented', `configuration.load.${unsupported} is not supported locally`)
  const uris = listAt(given, 'sourceUris').map(String)
  if (upload === undefined && uris.length === 0)
    throw new ApiError('required', 'Required parameter is missing: sourceUris', { location: 'sourceUris' })
  return {
    destination: targetOf(objectAt(given, 'destinationTable'), project),
    format: readFormat(given),
    dates: readDateFormats(given),
    keys: readFolderKeys(given),
    schema: readSchema(given['schema']),
    autodetect: flagAt(given, 'autodetect') === true,
    write: (textAt(given, 'writeDisposition') ?? 'WRITE_APPEND').toUpperCase(),
    uris,
    upload,
    given,
  }
}

/** How a job's files are written. @throws ApiError */
export function readFormat(given: JsonObject): LoadFormat {
  const named = (textAt(given, 'sourceFormat') ?? 'CSV').toUpperCase()
  const format = formats.find((known) => known === named)
  if (format === undefined)
    throw new ApiError(
      'notImplemented',
      `loading ${named} is not supported locally; ${formats.join(', ')} are`,
    )
  const encoding = (textAt(given, 'encoding') ?? 'UTF-8').toUpperCase()
  if (encoding !== 'UTF-8' && encoding !== 'UTF8' && encoding !== 'ISO-8859-1')
    throw new ApiError(
      'notImplemented',
      `the encoding ${encoding} is not supported locally; UTF-8 and ISO-8859-1 are`,
    )
  const quote = textAt(given, 'quote') ?? '"'
  if (quote.length > 1) throw invalid(`Invalid value for quote: ${quote}`, 'quote')
  const markers = listAt(given, 'nullMarkers').map(String)
  return {
    format,
    csv: {
      delimiter: delimiterOf(textAt(given, 'fieldDelimiter')),
      quote,
      newlinesInQuotes: flagAt(given, 'allowQuotedNewlines') === true,
    },
    encoding: encoding === 'ISO-8859-1' ? 'latin1' : 'utf8',
    skipLeadingRows: countAt(given, 'skipLeadingRows'),
    jaggedRows: flagAt(given, 'allowJaggedRows') === true,
    nullMarkers: markers.length > 0 ? markers : [textAt(given, 'nullMarker') ?? ''],
    ignoreUnknown: flagAt(given, 'ignoreUnknownValues') === true,
    maxBadRecords: countAt(given, 'maxBadRecords') ?? 0,
    avroLogicalTypes: flagAt(given, 'useAvroLogicalTypes') === true,
  }
}

/** Loads files into a table, which is made where it is missing. All rows arrive, by one statement, or none. */
export async function runLoad(service: Service, load: LoadRequest): Promise<Outcome> {
  const { destination, format, given, write } = load
  const { warehouse } = service
  const present = await warehouse.table(destination)
  await checkDestination(service, destination, given, write, present?.rowCount)
  const table = await warehouse.definition(destination)
  const known: readonly GivenColumn[] | undefined = table?.columns.map((column) => ({
    ...column,
    mode: column.type.kind === 'ARRAY' ? 'REPEATED' : column.required === true ? 'REQUIRED' : 'NULLABLE',
  }))
  const described = isDescribed(format)
  const schema =
    load.schema ?? (load.autodetect || (described && write === 'WRITE_TRUNCATE') ? undefined : known)
  if (schema === undefined && !load.autodetect && !described)
    throw invalid('No schema specified on job or table.')
  const { columns, read, files, bytes } = await readFiles(service, load, schema)
  const fresh = known === undefined || write === 'WRITE_TRUNCATE'
  if (!fresh && known !== undefined) await fitTable(service, load, known, described ? read.columns : columns)
  const staged = withTexts(read.columns, load.dates)
  await withStaged(service, destination.database, staged, read.rows, (rows) => {
    const query = converted(rows, read.columns, load.dates)
    const arrival: Arrival = { destination, columns, read: read.columns, query }
    return warehouse.execute(fresh ? creation(arrival, load, known !== undefined) : insertion(arrival))
  })
  service.times.wrote(destination, service.now().getTime(), fresh)
  return {
    destination,
    statistics: {
      load: {
        inputFiles: String(files),
        inputFileBytes: String(bytes),
        outputRows: String(read.rows.length),
        outputBytes: '0',
        badRecords: String(read.badRecords),
      },
    },
  }
}

interface Arrival {
  readonly destination: Target
  /** The table's, and those that the files have. */
  readonly columns: readonly GivenColumn[]
  readonly read: readonly GivenColumn[]
  readonly query: string
}

function creation(
  { destination, columns, read, query }: Arrival,
  load: LoadRequest,
  replace: boolean,
): string {
  const { given } = load
  const properties = objectAt(given, 'destinationTableProperties')
  const layout = readLayout({ ...properties, ...given }, columns)
  const has = (list: readonly GivenColumn[], name: string) =>
    list.some((column) => column.name.toLowerCase() === name.toLowerCase())
  const extra = read.find(({ name }) => !has(columns, name))
  if (extra !== undefined && !load.format.ignoreUnknown)
    throw invalid(`the file has the field ${extra.name}, which the schema has not`)
  const values = columns.map(({ name, type }) =>
    has(read, name) ? sqlName(name) : `CAST(NULL AS ${typeName(type)}) AS ${sqlName(name)}`,
  )
  return createTable({
    target: destination,
    columns,
    layout,
    orReplace: replace,
    as: `SELECT ${values.join(', ')} FROM (${query})`,
  })
}

function insertion({ destination, read, query }: Arrival): string {
  const names = read.map(({ name }) => sqlName(name)).join(', ')
  return `INSERT INTO ${sqlTable(destination)} (${names}) ${query}`
}

/** Whether rows of these columns may be added to the table; new columns are made where the job allows it. */
async function fitTable(
  service: Service,
  { destination, given }: LoadRequest,
  known: readonly GivenColumn[],
  columns: readonly GivenColumn[],
): Promise<void> {
  const options = listAt(given, 'schemaUpdateOptions')
  const mismatch = (what: string) =>
    invalid(`Provided Schema does not match Table ${tableName(destination)}. ${what}`)
  const added: GivenColumn[] = []
  for (const column of columns) {
    const same = known.find(({ name }) => name.toLowerCase() === column.name.toLowerCase())
    if (same === undefined) {
      if (!options.includes('ALLOW_FIELD_ADDITION'))
        throw mismatch(`Cannot add fields (field: ${column.name})`)
      added.push(column)
    } else if (typeName(same.type) !== typeName(column.type)) {
      const [from, to] = [typeName(same.type), typeName(column.type)]
      throw mismatch(`Field ${column.name} has changed type from ${from} to ${to}`)
    }
  }
  const missing = known.find(
    ({ name, mode, defaultText }) =>
      mode === 'REQUIRED' &&
      defaultText === undefined &&
      !columns.some((column) => column.name.toLowerCase() === name.toLowerCase()),
  )
  if (missing !== undefined) throw mismatch(`Required field ${missing.name} is missing`)
  if (added.length === 0) return
  const clauses = added.map((column) => `ADD COLUMN ${columnText(column)}`)
  await service.warehouse.execute(`ALTER TABLE ${sqlTable(destination)} ${clauses.join(', ')}`)
}
