import { ApiError, invalid } from '../api-error.ts'
import { type JsonObject, neededText, objectAt, textAt } from '../json.ts'
import type { Service } from '../service.ts'
import { type GivenColumn, scalarKind } from '../tables/field-schema.ts'
import { type BucketObject, findObjects, readObject } from './bucket.ts'
import { type DateFormats, withTexts } from './date-formats.ts'
import { partitionColumns, partitionsOf, partitionValue } from './hive-partitions.ts'
import { type LoadedRows, type LoadFormat, type LoadSource, readSources, sameColumns } from './load-source.ts'

/** What a load reads, and how. */
export interface FilesToRead {
  readonly upload: LoadSource | undefined
  readonly uris: readonly string[]
  readonly format: LoadFormat
  readonly dates: DateFormats
  /** Keys in the names of folders (`hivePartitioningOptions`); undefined: there are none. */
  readonly keys: FolderKeys | undefined
}

export interface FolderKeys {
  /** Below it folders are named `key=value`. */
  readonly prefix: string
  /** The keys' types; undefined: what their values look like. */
  readonly columns: ((names: readonly string[]) => readonly GivenColumn[]) | undefined
}

export interface FilesRead {
  /** What the table is to have. */
  readonly columns: readonly GivenColumn[]
  /** What the files have: dates with formats of their own are texts in the rows. */
  readonly read: LoadedRows
  readonly files: number
  readonly bytes: number
}

/** @throws ApiError for what is missing or not supported */
export function readFolderKeys(given: JsonObject): FolderKeys | undefined {
  const options = objectAt(given, 'hivePartitioningOptions')
  if (Object.keys(options).length === 0) return undefined
  const uri = neededText(options, 'sourceUriPrefix')
  const mode = (textAt(options, 'mode') ?? 'AUTO').toUpperCase()
  const prefix = uri.replace(/\/?\{.*$/, '')
  const column = (name: string, kind: NonNullable<ReturnType<typeof scalarKind>>): GivenColumn => ({
    name,
    type: { kind },
    mode: 'NULLABLE',
  })
  if (mode === 'AUTO') return { prefix, columns: undefined }
  if (mode === 'STRINGS') return { prefix, columns: (names) => names.map((name) => column(name, 'STRING')) }
  if (mode !== 'CUSTOM')
    throw invalid(`Invalid value for hivePartitioningOptions.mode: ${mode}; AUTO, STRINGS or CUSTOM`)
  const typed = [...uri.matchAll(/\{(\w+):(\w+)\}/g)].map(([, name = '', type = '']) => {
    const kind = scalarKind(type)
    if (kind === undefined) throw invalid(`Invalid type ${type} of the partition key ${name}`)
    return column(name, kind)
  })
  const list = (all: readonly string[]) => all.join(', ')
  return {
    prefix,
    columns: (names) => {
      if (list(names) !== list(typed.map(({ name }) => name)))
        throw invalid(
          `${uri} names the keys (${list(typed.map(({ name }) => name))}), the files have (${list(names)})`,
        )
      return typed
    },
  }
}

/**
 * The rows of all files of a load.
 *
 * @param schema the job's or the table's; undefined: the files tell
 * @throws ApiError
 */
export async function readFiles(
  service: Service,
  given: FilesToRead,
  schema: readonly GivenColumn[] | undefined,
): Promise<FilesRead> {
  const { upload, uris, keys } = given
  const objects = upload === undefined ? findObjects(service, uris) : []
  const sources =
    upload === undefined
      ? objects.map((object) => ({ name: object.uri, bytes: readObject(object) }))
      : [upload]
  const size = { files: sources.length, bytes: sources.reduce((sum, { bytes }) => sum + bytes.length, 0) }
  if (keys === undefined) {
    const read = await readTyped(service, sources, given, schema)
    return { ...size, columns: schema ?? read.columns, read }
  }
  if (upload !== undefined) throw invalid('hivePartitioningOptions are for files of Cloud Storage')
  return { ...size, ...(await readWithKeys(service, objects, sources, { ...given, keys }, schema)) }
}

/** The rows under the columns' own types, though some are texts yet. */
async function readTyped(
  { warehouse }: Service,
  sources: readonly LoadSource[],
  { format, dates }: Pick<FilesToRead, 'format' | 'dates'>,
  schema: readonly GivenColumn[] | undefined,
): Promise<LoadedRows> {
  const read = await readSources(warehouse, sources, format, schema && withTexts(schema, dates))
  return schema === undefined || isDescribed(format) ? read : { ...read, columns: schema }
}

/** Files that tell their own columns. */
export const isDescribed = ({ format }: Pick<LoadFormat, 'format'>): boolean =>
  format === 'AVRO' || format === 'PARQUET'

/** Each file's rows with the values of its folders' keys at their ends. */
async function readWithKeys(
  service: Service,
  objects: readonly BucketObject[],
  sources: readonly LoadSource[],
  given: FilesToRead & { readonly keys: FolderKeys },
  schema: readonly GivenColumn[] | undefined,
): Promise<Pick<FilesRead, 'columns' | 'read'>> {
  const { format, keys } = given
  const folders = partitionsOf(objects, keys.prefix)
  const names = [...(folders[0]?.keys() ?? [])]
  const added: readonly GivenColumn[] =
    keys.columns?.(names) ?? partitionColumns(folders).map((column) => ({ ...column, mode: 'NULLABLE' }))
  const isKey = ({ name }: GivenColumn) => names.some((key) => key.toLowerCase() === name.toLowerCase())
  const detected =
    schema === undefined && !isDescribed(format)
      ? await readSources(service.warehouse, sources, format, undefined)
      : undefined
  const own = schema?.filter((column) => !isKey(column)) ?? detected?.columns
  const parts: LoadedRows[] = []
  let bad = 0
  for (const [index, source] of sources.entries()) {
    const left = {
      ...format,
      maxBadRecords: format.maxBadRecords - bad,
      skipLeadingRows: detected?.skipped ?? format.skipLeadingRows,
    }
    const part = await readTyped(service, [source], { ...given, format: left }, own)
    const values = added.map(({ name, type }) => partitionValue(folders[index]?.get(name) ?? '', type, name))
    bad += part.badRecords
    parts.push({ ...part, rows: part.rows.map((row) => [...row, ...values]) })
  }
  const read = sameColumns(parts)
  const clash = read.columns.find(isKey)
  if (clash !== undefined)
    throw new ApiError(
      'invalid',
      `the files have a column ${clash.name}, which is a key of their folders, too`,
    )
  const found = isDescribed(format) ? read.columns : (own ?? read.columns)
  return {
    columns: [...(own ?? found), ...added],
    read: { rows: read.rows, columns: [...found, ...added], badRecords: bad },
  }
}
