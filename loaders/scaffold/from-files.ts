import { readFile } from 'node:fs/promises'
import { gunzipSync } from 'node:zlib'
import { Problem } from '../../runner/problem.ts'
import { ContainerReader, isAvro } from '../avro/container.ts'
import { parseAvroSchema } from '../avro/schema.ts'
import { type AvroValue, ValueReader } from '../avro/value.ts'
import { findEnvelope } from '../datastream/envelope.ts'
import { rawTarget, type SourceTable, sourceTable } from '../datastream/naming.ts'
import { chooseKey, mergeColumns, type ToldColumn, toldColumns } from './columns.ts'

/** What change files tell of the table that they are of; runner/scaffold makes a scaffold of it. */
export interface ToldTable {
  readonly source: SourceTable
  readonly dataset: string
  readonly name: string
  readonly key: readonly string[]
  /** Keys that other events name. */
  readonly otherKeys: readonly (readonly string[])[]
  readonly columns: readonly ToldColumn[]
  /** `mysql`, `postgresql` …; undefined: not told, as by JSON lines. */
  readonly sourceType?: string | undefined
}

type ToldFile = Pick<ToldTable, 'source' | 'key' | 'columns' | 'sourceType'>

/**
 * Reads what change files tell of their table: columns of all their schemas, key of the last that names one. Of an Avro
 * file only the first event is read, of JSON lines every event: they have no schema.
 *
 * @throws Problem for a file that holds no events, or files of several tables
 */
export async function tableFromFiles(files: readonly string[]): Promise<ToldTable> {
  const told: { readonly file: string; readonly told: ToldFile }[] = []
  for (const file of files) told.push({ file, told: tellFile(file, await bytesOf(file)) })
  const [first] = told
  const last = told.at(-1)
  if (first === undefined || last === undefined)
    throw new Problem('no change file was given', { exitCode: 2 })
  const other = told.find((each) => JSON.stringify(each.told.source) !== JSON.stringify(first.told.source))
  if (other !== undefined)
    throw new Problem(
      `${first.file} is of \`${nameOf(first.told.source)}\`, ${other.file} of \`${nameOf(other.told.source)}\``,
      { hint: 'give the files of one table', exitCode: 2 },
    )
  const columns = mergeColumns(told.map((each) => each.told.columns))
  const keys = told.map((each) => each.told.key).reverse()
  const { source, sourceType } = last.told
  return { ...namesOf(source), ...chooseKey(keys, columns), columns, sourceType }
}

/** A source table's names, its own and those that BigQuery allows. */
export function namesOf(source: SourceTable): Pick<ToldTable, 'source' | 'dataset' | 'name'> {
  const { schema, name } = rawTarget('', source)
  return { source, dataset: schema.replace(/_raw$/, ''), name }
}

const nameOf = ({ database, table }: SourceTable): string => `${database}.${table}`

async function bytesOf(file: string): Promise<Uint8Array> {
  try {
    const bytes = await readFile(file)
    return bytes[0] === 0x1f && bytes[1] === 0x8b ? gunzipSync(bytes) : bytes
  } catch (error) {
    throw new Problem(`cannot read the change file: ${(error as Error).message}`, { file, cause: error })
  }
}

function tellFile(file: string, bytes: Uint8Array): ToldFile {
  try {
    return isAvro(bytes) ? tellAvro(bytes) : tellJson(Buffer.from(bytes).toString('utf8'))
  } catch (error) {
    if (!(error instanceof Problem || error instanceof SyntaxError)) throw error
    throw new Problem(`the file holds no change events: ${error.message}`, {
      file,
      hint: 'land files of other envelopes first: `streamform add table` goes by what has landed',
      cause: error,
    })
  }
}

function tellAvro(bytes: Uint8Array): ToldFile {
  const reader = new ContainerReader()
  const [block] = [...reader.push(bytes)]
  const schema = parseAvroSchema(reader.header?.schema ?? '')
  const { payload } = findEnvelope(schema)
  if (block === undefined) throw new Problem('it has a schema and no event')
  const event = new ValueReader(block.data, 0, block.data.length).read(schema) as Readonly<
    Record<string, AvroValue>
  >
  const metadata = event['source_metadata'] as Readonly<Record<string, unknown>>
  const [sourceType = ''] = String(event['read_method']).split('-')
  const columns = toldColumns(payload, sourceType === 'mysql')
  return { source: sourceTable(metadata), key: keyIn(metadata), columns, sourceType }
}

type JsonEvent = { readonly source_metadata?: unknown; readonly payload?: unknown }

function tellJson(text: string): ToldFile {
  const events = text.trimStart().startsWith('[')
    ? (JSON.parse(text) as JsonEvent[])
    : text.split('\n').flatMap((line) => (line.trim() === '' ? [] : [JSON.parse(line) as JsonEvent]))
  const last = events.at(-1)
  if (last === undefined || !isObject(last.source_metadata))
    throw new Problem('no line has `source_metadata`')
  const types = new Map<string, Set<string>>()
  for (const { payload } of events) {
    if (!isObject(payload)) continue
    for (const [name, value] of Object.entries(payload)) {
      const seen = types.get(name) ?? new Set()
      types.set(name, seen)
      if (value !== null) seen.add(Array.isArray(value) ? 'array' : typeof value)
    }
  }
  const columns = [...types].map(([name, seen]) => ({
    name,
    type: seen.size === 0 ? 'null' : `JSON ${[...seen].join(' or ')}`,
  }))
  return { source: sourceTable(last.source_metadata), key: keyIn(last.source_metadata), columns }
}

/** The key's names: `primary_keys`, `replication_index` (SQL Server), `primary_key` (MongoDB). */
export function keyIn(metadata: Readonly<Record<string, unknown>>): readonly string[] {
  for (const name of ['primary_keys', 'replication_index', 'primary_key']) {
    const value = metadata[name]
    if (Array.isArray(value) && value.length > 0) return value.map(String)
  }
  return []
}

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
