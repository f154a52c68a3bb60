import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { temporaryProject } from '../commands/temporary-project.ts'
import { streamformIn } from '../scaffold/in-process.ts'

test('sample writes into the stream of the project, and says what and what the day holds', async () => {
  const { folder } = temporaryProject({ 'streamform.yaml': 'stream: {path: bucket/in}\n' })
  const { code, out, err } = await streamformIn(folder, ['sample', '--scale', '0', '--script'])
  expect([code, err]).toEqual([0, ''])
  const lines = out.split('\n')
  expect(lines.slice(0, 7)).toEqual([
    `${folder}/bucket/in: 38 files written; 6,507 events in all, 3 of them delivered twice`,
    '  world_x.city                4,352 rows, 40 changes',
    '  world_x.country             249 rows, 28 changes',
    '  world_x.countryinfo         249 rows, 6 changes',
    '  world_x.countrylanguage     1,576 rows, 7 changes',
    'the scripted day:',
    '  00:00:40  city            a row changes after the backfill has read it',
  ])
  const short = await streamformIn(folder, ['sample', '--scale', '0'])
  expect(short.out.split('\n').slice(5)).toEqual([
    '39 steps of the day are what goes wrong in practice: late files, double deliveries, keys and columns that change; `streamform sample --script` lists them',
    '',
  ])
  const again = await streamformIn(folder, ['sample', '--scale', '0', '--json'])
  expect(JSON.parse(again.out)).toMatchObject({ written: 0, unchanged: 38, held: 0, events: 6507 })
})

test('a dump without the tables of world_x says that it has no day of changes', async () => {
  const { folder } = temporaryProject()
  writeFileSync(
    join(folder, 'shop.sql'),
    'CREATE TABLE t (id int, g point);\nINSERT INTO t VALUES (1,NULL);\n',
  )
  const { out } = await streamformIn(folder, [
    'sample',
    '--dump',
    'shop.sql',
    '--database',
    'shop',
    '--to',
    'out',
  ])
  expect(out).toBe(`${folder}/out: 1 file written; 1 event in all
  shop.t                      1 row, 0 changes (no key; without the values of g)
backfill alone: only world_x's four tables have a day of changes
`)
})

test.each([
  [['--scale', '-1'], '--scale takes a whole number from 0 to 100000'],
  [['--scale', '1.5'], '--scale takes a whole number from 0 to 100000'],
  [['--database', 'x'], '--database goes with --dump FILE'],
  [['--without', 'x'], '--without goes with --dump FILE'],
  [['--until', '25:00'], '`25:00` is no time of day: write hh:mm, as in 12:00'],
])('sample %j is misuse', async (flags, message) => {
  const { folder } = temporaryProject()
  expect(await streamformIn(folder, ['sample', '--to', 'out', ...flags])).toEqual({
    code: 2,
    out: '',
    err: `error: ${message}\n`,
  })
})

test('a dump that is not there is an error', async () => {
  const { folder } = temporaryProject()
  const { code, err } = await streamformIn(folder, ['sample', '--dump', 'missing.sql', '--to', 'out'])
  expect(code).toBe(1)
  expect(err).toContain(`cannot read the dump ${folder}/missing.sql: ENOENT`)
})
