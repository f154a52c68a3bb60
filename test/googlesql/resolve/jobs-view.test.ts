import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { openDuckDbWarehouse } from '../../../runner/warehouse/duckdb/warehouse.ts'
import { freshWarehouse, problemOf, rowsOf } from '../../warehouse/fresh-warehouse.ts'

const jobs = `SELECT job_id, statement_type, query, error_result.message, labels, creation_time, end_time
  FROM \`region-us\`.INFORMATION_SCHEMA.JOBS_BY_PROJECT ORDER BY job_id`

test('INFORMATION_SCHEMA.JOBS tells the executions that had a name, also those of a process before', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'streamform-test-'))
  const path = join(folder, 'w.duckdb')
  let tick = 0
  const open = () =>
    openDuckDbWarehouse({
      path,
      defaultProject: 'p',
      now: () => new Date(Date.UTC(2024, 5, 1, 0, 0, tick++)),
    })
  try {
    const first = await open()
    await first.createDataset('p', 'd')
    await first.execute('CREATE TABLE d.t AS SELECT 1 AS a', {
      job: 'one',
      labels: { team: 'data', run: '7' },
    })
    await expect(first.execute('SELECT b FROM d.t', { job: 'two' })).rejects.toThrow('Unrecognized name: b')
    await first.execute('SELECT 1')
    await first.close()
    const second = await open()
    expect(await rowsOf(second, jobs)).toEqual([
      [
        'one',
        'CREATE_TABLE_AS_SELECT',
        'CREATE TABLE d.t AS SELECT 1 AS a',
        null,
        [
          ['team', 'data'],
          ['run', '7'],
        ],
        '2024-06-01T00:00:00Z',
        '2024-06-01T00:00:01Z',
      ],
      [
        'two',
        null,
        'SELECT b FROM d.t',
        'Unrecognized name: b',
        [],
        '2024-06-01T00:00:02Z',
        '2024-06-01T00:00:03Z',
      ],
    ])
    await second.close()
  } finally {
    rmSync(folder, { recursive: true })
  }
})

test('INFORMATION_SCHEMA.JOBS is empty before the first job, and new jobs are in it at once', async () => {
  const warehouse = await freshWarehouse()
  expect(await rowsOf(warehouse, 'SELECT * FROM INFORMATION_SCHEMA.JOBS')).toEqual([])
  await warehouse.execute('SELECT 1', { job: 'a' })
  expect(await rowsOf(warehouse, 'SELECT job_id, state FROM INFORMATION_SCHEMA.JOBS_BY_USER')).toEqual([
    ['a', 'DONE'],
  ])
})

test.each([
  [
    'SELECT total_bytes_billed FROM INFORMATION_SCHEMA.JOBS',
    '1:8: column total_bytes_billed of INFORMATION_SCHEMA.JOBS is not supported locally: what it tells is not kept',
  ],
  [
    'SELECT 1 FROM d.INFORMATION_SCHEMA.JOBS',
    '1:15: INFORMATION_SCHEMA.JOBS is of a project, not of a dataset: name it `region-us`.INFORMATION_SCHEMA.JOBS',
  ],
])('%s is refused', async (query, message) => {
  const warehouse = await freshWarehouse()
  expect(await problemOf(warehouse.execute(query))).toBe(message)
})
