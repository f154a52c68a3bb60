import { expect, test } from 'vitest'
import { addTable } from '../../runner/commands/add-table.ts'
import { land } from '../../runner/commands/land.ts'
import { query } from '../../runner/commands/query.ts'
import { run } from '../../runner/commands/run.ts'
import { sample } from '../../runner/commands/sample.ts'
import { temporaryProject } from '../commands/temporary-project.ts'
import { shared } from '../shared.ts'
import { quietEffects } from './in-process.ts'

/** Everything of a run that did not go well, with why. */
const failures = (results: Awaited<ReturnType<typeof run>>) =>
  results.actions.flatMap(({ id, status, error, skippedBecause }) =>
    status === 'succeeded' ? [] : [[id, status, error?.message ?? skippedBecause]],
  )

async function countsOf(project: string, tables: readonly string[]) {
  const effects = quietEffects(project)
  const counts: [string, unknown][] = []
  for (const table of tables) {
    const { rows } = await query({ project, sql: `SELECT COUNT(*) AS n FROM ${table}` }, effects)
    counts.push([table, rows[0]?.['n']])
  }
  return counts
}

test('tables of the sample, added once they have landed, run and hold what the source has at the end of its day', async () => {
  const { folder: project } = temporaryProject()
  const effects = quietEffects(project)
  await sample({ project, scale: 0 }, effects)
  await land({ project }, effects)
  const tables = ['city', 'country', 'countryinfo', 'countrylanguage']
  const added = []
  for (const table of tables) added.push(await addTable({ project, table: `world_x.${table}` }, effects))
  expect(added.map(({ model, key }) => [model, key])).toEqual([
    ['world_x.city', ['ID']],
    ['world_x.country', ['Code']],
    ['world_x.countryinfo', ['_id']],
    ['world_x.countrylanguage', ['CountryCode', 'Language']],
  ])
  expect(failures(await run({ project }, effects))).toEqual([])
  expect(
    await countsOf(
      project,
      tables.map((table) => `world_x.${table}`),
    ),
  ).toEqual([
    ['world_x.city', 4351],
    ['world_x.country', 249],
    ['world_x.countryinfo', 249],
    ['world_x.countrylanguage', 1576],
  ])
})

const samples = shared('samples')

test.skipIf(samples === undefined)(
  'every table of the real files, landed and added, runs (skipped where they are absent)',
  async () => {
    const { folder: project, write } = temporaryProject()
    write({ 'streamform.yaml': `stream: {path: ${JSON.stringify(samples)}}\n` })
    const effects = quietEffects(project)
    const { tables } = await land({ project }, effects)
    expect(tables.length).toBeGreaterThan(25)
    const keyless: string[] = []
    const warned: string[] = []
    for (const { table } of tables) {
      const name = table.replace('_raw.', '.')
      const { model, key, notes } = await addTable({ project, table: name }, effects)
      if (key.length === 0) keyless.push(model)
      if (notes.some((note) => note.includes('name another key'))) warned.push(model)
    }
    expect(keyless.sort()).toEqual(['e2e_it.Books', 'public.source_table'])
    // Two tests that the files come from had each a table of this name, with a key of its own.
    expect(warned).toEqual(['l1.Authors'])
    expect(failures(await run({ project }, effects))).toEqual([
      [
        'proj.checks.l1_Authors_assertions_rowConditions',
        'failed',
        '1 row fails the assertion `l1_Authors_assertions_rowConditions`',
      ],
      // The rows of one share the key that they have not.
      ['proj.l1_assertions.Authors_reconciles', 'failed', '1 row fails the assertion `Authors_reconciles`'],
    ])
    // Some events stand in several of the files: the log has each once.
    const sql = tables
      .map(({ table }) => {
        const log = `${table.replace('_raw.', '.')}_log`
        return `SELECT '${table}' AS name, (SELECT COUNT(DISTINCT uuid) FROM ${table}) AS landed, (SELECT COUNT(*) FROM ${log}) AS logged`
      })
      .join('\nUNION ALL\n')
    const { rows } = await query({ project, sql }, effects)
    expect(rows).toHaveLength(tables.length)
    for (const { name, landed, logged } of rows) expect([name, logged]).toEqual([name, landed])
  },
  180_000,
)
