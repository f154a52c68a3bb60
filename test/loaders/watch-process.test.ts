import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { renameSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test, vi } from 'vitest'
import { minutePath, mysqlFile } from './events.ts'
import { freshFolder, freshWarehouse, writeFiles } from './fresh-warehouse.ts'

// Whole landings and projects, on a machine that may have other things to do.
vi.setConfig({ testTimeout: 300_000, hookTimeout: 300_000 })

const program = join(import.meta.dirname, '../../bin/streamform.js')
const nameOf = (id: number) => minutePath('2024/06/01/00/01', `${id}.avro`)
const file = (id: number) => ({
  [nameOf(id)]: mysqlFile([{ name: 'id', type: 'long' }], [{ id }], { first: id }),
})

test.each(['SIGTERM', 'SIGINT'] as const)(
  'a loader that watches ends well at %s, with all landed that it said',
  async (name) => {
    const folder = freshFolder()
    await writeFiles(folder, {
      'workflow_settings.yaml': 'defaultProject: my-project\ndefaultDataset: shop\n',
      'streamform.yaml': 'stream: {path: in}\nwarehouse: {path: w.duckdb}\n',
    })
    await writeFiles(join(folder, 'in'), file(1))
    await writeFiles(join(folder, 'waiting'), file(2))
    const loader = spawn(process.execPath, [program, 'land', '--watch', '--every', '1'], {
      cwd: folder,
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    const ended = once(loader, 'exit')
    let told = 0
    let out = ''
    loader.stdout.on('data', (data: Buffer) => {
      out += data.toString()
    })
    loader.stderr.on('data', (data: Buffer) => {
      if (!/landed/.test(data.toString())) return
      told += 1
      // Once it has told of the first file it is given another, and once of that, the signal.
      if (told === 1) renameSync(join(folder, 'waiting', nameOf(2)), join(folder, 'in', nameOf(2)))
      else loader.kill(name)
    })
    expect(await ended).toEqual([0, null])
    expect(out).toMatch(/^stopped after \d+ landings: 2 files with 2 rows landed, 0 files quarantined\n$/)
    const warehouse = await freshWarehouse(join(folder, 'w.duckdb'))
    try {
      const rows = await warehouse.query(
        'select payload.id as id from "my-project.shop_raw"."item" order by 1',
      )
      expect(rows).toEqual([{ id: '1' }, { id: '2' }])
    } finally {
      warehouse.close()
    }
  },
)
