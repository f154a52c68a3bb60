import { cpSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { temporaryProject } from '../commands/temporary-project.ts'
import { root } from '../models/model-project.ts'
import { streamformIn } from '../scaffold/in-process.ts'
import { changeFile, peopleProject, person } from './people-project.ts'

const files = { 'one.jsonl': changeFile([person(1, 'Anna'), person(2, 'Anna')]) }
const sources = 'definitions/shop/sources.js'
const declaring = (options: string): string => `const { sourceTable } = require('macros/source-table')
const people = sourceTable('shop', 'people', ${options})
declare({ schema: 'shop_raw', name: 'people' })
module.exports = { people }
`

describe('what an analyst gets wrong is told', () => {
  test('before anything has landed, the health of the stream is built, and models say what they wait for', async () => {
    const { folder } = temporaryProject()
    for (const part of ['definitions', 'macros', 'workflow_settings.yaml'])
      cpSync(join(root, part), join(folder, part), { recursive: true })
    const run = await streamformIn(folder, [
      'run',
      'tag:ops',
      'world_x.city_log',
      'world_x.city_landings',
      '--json',
    ])
    const { actions } = JSON.parse(run.out) as {
      actions: readonly { id: string; status: string; error: { message: string } | null }[]
    }
    const succeeded = actions
      .filter(({ status }) => status === 'succeeded')
      .map(({ id }) => id.split('.').at(-1))
    expect(succeeded).toEqual(
      expect.arrayContaining(['dead_letters', 'files', 'too_late', 'nothing_is_too_late']),
    )
    expect(actions.find(({ id }) => id.endsWith('.city_landings'))?.error?.message).toBe(
      'nothing of `world_x.city` has landed yet: its raw table `world_x_raw.city` is not there',
    )
  }, 120_000)

  test('a key column that is not there, or not any more', async () => {
    const { run, write, arrive } = await peopleProject(files)
    const gone = changeFile([person(3, 'Cy')]).replace('"id":3,', '')
    arrive('two.jsonl', gone)
    const { code, out } = await run('build', '--json')
    expect(code).toBe(1)
    expect(out).toContain('people_assertions_rowConditions')
    write({ [sources]: declaring("{ key: ['number'] }") })
    const { out: told, err } = await run('run', 'shop.people_state', '--full-refresh')
    expect(told + err).toContain('Unrecognized name: number')
  }, 120_000)

  test('a declared key that rows of the source share', async () => {
    const backfilled = Object.fromEntries(
      Object.entries(files).map(([name, text]) => [
        name,
        text.replaceAll('mysql-cdc-binlog', 'mysql-backfill-fulldump'),
      ]),
    )
    const { run, write } = await peopleProject(backfilled)
    expect((await run('build')).code).toBe(0)
    write({ [sources]: declaring("{ key: ['name'] }") })
    const { code, out } = await run('build', '--full-refresh')
    expect(code).toBe(1)
    expect(out).toContain('1 row fails the assertion `people_reconciles`')
    const told = await run('query', 'select * from `proj.shop_assertions.people_reconciles`', '--json')
    expect(JSON.parse(told.out).rows).toEqual([
      {
        problem: 'rows that differ have this key: it is no key of the table',
        subject: '["Anna"] in shop_people/2024/05/01/12/00/one.jsonl',
      },
    ])
  }, 120_000)

  test('a margin below zero, a version that nobody declares, an instant before the first event, a key that is none', async () => {
    const { run, write } = await peopleProject(files)
    const before = await run('query', "SELECT * FROM shop.people_as_of(TIMESTAMP '2020-01-01')")
    expect(before.err).toContain(
      'nothing is known of shop.people at 2020-01-01 00:00:00+00: its first event is of 2024-05-01',
    )
    write({ 'names.csv': 'id,name\n1,Anna\n1,Ben\n' })
    const twice = await run('reconcile', 'shop.people', '--source', 'names.csv')
    expect(twice.err).toContain('key [1] stands 2 times in names.csv: (id) is no key there')
    write({
      'definitions/profile.sqlx': 'config { type: "view" }\nSELECT * FROM ${ref("shop", "people_v9")}',
    })
    expect((await run('compile')).err).toMatch(/definitions\/profile.sqlx.*people_v9/)
    write({
      [sources]: declaring("{ key: ['id'], backfillMarginMinutes: -1 }"),
      'definitions/profile.sqlx': 'config { type: "view" }\nSELECT 1',
    })
    expect((await run('compile')).err).toContain(
      'shop.people: backfillMarginMinutes is a whole number, 0 or more; given: -1',
    )
  }, 120_000)
})

test('a table gets all layers by one line of declaration and one command, and every layer answers', async () => {
  const { run, folder } = await peopleProject(files)
  const { readFileSync } = await import('node:fs')
  const declaration = readFileSync(join(folder, sources), 'utf8')
    .split('\n')
    .filter((line) => line.startsWith('const people'))
  expect(declaration).toHaveLength(1)
  const count = async (from: string) =>
    JSON.parse((await run('query', `SELECT COUNT(*) AS n FROM shop.${from}`, '--json')).out).rows[0].n
  const now = "TIMESTAMP '2024-06-01'"
  const layers = [
    'people_log',
    'people_state',
    'people',
    'people_history',
    `people_as_of(${now})`,
    `people_changes(TIMESTAMP '2024-01-01', ${now})`,
  ]
  for (const layer of layers) expect([layer, Number(await count(layer))]).toEqual([layer, 2])
  const listed = JSON.parse((await run('ls', 'type:assertion', '--json')).out) as readonly unknown[]
  expect(listed.length).toBeGreaterThanOrEqual(3)
}, 120_000)
