import { expect, test } from 'vitest'
import { changeFile, type PeopleProject, peopleProject, person } from './people-project.ts'

const files = {
  'one.jsonl': changeFile([person(1, 'Anna'), person(2, 'Ben')]),
}

const names = async ({ run }: Pick<PeopleProject, 'run'>): Promise<readonly unknown[]> => {
  const { out } = await run('query', 'SELECT name FROM shop.people ORDER BY id', '--json')
  return JSON.parse(out).rows.map((row: { name: string }) => row.name)
}

test('rebuild from the change files tells what differs, replaces all layers at once, and can be undone', async () => {
  const project = await peopleProject(files)
  const { run } = project
  await run('query', "UPDATE shop.people_state SET name = 'wrong' WHERE id = 2")
  await run('query', 'DELETE FROM shop_raw.people WHERE payload.id = 1')
  expect(await names(project)).toEqual(['Anna', 'wrong'])
  const dry = await run('rebuild', 'shop.people', '--from', 'files', '--dry-run')
  expect([dry.code, dry.out.split('\n')[0]]).toEqual([
    1,
    '1 rows of shop.people are not what its change files say',
  ])
  expect(await names(project)).toEqual(['Anna', 'wrong'])
  const done = await run('rebuild', 'shop.people', '--from', 'files', '--json')
  expect([done.code, JSON.parse(done.out)]).toEqual([
    0,
    {
      table: 'shop.people',
      run: null,
      differences: [{ key: '[2]', kind: 'different' }],
      replaced: [
        'shop_raw.people',
        'shop.people_landings',
        'shop.people_log',
        'shop.people_state',
        'shop.people_versions',
      ],
    },
  ])
  expect(await names(project)).toEqual(['Anna', 'Ben'])
  // What was landed before is not landed again, and what comes next is as new as ever.
  project.arrive('two.jsonl', changeFile([person(3, 'Cy')]))
  expect((await run('build')).code).toBe(0)
  expect(await names(project)).toEqual(['Anna', 'Ben', 'Cy'])
  expect((await run('rebuild', 'shop.people', '--undo')).code).toBe(0)
  expect(await names(project)).toEqual(['Anna', 'wrong'])
  expect((await run('rebuild', 'shop.people', '--undo')).err).toContain('nothing of `shop.people` is kept')
}, 120_000)

test('rebuild to a moment shows what had landed by then; the next run takes the rest', async () => {
  const project = await peopleProject(files)
  const { run, arrive } = project
  const landed = await run(
    'query',
    'SELECT MAX(_metadata_loaded_at) AS at_last FROM shop.people_log',
    '--json',
  )
  const moment = JSON.parse(landed.out).rows[0].at_last
  arrive('two.jsonl', changeFile([person(2, 'Ben', { deleted: true } as object), person(3, 'Cy')]))
  expect((await run('build')).code).toBe(0)
  expect(await names(project)).toEqual(['Anna', 'Cy'])
  const dry = await run('rebuild', 'shop.people', '--to', moment, '--dry-run', '--json')
  expect(JSON.parse(dry.out).differences).toEqual([
    { key: '[2]', kind: 'missing' },
    { key: '[3]', kind: 'extra' },
  ])
  expect((await run('rebuild', 'shop.people', '--to', moment)).code).toBe(0)
  expect(await names(project)).toEqual(['Anna', 'Ben'])
  expect((await run('run')).code).toBe(0)
  expect(await names(project)).toEqual(['Anna', 'Cy'])
  expect((await run('rebuild', 'shop.people', '--dry-run')).code).toBe(0)
}, 120_000)

test.each([
  [['--undo', '--dry-run'], '`--undo` goes with no other flag'],
  [['--from', 'files', '--to', '2024-06-01'], '`--to` goes with the log'],
  [['--to', 'yesterday'], '`--to yesterday` is no time'],
])('rebuild %j is refused', async (flags, message) => {
  const { streamformIn } = await import('../scaffold/in-process.ts')
  const { err, code } = await streamformIn('.', ['rebuild', 'world_x.city', ...flags])
  expect([code, err]).toEqual([2, expect.stringContaining(message)])
})
