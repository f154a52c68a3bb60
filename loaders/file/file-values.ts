import { parquetRows } from '../../runner/warehouse/duckdb/parquet-rows.ts'
import { UnreadableFile } from '../avro/container.ts'
import { type JsonLine, jsonLines, NoJson } from '../datastream/json-events.ts'
import { csvLines } from '../dms/csv.ts'
import type { DmsFile } from '../dms/event.ts'
import { DmsRow, UnevenRow } from '../dms/row.ts'
import type { EnvelopeSettings } from '../envelope-settings.ts'
import { type ContentLimits, maxLineBytes } from './content-limits.ts'

export interface FileValuesOptions {
  readonly envelope: EnvelopeSettings
  /** Give lines of JSON that cannot be read with their error, and go on. */
  readonly salvage: boolean
  readonly limits: ContentLimits
  /** What AWS DMS's name of the file says. */
  readonly dms: () => DmsFile
}

/**
 * The values of a file that is no Avro file, in order: lines of JSON, or the rows of a CSV or Parquet file of AWS DMS.
 * What is JSON is told by its first character and Parquet by its magic bytes; what is CSV only the settings can tell.
 *
 * @throws UnreadableFile; Problem for a file of DMS whose name or columns do not say enough
 */
export async function* fileValues(
  content: AsyncIterable<Uint8Array>,
  options: FileValuesOptions,
): AsyncGenerator<JsonLine> {
  const { kind } = options.envelope
  const [first, all] = await peeked(content)
  if (Buffer.from(first.subarray(0, 4)).equals(parquetMagic)) {
    if (kind !== 'dms')
      throw new UnreadableFile('Parquet is read of AWS DMS alone: say `stream: envelope: dms`', 0)
    yield* parquetValues(all, options.dms())
  } else if (kind === 'dms' && !mayBeJson(first)) yield* csvValues(all, options)
  else {
    let isEmpty = true
    for await (const line of jsonLines(all, options.salvage, options.limits)) {
      isEmpty = false
      yield line
    }
    if (isEmpty) throw new UnreadableFile('neither Avro nor JSON lines: the file has white space only', 0)
  }
}

const parquetMagic = Buffer.from('PAR1')

/** The first bytes, four at least, and the content with them. */
async function peeked(content: AsyncIterable<Uint8Array>): Promise<[Uint8Array, AsyncIterable<Uint8Array>]> {
  const iterator = content[Symbol.asyncIterator]()
  let first: Uint8Array = new Uint8Array(0)
  while (first.length < 4) {
    const next = await iterator.next()
    if (next.done === true) break
    first = Buffer.concat([first, next.value])
  }
  const begin = first
  return [
    begin,
    (async function* () {
      yield begin
      yield* { [Symbol.asyncIterator]: () => iterator }
    })(),
  ]
}

/** A header of CSV does not begin so: DMS puts names in quotes only where they need some. */
function mayBeJson(bytes: Uint8Array): boolean {
  const text = Buffer.from(bytes).toString('latin1').trimStart()
  return text.startsWith('{') || text.startsWith('[')
}

async function* csvValues(
  content: AsyncIterable<Uint8Array>,
  { envelope, limits, dms }: FileValuesOptions,
): AsyncGenerator<JsonLine> {
  const { csvDelimiter, csvNull } = envelope.dms
  const file = dms()
  let names: readonly string[] | undefined
  let columns: DmsRow['columns'] = []
  for await (const { fields, offset } of csvLines(content, csvDelimiter, maxLineBytes(limits))) {
    if (names === undefined) {
      names = fields.map(({ text }) => text)
      checkNames(names, file)
      columns = names.map((name) => ({ name, type: { kind: 'STRING' } }))
      continue
    }
    const texts = fields.map(({ text, isQuoted }) => (!isQuoted && text === csvNull ? null : text))
    const value =
      fields.length === names.length
        ? new DmsRow(columns, Object.fromEntries(names.map((name, at) => [name, texts[at] ?? null])))
        : new UnevenRow(
            fields.map(({ text }) => text),
            names.length,
          )
    yield { value, offset }
  }
  if (names === undefined) throw new NoJson()
}

/** @throws Problem */
function checkNames(names: readonly string[], file: DmsFile): void {
  const twice = names.find((name, at) => names.indexOf(name) < at)
  if (twice !== undefined)
    throw new UnreadableFile('the first line has a name twice: it may be a row, not names', 0)
  file.checkColumns(names)
}

async function* parquetValues(content: AsyncIterable<Uint8Array>, file: DmsFile): AsyncGenerator<JsonLine> {
  for await (const { columns, rows } of parquetRows(content)) {
    checkNames(
      columns.map(({ name }) => name),
      file,
    )
    for (const row of rows) {
      const values = Object.fromEntries(columns.map(({ name }, at) => [name, row[at] ?? null]))
      yield { value: new DmsRow(columns, values), offset: 0 }
    }
  }
}
