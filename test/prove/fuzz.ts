import { isUtf8 } from 'node:buffer'
import fc from 'fast-check'
import { rawTarget, type SourceTable } from '../../loaders/datastream/naming.ts'
import { land } from '../../loaders/land.ts'
import { FileWork } from '../../loaders/landing/file-work.ts'
import { TableWork } from '../../loaders/landing/table-work.ts'
import { SourceSchemas } from '../../loaders/ledger/source-schemas.ts'
import type { ObjectStore } from '../../loaders/store/store.ts'
import { defaultEffects } from '../../runner/default-effects.ts'
import { Problem } from '../../runner/problem.ts'
import { type Database, openDatabase } from '../../runner/warehouse/duckdb/database.ts'
import { openLanding } from '../../runner/warehouse/duckdb/landing.ts'
import { duckDbState } from '../../runner/warehouse/duckdb/state.ts'
import type { Batch, Landing, RawColumn, Vector } from '../../runner/warehouse/landing.ts'
import { fileOf, fuzzInput } from './fuzz-input.ts'

const project = 'fuzz'

export interface FuzzReport {
  readonly inputs: number
  readonly landed: number
  readonly rows: number
  readonly letters: number
  /** Quarantined, or skipped as no change files. */
  readonly refused: number
  /** Of the inputs, those that went through the whole landing into a warehouse as well. */
  readonly warehoused: number
  /** Of resident memory over that of the beginning. */
  readonly megabytes: number
}

/** One input may take so long and no longer, on a machine that does other things too. */
const slowest = 5000
/** So much more memory than at the beginning is a leak, or a bomb that went off. */
const mostMegabytes = 1500
/** Every so manieth input is landed for good. */
const warehouseEvery = 40

/**
 * Lands files that are damaged in every way. Each must end landed, with the rows and dead letters that its count says,
 * or refused by a Problem; every batch must be sound: whole columns, offsets that grow, texts in UTF-8.
 *
 * @throws Error with the shrunk input and its seed
 */
export async function proveFuzz({ runs, seed }: { runs: number; seed: number }): Promise<FuzzReport> {
  const before = process.memoryUsage().rss
  const counts = { landed: 0, rows: 0, letters: 0, refused: 0, warehoused: 0 }
  let sample: Buffer[] = []
  let inputs = 0
  const property = fc.asyncProperty(fuzzInput, async (input) => {
    const file = fileOf(input)
    const began = performance.now()
    const outcome = await landOne(file, input.base % 2 === 0)
    const took = performance.now() - began
    if (took > slowest) throw new Error(`${Math.round(took)} ms for ${file.length} bytes`)
    inputs++
    if (outcome === undefined) counts.refused++
    else {
      counts.landed++
      counts.rows += outcome.rows
      counts.letters += outcome.letters
    }
    if (inputs % warehouseEvery === 0) sample.push(file)
    if (sample.length < 50) return
    const together = sample
    sample = []
    counts.warehoused += await landForGood(together)
  })
  await fc.assert(property, { numRuns: runs, seed, endOnFailure: false })
  if (sample.length > 0) counts.warehoused += await landForGood(sample)
  const megabytes = Math.round((process.memoryUsage().rss - before) / 1e6)
  if (megabytes > mostMegabytes) throw new Error(`${megabytes} MB more than at the beginning`)
  return { inputs, megabytes, ...counts }
}

/** The whole way but the warehouse; undefined for a file that is refused. */
async function landOne(
  file: Buffer,
  salvage: boolean,
): Promise<{ rows: number; letters: number } | undefined> {
  const landing = new CheckingLanding()
  const tables = new Map<string, TableWork>()
  const tableOf = async (source: SourceTable) => {
    const key = JSON.stringify(source)
    const table = tables.get(key) ?? (await TableWork.open(landing, rawTarget(project, source)))
    tables.set(key, table)
    return table
  }
  const work = new FileWork({
    file: 'f',
    schemas: new SourceSchemas(),
    maxDeadLetters: 1000,
    signal: new AbortController().signal,
    salvage,
    tableOf,
  })
  try {
    await work.read(inPieces(file))
  } catch (error) {
    if (error instanceof Problem) return undefined
    throw error
  }
  for (const table of tables.values()) await table.flush()
  const { rows, unfit } = work.tally
  if (landing.rows !== rows) throw new Error(`${rows} rows were counted, ${landing.rows} were handed over`)
  for (const { event } of unfit) JSON.parse(event)
  return { rows, letters: unfit.length }
}

async function* inPieces(file: Buffer): AsyncGenerator<Uint8Array> {
  const piece = 1 + (file.length % 997)
  for (let at = 0; at < file.length; at += piece) yield Buffer.from(file.subarray(at, at + piece))
}

/** Keeps no rows: looks at each batch whether it is sound. */
class CheckingLanding implements Landing {
  readonly loadedAt = new Date(0)
  rows = 0
  private known: readonly RawColumn[] | undefined

  get state(): never {
    throw new Error('reading a file needs no state')
  }

  async columns(): Promise<readonly RawColumn[] | undefined> {
    return this.known
  }

  async ensure(_table: unknown, columns: readonly RawColumn[]): Promise<void> {
    this.known = columns
  }

  async append(_table: unknown, batch: Batch): Promise<void> {
    const names = new Set(batch.columns.map(({ name }) => name))
    if (names.size !== batch.columns.length) throw new Error('two columns of one name')
    for (const { name, vector } of batch.columns) checkVector(name, vector, batch.length)
    this.rows += batch.length
  }

  async commit(): Promise<void> {}
  async rollback(): Promise<void> {}
}

const lengthOf: Readonly<Record<string, number>> = { NUMERIC: 2 }

function checkVector(name: string, vector: Vector, length: number): void {
  const broken = (what: string) => new Error(`column ${name}: ${what}`)
  if ('valid' in vector && vector.valid !== undefined && vector.valid.length !== length) {
    throw broken(`${vector.valid.length} marks for ${length} rows`)
  }
  switch (vector.kind) {
    case 'STRUCT':
      for (const field of vector.fields) checkVector(`${name}.${field.name}`, field.vector, length)
      return
    case 'ARRAY':
      checkOffsets(vector.offsets, length, broken)
      checkVector(`${name}[]`, vector.element, vector.offsets[length] ?? 0)
      return
    case 'STRING':
    case 'JSON':
    case 'BYTES':
      checkOffsets(vector.offsets, length, broken)
      if (vector.bytes.length !== vector.offsets[length]) throw broken('bytes that no row has')
      if (vector.kind === 'BYTES') return
      for (let row = 0; row < length; row++) {
        const text = vector.bytes.subarray(vector.offsets[row], vector.offsets[row + 1])
        if (!isUtf8(text)) throw broken(`row ${row} is not UTF-8`)
        if (vector.kind === 'JSON' && text.length > 0) JSON.parse(Buffer.from(text).toString())
      }
      return
    default:
      if (vector.values.length !== length * (lengthOf[vector.kind] ?? 1))
        throw broken('values for other rows')
      checkRange(vector, length, broken)
  }
}

function checkOffsets(offsets: Uint32Array, length: number, broken: (what: string) => Error): void {
  if (offsets.length !== length + 1 || offsets[0] !== 0) throw broken('offsets of other rows')
  for (let row = 0; row < length; row++) {
    if ((offsets[row + 1] as number) < (offsets[row] as number)) throw broken('offsets that go back')
  }
}

type Scalar = Exclude<Vector, { readonly kind: 'STRUCT' | 'ARRAY' | 'STRING' | 'JSON' | 'BYTES' }>

const ranges: Readonly<Record<string, readonly [least: bigint, most: bigint]>> = {
  BOOL: [0n, 1n],
  DATE: [-719_162n, 2_932_896n],
  TIME: [0n, 86_399_999_999n],
  TIMESTAMP: [-62_135_596_800_000_000n, 253_402_300_799_999_999n],
  DATETIME: [-62_135_596_800_000_000n, 253_402_300_799_999_999n],
}

function checkRange(vector: Scalar, length: number, broken: (what: string) => Error): void {
  const range = ranges[vector.kind]
  if (range === undefined) return
  for (let row = 0; row < length; row++) {
    if (vector.valid?.[row] === 0) continue
    const value = BigInt(vector.values[row] ?? 0)
    if (value < range[0] || value > range[1]) throw broken(`${value} is outside of ${vector.kind}`)
  }
}

/** Lands files in an embedded warehouse: each is in the ledger once, with as many rows in its table as the ledger says. */
async function landForGood(files: readonly Buffer[]): Promise<number> {
  const database = await openDatabase(':memory:')
  const state = duckDbState(database, project)
  try {
    const warehouse = { state, landing: (now: Date) => openLanding({ database, project, now }) }
    const options = { store: memoryStore(files), warehouse, project, maxDeadLetters: 1_000_000 }
    const effects = defaultEffects()
    const report = await land(options, effects)
    const seen = report.landed + report.quarantined.length + report.skipped.length
    if (seen !== files.length) throw new Error(`${files.length} files, ${seen} in the report`)
    const again = await land(options, effects)
    if (again.landed + again.quarantined.length > 0) throw new Error('landed twice')
    const ledger = await state.selectFrom('files').selectAll().execute()
    const rows = await rowsByFile(database)
    for (const entry of ledger) {
      const there = rows.get(entry.name) ?? 0n
      const counted = entry.status === 'landed' ? entry.rows : 0n
      if (there !== counted)
        throw new Error(`${entry.name} (${entry.status}): ${there} rows, ${counted} counted`)
    }
    return files.length
  } finally {
    await state.destroy()
    database.close()
  }
}

async function rowsByFile(database: Database): Promise<Map<string, bigint>> {
  const connection = await database.connect()
  const query = async (sql: string) => (await connection.runAndReadAll(sql)).getRows()
  const quoted = (text: unknown) => `"${String(text).replaceAll('"', '""')}"`
  const rows = new Map<string, bigint>()
  const tables = await query(
    `select distinct schema_name, table_name from duckdb_columns() where column_name = '_loaded_at'`,
  )
  for (const [schema, table] of tables) {
    const counts = await query(`select _file, count(*) from ${quoted(schema)}.${quoted(table)} group by all`)
    for (const [file, count] of counts)
      rows.set(String(file), (rows.get(String(file)) ?? 0n) + BigInt(String(count)))
  }
  connection.closeSync()
  return rows
}

function memoryStore(files: readonly Buffer[]): ObjectStore {
  const objects = files.map((file, at) => ({
    name: `shop_item/2024/06/01/09/15/f${String(at).padStart(4, '0')}`,
    bytes: file.length,
    version: 'v',
  }))
  return {
    place: 'memory',
    async *list() {
      yield objects
    },
    stat: async (name) => objects.find((object) => object.name === name),
    read: (object) => ({
      pieces: inPieces(files[objects.indexOf(object as (typeof objects)[0])] as Buffer),
      generation: () => 'v',
    }),
    isVersionOf: (generation, version) => generation === version,
  }
}
