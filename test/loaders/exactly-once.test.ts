import { chmodSync, mkdirSync, renameSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { forgetFiles } from '../../loaders/files.ts'
import { land } from '../../loaders/land.ts'
import { localStore } from '../../loaders/store/local.ts'
import type { ObjectStore } from '../../loaders/store/store.ts'
import type { Landing } from '../../runner/warehouse/landing.ts'
import type { Warehouse } from '../../runner/warehouse/warehouse.ts'
import { minutePath, mysqlFile } from './events.ts'
import {
  freshFolder,
  freshWarehouse,
  landFolder,
  project,
  recordingEffects,
  type TestWarehouse,
  writeFiles,
} from './fresh-warehouse.ts'

const fields = [
  { name: 'id', type: 'long' },
  { name: 'name', type: 'string' },
]

function fileOf(first: number, count: number): Buffer {
  const payloads = Array.from({ length: count }, (_, index) => ({
    id: first + index,
    name: `n${first + index}`,
  }))
  return mysqlFile(fields, payloads, { first })
}

/** Every raw row as `<file>#<ordinal>:<id>`, sorted. */
async function landedRows(warehouse: TestWarehouse): Promise<string[]> {
  const tables = await warehouse.query(`select 1 from duckdb_tables() where table_name = 'item'`)
  if (tables.length === 0) return []
  const rows = await warehouse.query(
    `select _file || '#' || _row || ':' || payload.id as row from "test-project.shop_raw".item`,
  )
  return rows.map(({ row }) => String(row)).sort()
}

class Crash extends Error {}

/** The warehouse, but the `at`-th step of its landings fails. */
function crashingWarehouse(
  warehouse: Pick<Warehouse, 'state' | 'landing'>,
  at: number,
): Pick<Warehouse, 'state' | 'landing'> {
  let steps = 0
  const step = () => {
    if (steps++ === at) throw new Crash()
  }
  return {
    state: warehouse.state,
    async landing(now) {
      step()
      const landing = await warehouse.landing(now)
      const failing: Landing = {
        state: landing.state,
        loadedAt: landing.loadedAt,
        columns: (table) => landing.columns(table),
        async ensure(table, columns) {
          step()
          await landing.ensure(table, columns)
          step()
        },
        async append(table, batch) {
          step()
          await landing.append(table, batch)
          step()
        },
        async commit() {
          step()
          await landing.commit()
        },
        rollback: () => landing.rollback(),
      }
      return failing
    },
  }
}

describe('whatever the order, the duplicates and the interruptions', () => {
  test('every file lands once: all its rows and its ledger entry, or neither', {
    timeout: 240_000,
  }, async () => {
    const wave = fc.array(
      fc.record({
        name: fc.integer({ min: 0, max: 11 }),
        count: fc.integer({ min: 0, max: 4 }),
        minute: fc.integer({ min: 0, max: 2 }),
      }),
      { minLength: 1, maxLength: 6 },
    )
    const history = fc.array(fc.record({ files: wave, crashes: fc.array(fc.nat(12), { maxLength: 3 }) }), {
      minLength: 1,
      maxLength: 4,
    })
    await fc.assert(
      fc.asyncProperty(history, async (waves) => {
        const folder = freshFolder()
        const warehouse = await freshWarehouse()
        const expected = new Set<string>()
        const written = new Set<string>()
        for (const { files, crashes } of waves) {
          for (const { name, count, minute } of files) {
            const path = minutePath(`2024/06/01/00/0${minute}`, `f${name}.avro`)
            if (written.has(path)) continue
            written.add(path)
            // Files of one number have the same events: delivered twice, under another name.
            await writeFiles(folder, { [path]: fileOf(name * 10, count) })
            for (let i = 0; i < count; i++) expected.add(`${path}#${i}:${name * 10 + i}`)
          }
          for (const at of crashes) {
            const before = await landedRows(warehouse)
            const crashing = {
              store: localStore(folder),
              warehouse: crashingWarehouse(warehouse.warehouse, at),
              project,
              maxDeadLetters: 0,
            }
            await land(crashing, recordingEffects()).catch((error: unknown) => {
              if (!(error instanceof Crash)) throw error
            })
            const after = await landedRows(warehouse)
            expect([before, [...expected].sort()]).toContainEqual(after)
          }
          await landFolder(warehouse, folder)
          expect(await landedRows(warehouse)).toEqual([...expected].sort())
        }
        expect(await landFolder(warehouse, folder)).toMatchObject({
          landed: 0,
          rows: 0,
          alreadyLanded: written.size,
        })
        warehouse.close()
      }),
      { numRuns: 25, seed: Number(process.env.STREAMFORM_SEED ?? 20240601), verbose: 1 },
    )
  })

  test('two loaders at once land each file once between them', async () => {
    const folder = freshFolder()
    for (let i = 0; i < 20; i++)
      await writeFiles(folder, { [minutePath('2024/06/01/00/00', `f${i}.avro`)]: fileOf(i * 10, 3) })
    const warehouse = await freshWarehouse()
    const [left, right] = await Promise.all([landFolder(warehouse, folder), landFolder(warehouse, folder)])
    expect(left.landed + right.landed).toBe(20)
    expect(left.alreadyLanded + right.alreadyLanded).toBe(20)
    expect(new Set(await landedRows(warehouse)).size).toBe(60)
    expect(await landedRows(warehouse)).toHaveLength(60)
    warehouse.close()
  })

  test('a cancelled run leaves nothing half done, and the next one ends it', async () => {
    const folder = freshFolder()
    for (let i = 0; i < 5; i++)
      await writeFiles(folder, { [minutePath('2024/06/01/00/00', `f${i}.avro`)]: fileOf(i * 10, 3) })
    const warehouse = await freshWarehouse()
    const abort = new AbortController()
    const inner = localStore(folder)
    const store: ObjectStore = {
      ...inner,
      read(object) {
        if (object.name.endsWith('f3.avro')) abort.abort()
        return inner.read(object)
      },
    }
    const effects = { ...recordingEffects(), signal: abort.signal }
    await expect(
      land({ store, warehouse: warehouse.warehouse, project, maxDeadLetters: 0 }, effects),
    ).rejects.toThrow('the landing was cancelled; nothing has landed')
    expect(await landedRows(warehouse)).toEqual([])
    expect(await landFolder(warehouse, folder)).toMatchObject({ landed: 5, rows: 15 })
    warehouse.close()
  })
})

describe('a file that is not what it was', () => {
  const name = minutePath('2024/06/01/00/00', 'a.avro')
  const other = minutePath('2024/06/01/00/00', 'b.avro')

  /** Lands while `change` happens to the file, once it has been read. */
  async function landWhile(
    change: (path: string) => void,
  ): Promise<{ folder: string; warehouse: TestWarehouse; changed: readonly unknown[] }> {
    const folder = freshFolder()
    await writeFiles(folder, { [name]: fileOf(1, 3), [other]: fileOf(10, 2) })
    const warehouse = await freshWarehouse()
    const inner = localStore(folder)
    const store: ObjectStore = {
      ...inner,
      read(object) {
        const reader = inner.read(object)
        if (object.name !== name) return reader
        async function* pieces() {
          for await (const piece of reader.pieces) {
            yield piece
            change(join(folder, name))
          }
        }
        return { pieces: pieces(), generation: () => reader.generation() }
      },
    }
    const report = await land(
      { store, warehouse: warehouse.warehouse, project, maxDeadLetters: 0 },
      recordingEffects(),
    )
    expect(report).toMatchObject({ landed: 1, rows: 2, quarantined: [] })
    return { folder, warehouse, changed: report.changed }
  }

  test('because it grows while it is read is left for the next run', async () => {
    const { folder, warehouse, changed } = await landWhile((path) =>
      writeFileSync(path, Buffer.alloc(10), { flag: 'a' }),
    )
    expect(changed).toEqual([
      { file: name, reason: expect.stringMatching(/^the file changed while it was being read: /) },
    ])
    writeFileSync(join(folder, name), fileOf(1, 4))
    expect(await landFolder(warehouse, folder)).toMatchObject({ landed: 1, rows: 4, alreadyLanded: 1 })
    expect(await landedRows(warehouse)).toHaveLength(6)
    warehouse.close()
  })

  test('because it is replaced while it is read lands as it was, and then as it is', async () => {
    const folder = freshFolder()
    await writeFiles(folder, { [name]: fileOf(1, 3) })
    const warehouse = await freshWarehouse()
    const inner = localStore(folder)
    const store: ObjectStore = {
      ...inner,
      read(object) {
        const reader = inner.read(object)
        async function* pieces() {
          for await (const piece of reader.pieces) {
            yield piece
            writeFileSync(join(folder, 'new'), fileOf(50, 1))
            renameSync(join(folder, 'new'), join(folder, name))
          }
        }
        return { pieces: pieces(), generation: () => reader.generation() }
      },
    }
    await land({ store, warehouse: warehouse.warehouse, project, maxDeadLetters: 0 }, recordingEffects())
    expect(await landFolder(warehouse, folder)).toMatchObject({ landed: 1, rows: 1 })
    expect(await landedRows(warehouse)).toEqual([`${name}#0:1`, `${name}#0:50`, `${name}#1:2`, `${name}#2:3`])
    warehouse.close()
  })

  test('because it is removed after it was listed is left for the next run', async () => {
    const folder = freshFolder()
    await writeFiles(folder, { [name]: fileOf(1, 3), [other]: fileOf(10, 2) })
    const warehouse = await freshWarehouse()
    const inner = localStore(folder)
    const store: ObjectStore = {
      ...inner,
      read(object) {
        if (object.name === name) rmSync(join(folder, name))
        return inner.read(object)
      },
    }
    const report = await land(
      { store, warehouse: warehouse.warehouse, project, maxDeadLetters: 0 },
      recordingEffects(),
    )
    expect(report).toMatchObject({
      landed: 1,
      changed: [{ file: name, reason: 'the file changed while it was being read: it is gone' }],
    })
    warehouse.close()
  })

  test('because it was written again under its name lands again, as a generation of its own', async () => {
    const folder = freshFolder()
    await writeFiles(folder, { [name]: fileOf(1, 2) })
    const warehouse = await freshWarehouse()
    await landFolder(warehouse, folder)
    await writeFiles(folder, { [name]: fileOf(5, 3) })
    expect(await landFolder(warehouse, folder)).toMatchObject({ landed: 1, rows: 3 })
    expect(
      await warehouse.query(
        `select count(*) as entries, count(distinct generation) as generations from "test-project.streamform".files`,
      ),
    ).toEqual([{ entries: '2', generations: '2' }])
    warehouse.close()
  })

  test('in place, with the size and the time that it had, lands again', async () => {
    const folder = freshFolder()
    await writeFiles(folder, { [name]: fileOf(1, 2) })
    const path = join(folder, name)
    const { size, mtime } = statSync(path)
    const warehouse = await freshWarehouse()
    await landFolder(warehouse, folder)
    writeFileSync(path, fileOf(5, 2))
    utimesSync(path, mtime, mtime)
    expect([statSync(path).size, statSync(path).mtimeMs]).toEqual([size, mtime.getTime()])
    expect(await landFolder(warehouse, folder)).toMatchObject({ landed: 1, rows: 2 })
    expect(await landFolder(warehouse, folder)).toMatchObject({ landed: 0, alreadyLanded: 1 })
    warehouse.close()
  })
})

test('a file that was moved and given other rights is known by its content, with its dead letters, whatever became of it', async () => {
  const folder = freshFolder()
  const name = minutePath('2024/06/01/00/00', 'a.avro')
  const path = join(folder, name)
  const day = { name: 'day', type: { type: 'int', logicalType: 'date' } }
  await writeFiles(folder, { [name]: mysqlFile([day], [{ day: 1 }, { day: 9_000_000 }]) })
  const warehouse = await freshWarehouse()
  const { state } = warehouse.warehouse
  await landFolder(warehouse, folder)
  const move = (rights: number) => {
    renameSync(path, `${path}.away`)
    chmodSync(`${path}.away`, rights)
    renameSync(`${path}.away`, path)
  }
  const known = async () => {
    const files = await state.selectFrom('files').select(['status', 'generation']).execute()
    const letters = await state.selectFrom('dead_letters').select('generation').execute()
    const { version = '' } = (await localStore(folder).stat(name)) ?? {}
    const isOfNow = ({ generation }: { generation: string }) => generation.startsWith(`${version}-`)
    return [files.map((file) => [file.status, isOfNow(file)]), letters.map(isOfNow)]
  }
  move(0o600)
  expect(await known()).toEqual([[['landed', false]], [false]])
  expect(await landFolder(warehouse, folder)).toMatchObject({ landed: 0, alreadyLanded: 1 })
  expect(await known()).toEqual([[['landed', true]], [true]])
  // Forgotten, it lands once more; its letter is still one.
  await forgetFiles(warehouse.warehouse, [], 'landed', new Date('2024-06-02T00:00:01Z'))
  move(0o644)
  expect(await landFolder(warehouse, folder)).toMatchObject({ landed: 1, rows: 1, deadLetters: 1 })
  expect((await known())[1]).toEqual([true])
  warehouse.close()
})

describe('the stamp of a landing', () => {
  test('is later than the one before even if the clock goes back', async () => {
    const folder = freshFolder()
    const warehouse = await freshWarehouse()
    const clocks = [
      '2024-06-02T00:00:00Z',
      '2024-06-01T00:00:00Z',
      '2024-06-01T00:00:00Z',
      '2024-06-03T00:00:00Z',
    ]
    for (const [index, clock] of clocks.entries()) {
      await writeFiles(folder, { [minutePath('2024/06/01/00/00', `f${index}.avro`)]: fileOf(index * 10, 1) })
      await landFolder(warehouse, folder, { effects: recordingEffects(new Date(clock)) })
    }
    expect(
      await warehouse.query(
        `select payload.id, _loaded_at from "test-project.shop_raw".item order by _loaded_at`,
      ),
    ).toEqual([
      { id: '0', _loaded_at: '2024-06-02 00:00:00+00' },
      { id: '10', _loaded_at: '2024-06-02 00:00:00.001+00' },
      { id: '20', _loaded_at: '2024-06-02 00:00:00.002+00' },
      { id: '30', _loaded_at: '2024-06-03 00:00:00+00' },
    ])
    warehouse.close()
  })
})

describe('a file that comes late', () => {
  test('into a minute folder older than one that has landed lands and is told', async () => {
    const folder = freshFolder()
    const warehouse = await freshWarehouse()
    const at = (minute: string, file: string) => minutePath(`2024/06/01/00/${minute}`, file)
    await writeFiles(folder, { [at('05', 'a.avro')]: fileOf(1, 1), [at('03', 'b.avro')]: fileOf(2, 1) })
    expect(await landFolder(warehouse, folder)).toMatchObject({ landed: 2, late: [] })
    await writeFiles(folder, { [at('04', 'c.avro')]: fileOf(3, 1), [at('05', 'd.avro')]: fileOf(4, 1) })
    expect(await landFolder(warehouse, folder)).toMatchObject({ landed: 2, late: [at('04', 'c.avro')] })
    expect(await warehouse.query(`select name from "test-project.streamform".files where late`)).toEqual([
      { name: at('04', 'c.avro') },
    ])
    warehouse.close()
  })
})

test('what a killed process left beside the warehouse is taken away by the next landing', async () => {
  const folder = freshFolder()
  const stream = join(folder, 'stream')
  await writeFiles(stream, { [minutePath('2024/06/01/00/00', 'a.avro')]: fileOf(1, 2) })
  const left = join(folder, 'w.duckdb.landing', '7.parquet')
  mkdirSync(dirname(left))
  writeFileSync(left, 'half a file')
  const warehouse = await freshWarehouse(join(folder, 'w.duckdb'))
  expect(await landFolder(warehouse, stream)).toMatchObject({ landed: 1 })
  const { existsSync } = await import('node:fs')
  expect(existsSync(dirname(left))).toBe(false)
  warehouse.close()
})
