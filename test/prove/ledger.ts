import { deepEqual, equal, rejects } from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { mkdirSync, mkdtempSync, renameSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import fc from 'fast-check'
import { forgetFiles } from '../../loaders/files.ts'
import { type LandOptions, land } from '../../loaders/land.ts'
import { discardDeadLetters, retryDeadLetters } from '../../loaders/retry-dead-letters.ts'
import { localStore } from '../../loaders/store/local.ts'
import { defaultEffects } from '../../runner/default-effects.ts'
import { openDatabase } from '../../runner/warehouse/duckdb/database.ts'
import { openLanding } from '../../runner/warehouse/duckdb/landing.ts'
import { duckDbState } from '../../runner/warehouse/duckdb/state.ts'
import type { Landing } from '../../runner/warehouse/landing.ts'
import type { Warehouse } from '../../runner/warehouse/warehouse.ts'
import { mysqlFile } from '../loaders/events.ts'

const project = 'ledger'

// Random histories of what happens to a stream and its ledger, against a model of it: which events each version of each
// file must have brought to the raw table, how often, and which must wait as letters.

/** What a file holds: its events by number, of which some do not fit while the column is a date. */
interface Content {
  readonly first: number
  readonly fits: readonly boolean[]
  /** The file is cut short. */
  readonly cut: boolean
}

type Step =
  | { readonly do: 'deliver'; readonly name: number; readonly content: Content }
  | { readonly do: 'redeliver'; readonly from: number; readonly name: number }
  | { readonly do: 'land'; readonly salvage: boolean; readonly groups: number; readonly clock: number }
  | { readonly do: 'crash'; readonly at: number }
  | { readonly do: 'two loaders' }
  | { readonly do: 'retry files' | 'forget'; readonly name: number }
  | { readonly do: 'retry letters' | 'discard letters' | 'widen' }

const content = fc.record({
  first: fc.integer({ min: 1, max: 40 }),
  fits: fc.array(fc.boolean(), { maxLength: 8, size: 'max' }),
  cut: fc.boolean(),
})
const name = fc.integer({ min: 0, max: 2 })

const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 5, arbitrary: fc.record({ do: fc.constant('deliver' as const), name, content }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('redeliver' as const), from: name, name }) },
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constant('land' as const),
      salvage: fc.boolean(),
      groups: fc.integer({ min: 1, max: 3 }),
      clock: fc.integer({ min: 0, max: 100 }),
    }),
  },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('crash' as const), at: fc.nat(14) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('two loaders' as const) }) },
  {
    weight: 3,
    arbitrary: fc.record({ do: fc.constantFrom('retry files' as const, 'forget' as const), name }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constantFrom('retry letters' as const, 'discard letters' as const, 'widen' as const),
    }),
  },
)

const date = { type: 'int', logicalType: 'date' }
const unfitDay = 5_000_000
const pathOf = (file: number) => `shop_item/2024/06/01/00/00/f${file}.avro`

function bytesOf({ first, fits, cut }: Content): Buffer {
  const rows = fits.map((isFit, index) => ({ id: first + index, d: isFit ? index : unfitDay }))
  const fields = [
    { name: 'id', type: 'long' },
    { name: 'd', type: date },
  ]
  const file = mysqlFile(fields, rows, { first, blockRows: 2 })
  return cut ? file.subarray(0, file.length - 3) : file
}

class Crash extends Error {}

interface Embedded {
  readonly warehouse: Pick<Warehouse, 'state' | 'landing'>
  query(sql: string): Promise<Record<string, unknown>[]>
  close(): Promise<void>
}

async function openEmbedded(): Promise<Embedded> {
  const database = await openDatabase(':memory:')
  const state = duckDbState(database, project)
  return {
    warehouse: { state, landing: (now) => openLanding({ database, project, now }) },
    async query(sql) {
      const connection = await database.connect()
      try {
        return (await connection.runAndReadAll(sql)).getRowObjectsJson() as Record<string, unknown>[]
      } finally {
        connection.closeSync()
      }
    },
    async close() {
      await state.destroy()
      database.close()
    },
  }
}

/** What must be true of warehouse and ledger. */
class Model {
  private readonly folder: string
  private readonly warehouse: Embedded
  private readonly files = new Map<number, { content: Content; version: number }>()
  /** By `<file> <version>`. */
  private readonly known = new Map<string, 'landed' | 'quarantined'>()
  /** `<file>#<row>:<id>` of each row of the raw table, sorted. */
  rows: string[] = []
  /** Letters that wait, and what they would land as. */
  private waiting = new Map<string, string>()
  private isText = false
  private versions = 0
  private clock = 0

  constructor(folder: string, warehouse: Embedded) {
    this.folder = folder
    this.warehouse = warehouse
  }

  async run(step: Step): Promise<void> {
    switch (step.do) {
      case 'deliver':
        return this.write(step.name, step.content)
      case 'redeliver': {
        const file = this.files.get(step.from)
        return file === undefined ? undefined : this.write(step.name, file.content)
      }
      case 'land': {
        this.clock = step.clock
        await this.land({ salvage: step.salvage, filesPerTransaction: step.groups })
        return this.landAll(step.salvage)
      }
      case 'crash':
        return await this.crash(step.at)
      case 'two loaders':
        await Promise.all([0, 1].map(() => this.land({ filesPerTransaction: 1 })))
        return this.landAll(false)
      case 'retry files':
        return await this.forget(step.name, 'quarantined')
      case 'forget':
        return await this.forget(step.name, 'landed')
      case 'retry letters':
        await retryDeadLetters(this.warehouse.warehouse, project, [], this.now())
        if (!this.isText) return
        this.rows.push(...this.waiting.values())
        this.waiting.clear()
        return
      case 'discard letters':
        await discardDeadLetters(this.warehouse.warehouse, [], this.now())
        this.waiting.clear()
        return
      case 'widen':
        return await this.widen()
    }
  }

  private now(): Date {
    return new Date(Date.UTC(2024, 5, 2, 0, 0, this.clock))
  }

  private async land(options: Partial<LandOptions>): Promise<void> {
    const store = localStore(this.folder)
    const { warehouse } = this.warehouse
    await land({ store, warehouse, project, maxDeadLetters: 1000, ...options }, this.effects())
  }

  private effects() {
    return { ...defaultEffects(), note: () => {}, now: () => this.now() }
  }

  /** Each version is another file, with a time of its own: writing is done beside it, as a store does. */
  private write(file: number, content: Content): void {
    const path = join(this.folder, pathOf(file))
    mkdirSync(dirname(path), { recursive: true })
    const version = ++this.versions
    writeFileSync(join(this.folder, 'new'), bytesOf(content))
    utimesSync(join(this.folder, 'new'), 1_700_000_000 + version, 1_700_000_000 + version)
    renameSync(join(this.folder, 'new'), path)
    this.files.set(file, { content, version })
  }

  private landAll(salvage: boolean): void {
    for (const [file, { content, version }] of this.files) {
      const key = `${file} ${version}`
      if (this.known.has(key)) continue
      // What is cut has all its rows but no marker at its end; without a row no table is known.
      const isReadable = !content.cut || (salvage && content.fits.length > 0)
      this.known.set(key, isReadable ? 'landed' : 'quarantined')
      if (isReadable) this.landFile(file, version, content)
    }
  }

  private landFile(file: number, version: number, { first, fits }: Content): void {
    fits.forEach((isFit, index) => {
      const row = `${pathOf(file)}#${index}:${first + index}`
      const letter = `${file} ${version} ${index}`
      this.waiting.delete(letter)
      if (isFit || this.isText) this.rows.push(row)
      else this.waiting.set(letter, row)
    })
  }

  /** A landing whose step number `at` fails: each of its transactions is there or not. */
  private async crash(at: number): Promise<void> {
    let steps = 0
    const fail = () => {
      if (steps++ === at) throw new Crash()
    }
    const { warehouse } = this.warehouse
    const failing = {
      state: warehouse.state,
      async landing(now: Date): Promise<Landing> {
        fail()
        const landing = await warehouse.landing(now)
        return {
          state: landing.state,
          loadedAt: landing.loadedAt,
          columns: (table) => landing.columns(table),
          ensure: async (table, columns) => {
            fail()
            await landing.ensure(table, columns)
          },
          append: async (table, batch) => {
            fail()
            await landing.append(table, batch)
          },
          commit: async () => {
            fail()
            await landing.commit()
          },
          rollback: () => landing.rollback(),
        }
      },
    }
    const options = {
      store: localStore(this.folder),
      warehouse: failing,
      project,
      maxDeadLetters: 1000,
      filesPerTransaction: 1,
    }
    try {
      await land(options, this.effects())
    } catch (error) {
      if (!(error instanceof Crash)) throw error
    }
    await this.takeWhole()
  }

  /** After a crash: files that the ledger has are wholly there, others not at all. */
  private async takeWhole(): Promise<void> {
    const entries = await this.warehouse.query(
      `select name, generation, status from "${project}.streamform".files where status in ('landed', 'quarantined')`,
    )
    for (const [file, { content, version }] of this.files) {
      const key = `${file} ${version}`
      const hash = createHash('sha256').update(bytesOf(content)).digest('hex')
      const entry = entries.find(
        ({ name: path, generation }) =>
          path === pathOf(file) &&
          String(generation).includes(`-${1_700_000_000 + version}000000000-`) &&
          String(generation).endsWith(`-${hash}`),
      )
      if (entry === undefined || this.known.has(key)) continue
      this.known.set(key, entry['status'] as 'landed' | 'quarantined')
      if (entry['status'] === 'landed') this.landFile(file, version, content)
    }
  }

  private async forget(file: number, status: 'landed' | 'quarantined'): Promise<void> {
    const mine = [...this.known].filter(([key, known]) => key.startsWith(`${file} `) && known === status)
    const version = this.files.get(file)?.version
    // Of a file in quarantine that was written anew only the newest is still there.
    const some = mine.filter(
      ([key]) => status === 'landed' || key === `${file} ${version}` || !this.wasReplaced(file),
    )
    const forgetting = forgetFiles(this.warehouse.warehouse, [pathOf(file)], status, this.now())
    if (some.length === 0) return await rejects(forgetting, new RegExp(`the ledger has no ${status} file`))
    deepEqual(await forgetting, [pathOf(file)])
    for (const [key] of mine) this.known.delete(key)
  }

  /** True if the ledger knows of a version of the file that came after one in quarantine. */
  private wasReplaced(file: number): boolean {
    const versions = [...this.known.keys()].filter((key) => key.startsWith(`${file} `))
    const newest = Math.max(...versions.map((key) => Number(key.split(' ')[1])))
    return versions.some((key) => this.known.get(key) === 'quarantined' && Number(key.split(' ')[1]) < newest)
  }

  /** A file of another writer makes the column text, which has room for any day. */
  private async widen(): Promise<void> {
    const path = join(this.folder, pathOf(99))
    const fields = [
      { name: 'id', type: 'long' },
      { name: 'd', type: 'string' },
    ]
    if (this.isText) return
    mkdirSync(dirname(path), { recursive: true })
    writeFileSync(path, mysqlFile(fields, [{ id: 99, d: 'x' }]))
    // Alone: what else waits is landed by another step.
    const store = localStore(this.folder)
    const only = {
      ...store,
      async *list() {
        for await (const page of store.list()) yield page.filter(({ name: each }) => each === pathOf(99))
      },
    }
    await land(
      { store: only, warehouse: this.warehouse.warehouse, project, maxDeadLetters: 1000 },
      this.effects(),
    )
    this.isText = true
    this.rows.push(`${pathOf(99)}#0:99`)
  }

  async check(): Promise<void> {
    const tables = await this.warehouse.query(`select 1 from duckdb_tables() where table_name = 'item'`)
    const rows =
      tables.length === 0
        ? []
        : await this.warehouse.query(
            `select _file || '#' || _row || ':' || payload.id as row, _loaded_at from "${project}.shop_raw".item`,
          )
    deepEqual(rows.map(({ row }) => String(row)).sort(), [...this.rows].sort())
    const { state } = this.warehouse.warehouse
    const letters = await state
      .selectFrom('dead_letters')
      .select('row')
      .where('status', '=', 'waiting')
      .execute()
    equal(letters.length, this.waiting.size)
  }
}

/**
 * Histories of what happens to a stream and its ledger: files delivered, delivered again, written anew, cut short; landed
 * in transactions of any size, by one loader or two, with crashes; quarantined, salvaged, forgotten; letters retried and
 * discarded; a column that becomes text. After each step raw table and letters are compared with the model, row for row.
 *
 * @throws Error with the shrunk history and its seed
 */
export async function proveLedger({
  runs,
  seed,
}: {
  runs: number
  seed: number
}): Promise<{ steps: number; rows: number }> {
  const counts = { steps: 0, rows: 0 }
  const property = fc.asyncProperty(
    fc.array(step, { minLength: 8, maxLength: 20, size: 'max' }),
    async (steps) => {
      const folder = mkdtempSync(join(tmpdir(), 'streamform-ledger-'))
      const warehouse = await openEmbedded()
      try {
        const model = new Model(folder, warehouse)
        await model.check()
        const last: readonly Step[] = [
          { do: 'land', salvage: false, groups: 4096, clock: 0 },
          { do: 'retry letters' },
        ]
        for (const each of [...steps, ...last]) {
          await model.run(each)
          await model.check()
          counts.steps++
        }
        counts.rows += model.rows.length
      } finally {
        await warehouse.close()
        rmSync(folder, { recursive: true, force: true })
      }
    },
  )
  await fc.assert(property, { numRuns: runs, seed })
  return counts
}
