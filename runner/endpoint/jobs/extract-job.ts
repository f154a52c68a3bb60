import { gzipSync } from 'node:zlib'
import { sqlTable } from '../../googlesql/quote.ts'
import type { ResultColumn, Value } from '../../googlesql/result.ts'
import type { Target } from '../../googlesql/target.ts'
import type { SqlType } from '../../googlesql/types/type.ts'
import type { FileRows } from '../../warehouse/local-warehouse.ts'
import { ApiError, invalid, notFound } from '../api-error.ts'
import { floatText } from '../cell.ts'
import { checkObject, writeObject } from '../files/bucket.ts'
import { writeAvro } from '../files/write-avro.ts'
import { writeParquet } from '../files/write-parquet.ts'
import { flagAt, type JsonObject, listAt, objectAt, parseJson, textAt } from '../json.ts'
import { tableName, targetOf } from '../reference.ts'
import type { Service } from '../service.ts'
import type { Outcome } from './job.ts'

/** The files that rows are to be written to. */
export interface FileRequest {
  readonly uris: readonly string[]
  readonly format: (typeof formats)[number]
  readonly compression: string
  /** `useAvroLogicalTypes` */
  readonly logical: boolean
  readonly header: boolean
  readonly delimiter: string
}

/** `configuration.extract`. */
export interface ExtractRequest extends FileRequest {
  readonly source: Target
}

const formats = ['CSV', 'NEWLINE_DELIMITED_JSON', 'AVRO', 'PARQUET'] as const

const isFormat = (text: string): text is (typeof formats)[number] =>
  (formats as readonly string[]).includes(text)

const compressions: Readonly<Record<(typeof formats)[number], readonly string[]>> = {
  CSV: ['NONE', 'GZIP'],
  NEWLINE_DELIMITED_JSON: ['NONE', 'GZIP'],
  AVRO: ['NONE', 'DEFLATE'],
  PARQUET: ['NONE'],
}

export function readExtract(given: JsonObject, project: string): ExtractRequest {
  const format = (textAt(given, 'destinationFormat') ?? 'CSV').toUpperCase()
  if (!isFormat(format))
    throw new ApiError(
      'notImplemented',
      `extracting ${format} is not supported locally; ${formats.join(', ')} are`,
    )
  const compression = (textAt(given, 'compression') ?? 'NONE').toUpperCase()
  checkCompression(format, compression)
  const uris = listAt(given, 'destinationUris').map(String)
  const uri = textAt(given, 'destinationUri')
  if (uris.length === 0 && uri === undefined)
    throw new ApiError('required', 'Required parameter is missing: destinationUris')
  return {
    source: targetOf(objectAt(given, 'sourceTable'), project),
    uris: uris.length === 0 && uri !== undefined ? [uri] : uris,
    format,
    compression,
    logical: flagAt(given, 'useAvroLogicalTypes') ?? false,
    header: flagAt(given, 'printHeader') ?? true,
    delimiter: delimiterOf(textAt(given, 'fieldDelimiter')),
  }
}

/** @throws ApiError for one that we do not write */
export function checkCompression(format: FileRequest['format'], compression: string): void {
  if (!compressions[format].includes(compression))
    throw new ApiError(
      'notImplemented',
      `compression ${compression} of ${format} is not supported locally; ${compressions[format].join(' and ')} are`,
    )
}

/** `tab` and `\t` stand for a tabulator. */
export function delimiterOf(given: string | undefined): string {
  if (given === undefined || given === '') return ','
  const sign = given === 'tab' || given === '\\t' ? '\t' : given
  if ([...sign].length !== 1) throw invalid(`Invalid value for fieldDelimiter: ${given}`, 'fieldDelimiter')
  return sign
}

/** Writes the whole table to the first file of each URI: `*` becomes the file's number, 000000000000. */
export async function extractTable(
  service: Service,
  request: ExtractRequest,
  signal: AbortSignal,
): Promise<Outcome> {
  const { source, uris } = request
  const definition = await service.warehouse.definition(source)
  if (definition === undefined) throw notFound(`Table ${tableName(source)}`)
  if (definition.kind !== 'TABLE' && definition.kind !== 'SNAPSHOT')
    throw invalid(
      `${tableName(source)} is not allowed for this operation because it is currently a ${definition.kind}.`,
    )
  checkWritable(service, request, definition.columns)
  const { columns, rows } = await service.warehouse.execute(`SELECT * FROM ${sqlTable(source)}`, {
    signal,
    wholeTables: true,
  })
  writeRows(service, request, { columns, rows })
  return {
    statistics: { extract: { destinationUriFileCounts: uris.map(() => '1'), inputBytes: '0' } },
  }
}

/** @throws ApiError if there is no place for the files, or the format has none for a column */
export function checkWritable(
  service: Pick<Service, 'bucketFolder'>,
  { format, uris }: FileRequest,
  columns: FileRows['columns'],
): void {
  for (const uri of uris) checkObject(service, firstFile(uri))
  const nested = columns.find(({ type }) => type.kind === 'ARRAY' || type.kind === 'STRUCT')
  if (format === 'CSV' && nested !== undefined)
    throw invalid(`Operation cannot be performed on a nested schema. Field: ${nested.name}`)
}

/** Writes rows, of columns that are writable, to the first file of each URI. */
export function writeRows(
  service: Pick<Service, 'bucketFolder'>,
  request: FileRequest,
  { columns, rows }: FileRows,
): void {
  const bytes = bytesOf(columns, rows, request)
  for (const uri of request.uris) writeObject(service, firstFile(uri), bytes)
}

/** `*` becomes the file's number. */
export const firstFile = (uri: string): string => uri.replace('*', '000000000000')

function bytesOf(
  columns: readonly ResultColumn[],
  rows: readonly (readonly Value[])[],
  request: FileRequest,
): Buffer {
  const { format, compression, logical } = request
  if (format === 'AVRO')
    return writeAvro(columns, rows, logical, compression === 'DEFLATE' ? 'deflate' : 'null')
  if (format === 'PARQUET') return writeParquet(columns, rows)
  const text = format === 'CSV' ? csv(columns, rows, request) : jsonLines(columns, rows)
  return compression === 'GZIP' ? gzipSync(text) : Buffer.from(text)
}

function csv(
  columns: readonly ResultColumn[],
  rows: readonly (readonly Value[])[],
  { header, delimiter }: FileRequest,
): string {
  const quoted = (text: string) =>
    text.includes(delimiter) || /["\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
  const lines = rows.map((row) =>
    columns.map(({ type }, index) => quoted(plainText(row[index] ?? null, type))).join(delimiter),
  )
  if (header) lines.unshift(columns.map(({ name }) => quoted(name)).join(delimiter))
  return lines.map((line) => `${line}\n`).join('')
}

function jsonLines(columns: readonly ResultColumn[], rows: readonly (readonly Value[])[]): string {
  const fields = columns.map(({ name, type }) => ({ name, type }))
  return rows.map((row) => `${JSON.stringify(jsonOf(row, { kind: 'STRUCT', fields }))}\n`).join('')
}

/** NULL is an empty field in CSV; timestamps are written as BigQuery writes them: `2024-01-02 03:04:05 UTC`. */
function plainText(value: Value, type: SqlType): string {
  if (value === null) return ''
  if (type.kind === 'BYTES') return Buffer.from(value as Uint8Array).toString('base64')
  if (type.kind === 'FLOAT64') return floatText(Number(value)).replace(/\.0$/, '')
  if (type.kind === 'TIMESTAMP') return String(value).replace('T', ' ').replace(/Z$/, ' UTC')
  return String(value)
}

/** NULL fields are left out, INT64 are texts, as BigQuery's export has it. */
function jsonOf(value: Value, type: SqlType): unknown {
  if (value === null) return null
  switch (type.kind) {
    case 'ARRAY':
      return (value as readonly Value[]).map((item) => jsonOf(item, type.element))
    case 'STRUCT': {
      const values = value as readonly Value[]
      const members = type.fields.map((field, index) => [
        field.name ?? `_field_${index + 1}`,
        jsonOf(values[index] ?? null, field.type),
      ])
      return Object.fromEntries(members.filter(([, member]) => member !== null))
    }
    case 'BOOL':
      return value
    case 'FLOAT64':
      return Number.isFinite(value) ? value : floatText(Number(value))
    case 'JSON':
      return parseJson(String(value))
    default:
      return plainText(value, type)
  }
}
