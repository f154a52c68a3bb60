import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { deadLettersDiscard } from '../../runner/commands/dead-letters-discard.ts'
import { deadLettersList } from '../../runner/commands/dead-letters-list.ts'
import { deadLettersRetry } from '../../runner/commands/dead-letters-retry.ts'
import { drift } from '../../runner/commands/drift.ts'
import { filesForget } from '../../runner/commands/files-forget.ts'
import { filesList } from '../../runner/commands/files-list.ts'
import { filesRetry } from '../../runner/commands/files-retry.ts'
import { land } from '../../runner/commands/land.ts'
import { type Endpoint, startEndpoint } from '../../runner/endpoint/endpoint.ts'
import { minutePath, mysqlFile } from '../loaders/events.ts'
import { freshFolder, recordingEffects, writeFiles } from '../loaders/fresh-warehouse.ts'

// Whole landings and projects, on a machine that may have other things to do.
vi.setConfig({ testTimeout: 300_000, hookTimeout: 300_000 })

const workflow = 'defaultProject: my-project\ndefaultDataset: shop\ndefaultLocation: US\n'
const at = (minute: number) => `2024/06/01/00/0${minute}`
const columns = (...more: readonly { name: string; type: unknown }[]) => [
  { name: 'id', type: 'long' },
  ...more,
]

let endpoint: Endpoint
const stream = freshFolder()
const projects = { embedded: freshFolder(), bigquery: freshFolder() }

beforeAll(async () => {
  endpoint = await startEndpoint({ warehouse: ':memory:' })
  await writeFiles(stream, {
    [minutePath(at(1), 'a.avro')]: mysqlFile(columns({ name: 'v', type: 'bytes' }), [
      { id: 1, v: Buffer.from('x') },
    ]),
    [minutePath(at(2), 'b.avro')]: mysqlFile(
      columns({ name: 'v', type: 'string' }, { name: 'w', type: 'string' }),
      [
        { id: 2, v: 'a text, where bytes are', w: 'new' },
        { id: 3, v: null, w: null },
      ],
      { first: 2 },
    ),
    [minutePath(at(3), 'c.avro')]: mysqlFile(columns(), [{ id: 4 }], { first: 4 }).subarray(0, 900),
    'README.md': 'about these files',
  })
  await writeFiles(projects.embedded, {
    'workflow_settings.yaml': workflow,
    'streamform.yaml': `stream: {path: '${stream}'}\nwarehouse: {path: w.duckdb}\n`,
  })
  await writeFiles(projects.bigquery, {
    'workflow_settings.yaml': workflow,
    'streamform.yaml': `stream: {path: '${stream}'}\nwarehouse: {kind: bigquery, endpoint: '${endpoint.url}'}\n`,
  })
})
afterAll(() => endpoint?.close())

let minutes = 0
const plain = (value: unknown): unknown =>
  JSON.parse(JSON.stringify(value, (_, item) => (typeof item === 'bigint' ? `${item}n` : item)))

/** Calls a command on both, a minute after the one before. */
async function both<Result>(
  call: (project: string, effects: ReturnType<typeof recordingEffects>) => Promise<Result>,
) {
  const now = new Date(Date.UTC(2024, 5, 2, 0, ++minutes))
  const expected = plain(await call(projects.embedded, recordingEffects(now)))
  expect(plain(await call(projects.bigquery, recordingEffects(now)))).toEqual(expected)
  return expected as Result
}

test('every command over landed files says of BigQuery what it says of the embedded warehouse', async () => {
  const landed = await both((project, effects) => land({ project }, effects))
  expect(landed).toMatchObject({ landed: 2, rows: 2, deadLetters: 1, quarantined: [{}], skipped: [{}] })
  expect(await both((project, effects) => filesList({ project }, effects))).toMatchObject({ length: 4 })
  await both((project, effects) => filesList({ project, status: 'quarantined' }, effects))
  await both((project, effects) => drift({ project }, effects))
  await both((project, effects) => deadLettersList({ project }, effects))
  const { waiting } = await both((project, effects) => deadLettersRetry({ project }, effects))
  expect(waiting).toHaveLength(1)
  await both((project, effects) => filesRetry({ project }, effects))
  await both((project, effects) =>
    filesForget({ project, names: [minutePath(at(1), 'a.avro')], yes: true }, effects),
  )
  await both((project, effects) => land({ project, dryRun: true }, effects))
  await both((project, effects) => land({ project }, effects))
  await both((project, effects) => deadLettersDiscard({ project, ids: [waiting[0]?.id ?? ''] }, effects))
  await both((project, effects) => deadLettersList({ project, status: 'discarded' }, effects))
  expect(await both((project, effects) => land({ project }, effects))).toMatchObject({
    landed: 0,
    alreadyLanded: 2,
  })
})
