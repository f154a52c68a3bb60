import { execFile, execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import { openDatabase } from '../../runner/warehouse/duckdb/database.ts'
import { mysqlFile } from './events.ts'
import { freshFolder } from './fresh-warehouse.ts'

// The loader as a process of its own, on real disks that are full and with real signals.

const program = join(import.meta.dirname, '..', '..', 'bin', 'streamform.js')
const fields = [
  { name: 'id', type: 'long' },
  { name: 'name', type: 'string' },
]

const files = 30
const events = 1500
const stream = freshFolder()
/** What each row of the raw table must be. */
const rows: string[] = []
for (let file = 0; file < files; file++) {
  const name = `shop_item/2024/06/01/00/${String(file).padStart(2, '0')}/f${file}.avro`
  const payloads = Array.from({ length: events }, (_, row) => ({
    id: file * events + row,
    name: `${file}-${row}-${(row * 7919) % 10_007}`,
  }))
  mkdirSync(dirname(join(stream, name)), { recursive: true })
  writeFileSync(join(stream, name), mysqlFile(fields, payloads, { first: file * events }))
  for (const [row, { id, name: text }] of payloads.entries()) rows.push(`${name} ${row} ${id} ${text}`)
}
rows.sort()

/** A project over the stream, with its warehouse in this file. */
function projectOn(warehouse: string): string {
  const folder = freshFolder()
  writeFileSync(join(folder, 'workflow_settings.yaml'), 'defaultProject: p\ndefaultDataset: d\n')
  writeFileSync(
    join(folder, 'streamform.yaml'),
    `warehouse:\n  path: ${warehouse}\nstream:\n  path: ${stream}\n`,
  )
  return folder
}

interface Ended {
  readonly code: number | null
  readonly out: string
  readonly err: string
}

const land = (folder: string, before = ''): Promise<Ended> =>
  new Promise((resolve) => {
    const command = `${before} exec "${process.execPath}" "${program}" land`
    execFile('/bin/sh', ['-c', command], { cwd: folder }, (error, out, err) => {
      resolve({ code: error === null ? 0 : Number(error.code), out, err })
    })
  })

async function landedRows(file: string): Promise<string[]> {
  const database = await openDatabase(file)
  const connection = await database.connect()
  try {
    const tables = await connection.runAndReadAll(`select 1 from duckdb_tables() where table_name = 'item'`)
    if (tables.currentRowCount === 0) return []
    const rows = await connection.runAndReadAll(
      `select _file || ' ' || _row || ' ' || payload.id || ' ' || payload.name from "p.shop_raw".item`,
    )
    return rows
      .getRows()
      .map(([row]) => String(row))
      .sort()
  } finally {
    connection.closeSync()
    database.close()
  }
}

/** A disk of its own, in memory; undefined where none can be mounted. */
function smallDisk(size: string): { readonly folder: string; grow(size: string): void } | undefined {
  if (process.platform !== 'linux' || process.getuid?.() !== 0) return undefined
  const folder = freshFolder()
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${size}`, 'tmpfs', folder], { stdio: 'ignore' })
  } catch {
    return undefined
  }
  onTestFinished(() => {
    execFileSync('umount', ['-l', folder])
  })
  return { folder, grow: (more) => execFileSync('mount', ['-o', `remount,size=${more}`, folder]) }
}

describe('a disk that is full', () => {
  // So full that the hand-over does not fit, that the log does not, and that the file does not.
  test.each(['300k', '2m'])(
    'at %s leaves what was before, says so, and the next run lands the rest',
    async (size) => {
      const disk = smallDisk(size)
      if (disk === undefined) {
        console.log('a disk that is full is not tried: mounting one needs root on Linux')
        return
      }
      const warehouse = join(disk.folder, 'w.duckdb')
      const folder = projectOn(warehouse)
      const { code, err } = await land(folder)
      expect([code, err]).toEqual([
        1,
        `error: ${warehouse}: the disk that holds the warehouse is full\n  nothing of the transaction that was under way is kept, all that was before is; make room and run it again\n`,
      ])
      disk.grow('200m')
      expect(await landedRows(warehouse)).toEqual([])
      expect(await land(folder)).toMatchObject({ code: 0, err: '' })
      expect(await landedRows(warehouse)).toEqual(rows)
    },
  )
})

test.each([2500])(
  'a file that may not grow beyond %i blocks (ulimit -f) leaves what was before, and the next run lands the rest',
  async (blocks) => {
    const warehouse = join(freshFolder(), 'w.duckdb')
    const folder = projectOn(warehouse)
    const { code, err } = await land(folder, `ulimit -f ${blocks};`)
    expect(code).toBe(1)
    expect(err).toMatch(
      /^error: .*: the warehouse may not grow: its file would be larger than is allowed \(ulimit -f\)\n {2}nothing of/,
    )
    expect(await landedRows(warehouse)).toEqual([])
    expect(await land(folder)).toMatchObject({ code: 0, err: '' })
    expect(await landedRows(warehouse)).toEqual(rows)
  },
)

test.each(['SIGINT'] as const)(
  'a run that is told to stop (%s) leaves whole files only, and the next run lands the rest',
  async (signal) => {
    const warehouse = join(freshFolder(), 'w.duckdb')
    const folder = projectOn(warehouse)
    const child = spawn(process.execPath, [program, 'land'], {
      cwd: folder,
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    let err = ''
    child.stderr.on('data', (piece: Buffer) => {
      err += String(piece)
    })
    const exit = once(child, 'exit')
    // The warehouse is there once the landing begins.
    while (!existsSync(warehouse) && child.exitCode === null) await new Promise(setImmediate)
    child.kill(signal)
    const [code] = await exit
    if (code !== 0)
      expect([code, err]).toEqual([
        1,
        expect.stringMatching(
          /^stopping: .*\n(before this, landed .*\n.*\n)?error: the landing was cancelled; .*\n {2}`streamform land` again lands the rest\n$/,
        ),
      ])
    const first = await landedRows(warehouse)
    expect(first.length % events).toBe(0)
    expect(await land(folder)).toMatchObject({ code: 0, err: '' })
    expect(await landedRows(warehouse)).toEqual(rows)
  },
)

test('of two loaders at once one lands, the other is told who holds the warehouse, and no row is there twice', async () => {
  const warehouse = join(freshFolder(), 'w.duckdb')
  const folder = projectOn(warehouse)
  const ended = await Promise.all([land(folder), land(folder), land(folder)])
  for (const { code, err } of ended) {
    if (code !== 0)
      expect([code, err]).toEqual([
        1,
        expect.stringMatching(/the warehouse is in use by another process \(PID \d+/),
      ])
  }
  expect(ended.some(({ code }) => code === 0)).toBe(true)
  expect(await landedRows(warehouse)).toEqual(rows)
  expect(await land(folder)).toMatchObject({
    code: 0,
    out: 'nothing new to land; 30 files had landed before\n',
  })
  rmSync(warehouse)
})
