import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import type { Value } from '../../googlesql/result.ts'
import type { FileRows, LocalWarehouse } from '../../warehouse/local-warehouse.ts'
import { ApiError, invalid } from '../api-error.ts'
import { isObject, type Json, type JsonObject, parseJson } from '../json.ts'
import type { GivenColumn } from '../tables/field-schema.ts'
import { readAvro } from './avro-source.ts'
import { type CsvField, type CsvFormat, csvLines } from './csv.ts'
import { columnName, detectFromJson, detectFromTexts, guessText } from './detect-schema.ts'
import { membersOf, readJsonValue, readText, ValueError } from './read-value.ts'

/** A file that a load job reads: its name for messages, and its bytes. */
export interface LoadSource {
  readonly name: string
  readonly bytes: Buffer
}

export interface LoadFormat {
  readonly format: 'CSV' | 'NEWLINE_DELIMITED_JSON' | 'AVRO' | 'PARQUET'
  readonly csv: CsvFormat
  readonly encoding: 'utf8' | 'latin1'
  readonly skipLeadingRows: number | undefined
  readonly jaggedRows: boolean
  readonly nullMarkers: readonly string[]
  readonly ignoreUnknown: boolean
  readonly maxBadRecords: number
  readonly avroLogicalTypes: boolean
}

/** Rows of a load, and how many were left out because they could not be read. */
export interface LoadedRows extends FileRows {
  readonly columns: readonly GivenColumn[]
  readonly badRecords: number
  /** Of CSV: the lines at the head of each file that are no rows. */
  readonly skipped?: number
}

/**
 * Reads the files of a load job.
 *
 * @param columns the job's schema or the table's; undefined: from the files (Avro, Parquet) or from what they hold
 * @throws ApiError for more bad rows than the job allows
 */
export async function readSources(
  warehouse: LocalWarehouse,
  sources: readonly LoadSource[],
  format: LoadFormat,
  columns: readonly GivenColumn[] | undefined,
): Promise<LoadedRows> {
  const plain = sources.map(({ name, bytes }) => ({ name, bytes: unzipped(bytes) }))
  switch (format.format) {
    case 'AVRO':
    case 'PARQUET': {
      const files: FileRows[] = []
      for (const { bytes } of plain) {
        const file =
          format.format === 'AVRO'
            ? await readAvro(bytes, format.avroLogicalTypes)
            : await parquetRows(warehouse, bytes)
        files.push(file)
      }
      return sameColumns(files)
    }
    case 'NEWLINE_DELIMITED_JSON':
      return jsonRows(plain, format, columns)
    case 'CSV':
      return csvRows(plain, format, columns)
  }
}

function unzipped(bytes: Buffer): Buffer {
  return bytes[0] === 0x1f && bytes[1] === 0x8b ? gunzipSync(bytes) : bytes
}

/** DuckDB reads Parquet from a file only. */
async function parquetRows(warehouse: LocalWarehouse, bytes: Buffer): Promise<FileRows> {
  const folder = mkdtempSync(join(tmpdir(), 'streamform-load-'))
  const file = join(folder, 'upload.parquet')
  try {
    writeFileSync(file, bytes)
    return await warehouse.readParquet(file)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

/** The rows of files of equal columns. @throws ApiError for others */
export function sameColumns(files: readonly FileRows[]): LoadedRows {
  const [first] = files
  if (first === undefined) throw invalid('there is no file to load')
  const shape = JSON.stringify(first.columns)
  if (files.some(({ columns }) => JSON.stringify(columns) !== shape))
    throw new ApiError('notImplemented', 'files with different columns cannot be loaded by one job locally')
  return {
    columns: first.columns.map(({ name, type }) => ({
      name,
      type,
      mode: type.kind === 'ARRAY' ? 'REPEATED' : 'NULLABLE',
    })),
    rows: files.length === 1 ? first.rows : files.flatMap(({ rows }) => rows),
    badRecords: 0,
  }
}

/** Collects rows that cannot be read, up to what the job allows. */
class BadRows {
  readonly #format: LoadFormat
  count = 0

  constructor(format: LoadFormat) {
    this.#format = format
  }

  /** The row, or undefined if it is left out. @throws ApiError if it is one too many */
  read<Row>(source: string, place: string, read: () => Row): Row | undefined {
    try {
      return read()
    } catch (error) {
      if (!(error instanceof ValueError) && !(error instanceof SyntaxError)) throw error
      this.count += 1
      if (this.count <= this.#format.maxBadRecords) return undefined
      const what = this.#format.format === 'CSV' ? 'CSV' : 'JSON'
      throw new ApiError(
        'invalid',
        `Error while reading data, error message: ${what} table encountered too many errors, giving up. Rows: ${this.count}; errors: ${this.count}; max bad: ${this.#format.maxBadRecords}. File: ${source}; ${place}: ${error.message}`,
        { location: source, cause: error },
      )
    }
  }
}

function jsonRows(
  sources: readonly LoadSource[],
  format: LoadFormat,
  columns: readonly GivenColumn[] | undefined,
): LoadedRows {
  const bad = new BadRows(format)
  const objects = sources.flatMap(({ name, bytes }) =>
    bytes
      .toString('utf8')
      .replace(/^\uFEFF/, '')
      .split('\n')
      .flatMap((line, index) => {
        if (line.trim() === '') return []
        const object = bad.read(name, `line ${index + 1}`, () => objectOf(parseJson(line)))
        return object === undefined ? [] : [{ name, place: `line ${index + 1}`, object }]
      }),
  )
  const found = columns ?? detectFromJson(objects.map(({ object }) => object))
  const rows = objects.flatMap(({ name, place, object }) => {
    const row = bad.read(name, place, () =>
      jsonRow(object, found, { json: 'value', ignoreUnknown: format.ignoreUnknown }),
    )
    return row === undefined ? [] : [row]
  })
  return { columns: found, rows, badRecords: bad.count }
}

function objectOf(value: Json): JsonObject {
  if (!isObject(value)) throw new ValueError('', 'a row must be a JSON object')
  return value
}

/** A JSON row in the order of the columns. @throws ValueError */
export function jsonRow(
  object: JsonObject,
  columns: readonly GivenColumn[],
  options: { readonly json: 'value' | 'text'; readonly ignoreUnknown: boolean },
): readonly Value[] {
  const members = membersOf(object)
  const row = columns.map((column) => {
    const key = column.name.toLowerCase()
    const value = readJsonValue(members.get(key), column.type, column.name, options)
    members.delete(key)
    return checked(value, column)
  })
  const [unknown] = members.keys()
  if (unknown !== undefined && !options.ignoreUnknown)
    throw new ValueError(unknown, `no such field: ${unknown}.`)
  return row
}

/** What the table would refuse, said of the row that has it. */
function checked(value: Value, { name, mode, type, parameters, defaultText }: GivenColumn): Value {
  if (value === null && mode === 'REQUIRED' && defaultText === undefined)
    throw new ValueError(name, `Missing required field: ${name}.`)
  const [most] = parameters ?? []
  if (most === undefined || value === null) return value
  const length =
    type.kind === 'STRING' ? [...String(value)].length : value instanceof Uint8Array ? value.length : 0
  if (length > most)
    throw new ValueError(
      name,
      `Field ${name}: ${type.kind}(${most}) has maximum length ${most} but got a value with length ${length}.`,
    )
  return value
}

function csvRows(
  sources: readonly LoadSource[],
  format: LoadFormat,
  columns: readonly GivenColumn[] | undefined,
): LoadedRows {
  const bad = new BadRows(format)
  const files = sources.map(({ name, bytes }) => ({
    name,
    lines: [...csvLines(bytes.toString(format.encoding), format.csv)],
  }))
  const { found, skipped } =
    columns === undefined ? detected(files, format) : { found: columns, skipped: format.skipLeadingRows ?? 0 }
  const rows = files.flatMap(({ name, lines }) =>
    lines.slice(skipped).flatMap((fields, index) => {
      const row = bad.read(name, `row ${index + skipped + 1}`, () => csvRow(fields, found, format))
      return row === undefined ? [] : [row]
    }),
  )
  return { columns: found, rows, badRecords: bad.count, skipped }
}

function csvRow(
  fields: readonly CsvField[],
  columns: readonly GivenColumn[],
  format: LoadFormat,
): readonly Value[] {
  if (fields.length > columns.length && !format.ignoreUnknown)
    throw new ValueError(
      '',
      `Too many values in row. Found ${fields.length} column(s) while expecting ${columns.length}.`,
    )
  if (fields.length < columns.length && !format.jaggedRows)
    throw new ValueError(
      '',
      `Too few values in row. Found ${fields.length} column(s) while expecting ${columns.length}.`,
    )
  return columns.map((column, index) => {
    const field = fields[index]
    const text = field === undefined ? null : textOf(field, column, format)
    if (column.type.kind === 'ARRAY' || column.type.kind === 'STRUCT')
      throw invalid(`CSV cannot hold the nested or repeated column ${column.name}`)
    return checked(text === null ? null : readText(text, column.type, column.name), column)
  })
}

/** The text of a field, or null: an empty field is NULL, but an empty text in quotes is one where the column is a STRING. */
function textOf(
  { text, quoted }: CsvField,
  { type }: Pick<GivenColumn, 'type'>,
  { nullMarkers }: LoadFormat,
): string | null {
  const textual = type.kind === 'STRING' || type.kind === 'BYTES'
  if (nullMarkers.includes(text) && !(quoted && textual)) return null
  return text
}

/** Columns of a CSV without a schema: names from its header, if it has one. */
function detected(
  files: readonly { readonly lines: readonly (readonly CsvField[])[] }[],
  format: LoadFormat,
): { readonly found: readonly GivenColumn[]; readonly skipped: number } {
  const [first] = files
  const before = Math.max((format.skipLeadingRows ?? 1) - 1, 0)
  const head = first?.lines[before] ?? []
  const body = (from: number) =>
    files.flatMap(({ lines }) =>
      lines
        .slice(from)
        .map((line) => line.map((field) => textOf(field, { type: { kind: 'STRING' } }, format))),
    )
  const rest = body(before + 1)
  const looks = head.map((_, index) => rest.some((line) => isTyped(line[index])))
  const named =
    format.skipLeadingRows !== 0 &&
    head.every(({ text }) => text !== '' && !isTyped(text)) &&
    (format.skipLeadingRows !== undefined || looks.includes(true))
  const names = named ? head.map(({ text }) => columnName(text)) : head.map((_, index) => `field_${index}`)
  const skipped = named ? before + 1 : (format.skipLeadingRows ?? 0)
  const found = detectFromTexts(names, named ? rest : body(skipped))
  return {
    found: named
      ? found
      : found.map((column, index) => ({
          ...column,
          name: `${column.type.kind.toLowerCase()}_field_${index}`,
        })),
    skipped,
  }
}

const isTyped = (text: string | null | undefined): boolean =>
  text !== null && text !== undefined && text !== '' && guessText(text).kind !== 'STRING'
