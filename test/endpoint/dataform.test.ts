import { globSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { land } from '../../loaders/land.ts'
import { writeSample } from '../../loaders/sample/sample.ts'
import { localStore } from '../../loaders/store/local.ts'
import { type Endpoint, startEndpoint } from '../../runner/endpoint/endpoint.ts'
import { runnable } from '../../runner/execute/execute-run.ts'
import { compile } from '../../runner/project/compile/compile.ts'
import { openDuckDbWarehouse } from '../../runner/warehouse/duckdb/warehouse.ts'
import type { LocalWarehouse } from '../../runner/warehouse/local-warehouse.ts'
import { dataformCli, withCore } from '../project/dataform-cli.ts'
import { contents, dataform, differences, effects, ownProject, runOurs } from './dataform-run.ts'

const cli = dataformCli() ?? ''
if (cli === '') console.log("Dataform's command line is not installed: STREAMFORM_CI=1 installs it")

const root = join(import.meta.dirname, '..', '..')
const world = 'streamform-local'

const open = (defaultProject: string) => openDuckDbWarehouse({ path: ':memory:', defaultProject })

describe.skipIf(cli === '')("dataform's own command line on world_x", () => {
  let theirs: LocalWarehouse
  let ours: LocalWarehouse
  let endpoint: Endpoint
  let own: string
  let copy: ReturnType<typeof withCore>
  const stream = mkdtempSync(join(tmpdir(), 'streamform-world-'))

  async function arrive(until?: string): Promise<void> {
    await writeSample({
      folder: stream,
      seed: '1',
      scale: 0,
      changes: true,
      force: false,
      ...(until === undefined ? {} : { until }),
    })
    for (const warehouse of [theirs, ours])
      await land({ store: localStore(stream), warehouse, project: world, maxDeadLetters: 0 }, effects)
  }
  const run = (...command: readonly string[]) => dataform(cli, endpoint.url, copy.folder, command, world)

  /** Assertions that only warn, for our runner; Dataform knows no such thing. The sample's day is long past, so it is not fresh. */
  async function expectRun(...command: readonly string[]): Promise<void> {
    const { text } = await run(...command)
    const failed = [...text.matchAll(/^(?:\w+ )+failed: +\S+?\.(\S+)/gm)].map(([, name]) => name)
    const { actions } = await compile(own)
    const warn = actions.filter(({ tags }) => tags.includes('severity:warn')).map(({ target }) => target.name)
    expect(failed.filter((name) => !warn.includes(name ?? ''))).toEqual([])
    expect(text).toMatch(/^Table created: +world_x_analytics\.country_profile /m)
    expect(text).not.toMatch(/^Skipping/m)
  }

  beforeAll(async () => {
    theirs = await open(world)
    ours = await open(world)
    endpoint = await startEndpoint({ warehouse: theirs })
    own = ownProject()
    copy = withCore(own)
  })
  afterAll(async () => {
    await endpoint?.close()
    await Promise.all([theirs?.close(), ours?.close()])
    copy?.[Symbol.dispose]()
    for (const folder of [own, stream]) rmSync(folder, { recursive: true, force: true })
  })

  test('run builds what our runner builds, row for row', async () => {
    // By then every column has arrived: Dataform's own SQL loses the values of a new column in the run that adds it.
    await arrive('14:30')
    await expectRun('run')
    expect(await runOurs(ours, own)).toEqual([])
    expect(differences(await contents(theirs), await contents(ours))).toEqual([])
  }, 300_000)

  test('a second run merges what arrived since, as ours does', async () => {
    await arrive()
    await expectRun('run')
    expect(await runOurs(ours, own)).toEqual([])
    expect(differences(await contents(theirs), await contents(ours))).toEqual([])
  }, 300_000)

  test('run --dry-run checks every statement and changes nothing', async () => {
    const before = await contents(theirs)
    const { code, text } = await run('run', '--dry-run')
    expect(text.match(/^.*(?:failed|rror:).*$/gm)).toBeNull()
    expect(code).toBe(0)
    const { actions } = await compile(own)
    const tested = text.match(/^.*dry run success.*$/gm) ?? []
    expect(tested).toHaveLength(runnable(actions).length)
    expect(differences(await contents(theirs), before)).toEqual([])
  }, 300_000)

  test('run --full-refresh builds what our runner builds anew', async () => {
    await expectRun('run', '--full-refresh')
    expect(await runOurs(ours, own, { fullRefresh: true })).toEqual([])
    expect(differences(await contents(theirs), await contents(ours))).toEqual([])
  }, 300_000)

  test('test passes every unit test', async () => {
    const { text } = await run('test')
    const tests = [...text.matchAll(/^(\w+_test): (passed|failed)$/gm)].map(([, name, how]) => ({
      name,
      how,
    }))
    expect(tests.map(({ name }) => name)).toContain('city_test')
    expect(tests.length).toBeGreaterThan(10)
    expect(tests.filter(({ how }) => how === 'failed')).toEqual([])
    expect(text.match(/^.*\berror\b.*$/gim)).toBeNull()
  }, 300_000)
})

/**
 * A copy of a project without what compiles and BigQuery refuses: an option that it has not, and assertions that read a
 * table whose partitions must be filtered.
 */
function smallProject(name: string): ReturnType<typeof withCore> {
  const copy = withCore(join(root, 'test', 'projects', name))
  for (const file of globSync('definitions/**/*.sqlx', { cwd: copy.folder })) {
    const path = join(copy.folder, file)
    const text = readFileSync(path, 'utf8')
    writeFileSync(
      path,
      text
        .replace(/requirePartitionFilter: true,\s*/, '')
        .replace('additionalOptions: { x: "1" }', 'additionalOptions: { enable_change_history: "false" }'),
    )
  }
  return copy
}

describe.skipIf(cli === '')("dataform's own command line on small projects", () => {
  /** What a project reads from elsewhere. */
  const sources: readonly (readonly [project: string, sql: string])[] = [
    ['legacy-settings', 'SELECT 1'],
    ['project-options', 'SELECT 1'],
    [
      'unit-tests',
      'CREATE SCHEMA `project-a.raw`; CREATE TABLE `project-a.raw.source` AS SELECT id FROM UNNEST([1, 2]) AS id',
    ],
    [
      'includes-and-packages',
      'CREATE SCHEMA `project-a.src_raw`; CREATE TABLE `project-a.src_raw.raw_things` AS SELECT 1 AS id, 2 AS DE, 3 AS FR, 4 AS a, DATE "2024-01-01" AS valid_from, DATE "2024-02-01" AS valid_to',
    ],
    [
      'tables-and-views',
      'CREATE SCHEMA `project-a.raw`; CREATE TABLE `project-a.raw.orders` AS SELECT id AS order_id, "a@b" AS email, 7 AS customer_id, NUMERIC "1.5" AS total, TIMESTAMP "2024-01-01 00:00:00+00" AS ordered_at FROM UNNEST([1, 2]) AS id; CREATE TABLE `project-a.raw.customers` AS SELECT 7 AS customer_id, "c" AS name',
    ],
  ]

  test.each(sources)('%s: run builds what our runner builds', async (name, sql) => {
    using copy = smallProject(name)
    const [theirs, ours] = [await open('project-a'), await open('project-a')]
    const endpoint = await startEndpoint({ warehouse: theirs })
    onTestFinished(async () => {
      await endpoint.close()
      await Promise.all([theirs.close(), ours.close()])
    })
    for (const warehouse of [theirs, ours]) await warehouse.execute(sql)
    const { code, text } = await dataform(cli, endpoint.url, copy.folder, ['run'], 'project-a')
    const failed = (await runOurs(ours, copy.folder)).filter((line) => !line.includes(': disabled'))
    expect([code, code === 0 ? '' : text, failed]).toEqual([0, '', []])
    expect(differences(await contents(theirs), await contents(ours))).toEqual([])
  })

  test('run --full-refresh leaves the same tables, and run --dry-run changes nothing', async () => {
    using copy = smallProject('legacy-settings')
    const warehouse = await open('project-a')
    const endpoint = await startEndpoint({ warehouse })
    onTestFinished(async () => {
      await endpoint.close()
      await warehouse.close()
    })
    const run = (...flags: readonly string[]) =>
      dataform(cli, endpoint.url, copy.folder, ['run', ...flags], 'project-a')
    expect((await run()).code).toBe(0)
    const before = await contents(warehouse)
    expect(before.size).toBe(5)
    expect((await run('--full-refresh')).code).toBe(0)
    expect(differences(await contents(warehouse), before)).toEqual([])
    const { code, text } = await run('--dry-run')
    expect([code, text.match(/.*(?:failed|rror).*/g)]).toEqual([0, null])
    expect(text.match(/dry run success/g)).toHaveLength(5)
    expect(differences(await contents(warehouse), before)).toEqual([])
  })

  test('test passes and fails the unit tests of a project', async () => {
    using copy = smallProject('unit-tests')
    const warehouse = await open('project-a')
    const endpoint = await startEndpoint({ warehouse })
    onTestFinished(async () => {
      await endpoint.close()
      await warehouse.close()
    })
    const { text } = await dataform(cli, endpoint.url, copy.folder, ['test'], 'project-a')
    expect(
      [...text.matchAll(/^(.+): (passed|failed)$/gm)].map(([, name, how]) => [name, how]).sort(),
    ).toEqual([
      ['a name with spaces', 'passed'],
      ['by js', 'passed'],
      ['model_test', 'passed'],
    ])
  })
})
