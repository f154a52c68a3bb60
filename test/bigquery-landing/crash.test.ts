import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import type { BigQueryClient } from '../../runner/warehouse/bigquery/client.ts'
import type { ApiCall } from '../../runner/warehouse/bigquery/request.ts'
import { freshFolder } from '../loaders/fresh-warehouse.ts'
import { Died, noon, options, proveLandingKills, stampsAgree, timeless, writeStream } from './kills.ts'
import { type LocalBigQuery, landIn, openLocalBigQuery } from './two-warehouses.ts'

// Whole landings and projects, on a machine that may have other things to do.
vi.setConfig({ testTimeout: 300_000, hookTimeout: 300_000 })

let bigquery: LocalBigQuery
const folder = freshFolder()
beforeAll(async () => {
  bigquery = await openLocalBigQuery()
  writeStream(folder)
})
afterAll(() => bigquery?.close())

// `npm run prove -- landing` kills before every call.
const every = process.env['STREAMFORM_CI'] === undefined ? 12 : 8

test('killed before a call of the API, the next loader ends right: every row once', async () => {
  const first = Number(process.env['STREAMFORM_SEED'] ?? Date.now() % every)
  console.log(`kills before each call ${first} + ${every} n`)
  const { kills, calls } = await proveLandingKills(every, first)
  expect(calls).toBeGreaterThan(40)
  expect(kills).toBeGreaterThanOrEqual(Math.floor(calls / every))
}, 300_000)

test('two loaders in two processes land each file once, whoever is first', async () => {
  const whole = await bigquery.loader({ project: 'one' })
  await landIn(whole, folder, noon, options('one'))
  for (const filesPerTransaction of [1, 4096]) {
    const project = `two-${filesPerTransaction}`
    await landIn(await bigquery.loader({ project }), freshFolder(), noon)
    const reports = await Promise.all(
      ['127.0.0.1', 'localhost'].map(async (host) =>
        landIn(await bigquery.loader({ project, host }), folder, noon, {
          project,
          filesPerTransaction,
        }),
      ),
    )
    expect(reports.map(({ landed }) => landed).reduce((sum, landed) => sum + landed)).toBe(4)
    expect(await timeless(bigquery, project)).toEqual(await timeless(bigquery, 'one'))
    expect(await stampsAgree(bigquery, project)).toBe(true)
  }
})

test('a loader that was thought dead cannot write a table anew over what has landed since', async () => {
  const project = 'zombie'
  let held: (() => Promise<unknown>) | undefined
  const slow = await bigquery.loader({
    project,
    disturb: (call) =>
      (async (request: ApiCall, given?: object) => {
        const isRewriting = /"jobId":"streamform_rewrite_/.test(JSON.stringify(request.body ?? {}))
        if (held !== undefined) throw new Died('gone')
        if (!isRewriting) return call(request, given)
        held = () => call(request, given)
        throw new Died('asleep')
      }) as BigQueryClient['call'],
  })
  await expect(landIn(slow, folder, noon, options(project))).rejects.toThrow(Died)
  const next = await bigquery.loader({ project })
  await landIn(next, folder, noon, options(project))
  const before = await timeless(bigquery, project)
  await expect(held?.()).rejects.toThrow(/Already Exists: Job/)
  expect(await timeless(bigquery, project)).toEqual(before)
  expect(before).toEqual(await timeless(bigquery, 'one'))
})
