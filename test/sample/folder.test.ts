import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { type SampleOptions, writeSample } from '../../loaders/sample/sample.ts'

let folder: string
beforeEach(() => {
  folder = join(mkdtempSync(join(tmpdir(), 'streamform-sample-')), 'stream')
})
afterEach(() => rmSync(join(folder, '..'), { recursive: true }))

const write = (options: Partial<SampleOptions> = {}) =>
  writeSample({ folder, seed: '1', scale: 0, changes: true, force: false, ...options })
const look = () =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .map((file) => [file, statSync(file).mtimeMs, readFileSync(file).toString('latin1')])
    .toSorted()

test('a sample written again changes nothing and says so', async () => {
  const first = await write()
  const before = look()
  expect(before).toHaveLength(first.written)
  const second = await write()
  expect(second).toEqual({ ...first, written: 0, unchanged: first.written })
  expect(look()).toEqual(before)
})

test('a sample up to an hour and the rest later are the whole sample', async () => {
  const morning = await write({ until: '12:00' })
  expect(morning.held).toBeGreaterThan(0)
  const rest = await write()
  expect(rest).toMatchObject({ unchanged: morning.written, written: morning.held, held: 0 })
  const inSteps = look()
  rmSync(folder, { recursive: true })
  await write()
  expect(look()).toEqual(inSteps)
})

test('the file that is late is the last to arrive', async () => {
  const { held } = await write({ until: '23:58' })
  expect(held).toBe(1)
  await expect(write({ until: '24:00' })).resolves.toMatchObject({ written: 1, held: 0 })
})

test('a folder that holds other things is refused and left as it was, unless forced', async () => {
  mkdirSync(folder)
  writeFileSync(join(folder, 'notes.txt'), 'mine')
  const before = look()
  await expect(write()).rejects.toThrow(`${folder} holds files of something else: notes.txt`)
  expect(look()).toEqual(before)
  const { written } = await write({ force: true })
  expect(look()).toHaveLength(written + 1)
  expect(readFileSync(join(folder, 'notes.txt'), 'utf8')).toBe('mine')
})

test('the sample of another seed is something else', async () => {
  await write()
  await expect(write({ seed: '2' })).rejects.toThrow('holds files of something else: world_x_city/')
})

test('a file in the place of the folder is refused', async () => {
  writeFileSync(folder, '')
  await expect(write()).rejects.toThrow(`${folder} is a file`)
})

test('a time that is none is refused', async () => {
  await expect(write({ until: 'noon' })).rejects.toThrow('`noon` is no time of day: write hh:mm, as in 12:00')
})

test('the report counts events once, however often they are delivered', async () => {
  const report = await write()
  const [city] = report.tables
  expect(city).toMatchObject({ database: 'world_x', table: 'city', primaryKeys: ['ID'], unsupported: [] })
  expect(city?.changes).toMatchObject({ 'UPDATE-DELETE': 2 })
  const sum = report.tables.reduce(
    (total, { backfill, changes }) => total + backfill + Object.values(changes).reduce((a, b) => a + b),
    0,
  )
  expect(report.events).toBe(sum)
  expect(report.script[0]).toEqual({
    time: '00:00:40',
    table: 'city',
    what: 'a row changes after the backfill has read it',
  })
})
