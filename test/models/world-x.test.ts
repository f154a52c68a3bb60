import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { land } from '../../loaders/land.ts'
import { writeSample } from '../../loaders/sample/sample.ts'
import { localStore } from '../../loaders/store/local.ts'
import { executeRun, runnable } from '../../runner/execute/execute-run.ts'
import { type CompiledProject, compile } from '../../runner/project/compile/compile.ts'
import type { Warehouse } from '../../runner/warehouse/warehouse.ts'
import { effects } from '../endpoint/dataform-run.ts'
import { shared } from '../shared.ts'
import { project, type Row, root, rowsOf } from './model-project.ts'
import { openTestWarehouse } from './test-warehouse.ts'

const dump = shared('data/world_x.sql')

const count = async (warehouse: Warehouse, table: string): Promise<unknown> =>
  (await rowsOf(warehouse, `SELECT COUNT(*) AS n FROM \`${table}\``))[0]?.['n']

/** A stream, the warehouse that it lands in, and the project's models over it. */
class World {
  readonly folder = mkdtempSync(join(tmpdir(), 'streamform-world-'))
  readonly warehouse: Warehouse
  readonly compiled: CompiledProject
  private readonly source: { readonly file: string; readonly database: string } | undefined

  constructor(warehouse: Warehouse, compiled: CompiledProject, source?: World['source']) {
    this.warehouse = warehouse
    this.compiled = compiled
    this.source = source
  }

  /** Lands what has arrived by some time of the stream's day. */
  async arrive(until: string | undefined): Promise<void> {
    await writeSample({
      folder: join(this.folder, 'stream'),
      seed: '1',
      scale: 0,
      changes: true,
      force: false,
      ...(until === undefined ? {} : { until }),
      ...(this.source === undefined ? {} : { dump: this.source }),
    })
    const store = localStore(join(this.folder, 'stream'))
    await land({ store, warehouse: this.warehouse, project, maxDeadLetters: 0 }, effects)
  }

  /** Gives the actions that failed, with why. */
  async build(fullRefresh = false): Promise<readonly (readonly [string, unknown])[]> {
    const selected = runnable(this.compiled.actions)
    const results = await executeRun(this.warehouse, {
      command: 'run',
      folder: this.folder,
      actions: this.compiled.actions,
      selected,
      fullRefresh,
      select: [],
      exclude: [],
      vars: {},
      resumes: null,
      concurrency: 2,
      retries: 0,
      signal: effects.signal,
      now: effects.now,
      onEvent: () => {},
    })
    if (results.status === 'succeeded') return []
    const failed = results.actions.filter(({ status }) => status === 'failed')
    return failed.map(({ id, error }) => [id, error])
  }

  /** Every table and view of the models, whole. */
  async tables(): Promise<ReadonlyMap<string, readonly Row[]>> {
    const names = this.compiled.actions
      .filter(({ kind }) => kind === 'incremental' || kind === 'table' || kind === 'view')
      .map(({ target }) => `${target.schema}.${target.name}`)
    const tables = new Map<string, readonly Row[]>()
    for (const name of names) tables.set(name, await rowsOf(this.warehouse, `SELECT * FROM \`${name}\``))
    return tables
  }

  async close(): Promise<void> {
    await this.warehouse.close()
    rmSync(this.folder, { recursive: true })
  }
}

describe.skipIf(dump === undefined)('the real world_x, and a day of changes', () => {
  let world: World

  beforeAll(async () => {
    world = new World(await openTestWarehouse(), await compile(root), {
      file: dump ?? '',
      database: 'world_x',
    })
    await world.arrive('00:05')
    expect(await world.build()).toEqual([])
    await world.arrive('13:30')
    expect(await world.build()).toEqual([])
    await world.arrive(undefined)
    expect(await world.build()).toEqual([])
  }, 300_000)
  afterAll(() => world?.close())

  test('every row is there', async () => {
    const counts = ['country', 'city', 'countrylanguage', 'countryinfo'].map((name) =>
      count(world.warehouse, `world_x.${name}`),
    )
    expect(await Promise.all(counts)).toEqual([239n, 4079n, 984n, 239n])
  })

  test('languages that half of a country speaks rank as published', async () => {
    const { rows } = await world.warehouse.execute(
      'SELECT rank, language, countries FROM `world_x_analytics.language_ranking` ORDER BY rank, language',
    )
    expect(rows).toHaveLength(17)
    expect(rows.slice(0, 7)).toEqual([
      [1n, 'Spanish', 20n],
      [2n, 'Arabic', 16n],
      [3n, 'English', 11n],
      [4n, 'Creole English', 8n],
      [5n, 'Creole French', 6n],
      [6n, 'German', 4n],
      [7n, 'Serbo-Croatian', 3n],
    ])
  })

  test('increments over the day equal a full refresh, row for row', async () => {
    const increments = await world.tables()
    expect(await world.build(true)).toEqual([])
    expect(increments).toEqual(await world.tables())
  }, 300_000)

  test('building again changes nothing', async () => {
    const before = await world.tables()
    expect(await world.build()).toEqual([])
    expect(await world.tables()).toEqual(before)
  }, 300_000)
})

describe('the sample from open data', () => {
  let world: World

  beforeAll(async () => {
    world = new World(await openTestWarehouse(), await compile(root))
    await world.arrive('00:05')
    expect(await world.build()).toEqual([])
    await world.arrive(undefined)
    expect(await world.build()).toEqual([])
  }, 300_000)
  afterAll(() => world?.close())

  test('gives a profile of every country, the current version of which is the second', async () => {
    expect(await count(world.warehouse, 'world_x_analytics.country_profile')).toBe(
      await count(world.warehouse, 'world_x.country'),
    )
    const profile = 'SELECT country, capital, main_language, official_languages FROM `world_x_analytics.%`'
    const where = " WHERE country_code = 'CHE'"
    const current = await rowsOf(world.warehouse, profile.replace('%', 'country_profile') + where)
    expect(current).toEqual(await rowsOf(world.warehouse, profile.replace('%', 'country_profile_v2') + where))
    expect(current).toMatchObject([{ country: 'Switzerland', capital: 'Bern' }])
  })

  test('increments equal a full refresh, row for row', async () => {
    const increments = await world.tables()
    expect(await world.build(true)).toEqual([])
    expect(increments).toEqual(await world.tables())
  }, 300_000)
})
