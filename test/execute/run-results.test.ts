import {
  appendFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { createRunFolder, readRun, runIds } from '../../runner/execute/run-folder.ts'
import { type ActionResult, type RunResults, runResultsJsonSchema } from '../../runner/execute/run-results.ts'

const action = (name: string, status: ActionResult['status']): ActionResult => ({
  id: `p.d.${name}`,
  target: { database: 'p', schema: 'd', name },
  kind: 'table',
  file: `definitions/${name}.sqlx`,
  status,
  deed: null,
  why: null,
  startedAt: null,
  endedAt: null,
  seconds: null,
  attempts: 0,
  rows: null,
  bytesBilled: null,
  statements: [],
  underWay: null,
  error: null,
  skippedBecause: null,
  warnings: [],
})

const results = (id: string, status: RunResults['status'], actions: readonly ActionResult[]): RunResults => ({
  formatVersion: 1,
  id,
  command: 'run',
  status,
  warehouse: 'duckdb',
  startedAt: '2026-01-31T12:00:00.000Z',
  endedAt: null,
  seconds: null,
  fullRefresh: false,
  select: [],
  exclude: [],
  vars: {},
  resumes: null,
  actions: [...actions],
})

const now = new Date('2026-01-31T12:00:00.123Z')

function folder(): string {
  const path = mkdtempSync(join(tmpdir(), 'streamform-runs-'))
  onTestFinished(() => rmSync(path, { recursive: true }))
  return path
}

test('the JSON schema in the docs is that of the code (rewritten here where STREAMFORM_WRITE_DOCS is set)', () => {
  const file = join(import.meta.dirname, '..', '..', 'docs', 'run_results.schema.json')
  const schema = JSON.parse(JSON.stringify(runResultsJsonSchema()))
  if (process.env.STREAMFORM_WRITE_DOCS) writeFileSync(file, `${JSON.stringify(schema, undefined, 2)}\n`)
  expect(JSON.parse(readFileSync(file, 'utf8'))).toEqual(schema)
})

test('runs are named by their time, two of one instant apart, and listed newest first', async () => {
  const project = folder()
  const [one, two] = [await createRunFolder(project, now), await createRunFolder(project, now)]
  const later = await createRunFolder(project, new Date('2026-02-01T00:00:00Z'))
  expect([one.id, two.id, later.id]).toEqual([
    '2026-01-31-120000-123',
    '2026-01-31-120000-123-2',
    '2026-02-01-000000-000',
  ])
  expect(one.path).toBe('.streamform/runs/2026-01-31-120000-123')
  expect(await runIds(project)).toEqual([later.id, two.id, one.id])
})

test('what a run wrote is read back, and no temporary file stays', async () => {
  const project = folder()
  const run = await createRunFolder(project, now)
  const written = results(run.id, 'failed', [action('a', 'succeeded'), action('b', 'failed')])
  await run.write(results(run.id, 'running', []))
  await run.write(written)
  expect(await readRun(project, run.id)).toEqual(written)
  expect(readdirSync(join(project, run.path)).sort()).toEqual(['progress.jsonl', 'run_results.json'])
})

test('a killed run has what ended up to the last whole line', async () => {
  const project = folder()
  const run = await createRunFolder(project, now)
  await run.write(
    results(
      run.id,
      'running',
      ['a', 'b', 'c'].map((name) => action(name, 'pending')),
    ),
  )
  run.note(action('a', 'succeeded'))
  run.note(action('b', 'failed'))
  const half = JSON.stringify(action('c', 'succeeded')).slice(0, 100)
  appendFileSync(join(project, run.path, 'progress.jsonl'), half)
  const { actions } = await readRun(project, run.id)
  expect(actions.map(({ target, status }) => `${target.name} ${status}`)).toEqual([
    'a succeeded',
    'b failed',
    'c pending',
  ])
})

test('a run that is not there, has no results yet, or is none of ours is said to be', async () => {
  const project = folder()
  const run = await createRunFolder(project, now)
  await expect(readRun(project, '2026-01-31-120000-124')).rejects.toThrow(
    'there is no run `2026-01-31-120000-124`; did you mean `2026-01-31-120000-123`?',
  )
  await expect(readRun(project, run.id)).rejects.toThrow(
    'run 2026-01-31-120000-123 ended before it had planned anything',
  )
  mkdirSync(join(project, '.streamform', 'runs', 'x'))
  writeFileSync(join(project, '.streamform', 'runs', 'x', 'run_results.json'), '{"formatVersion": 2}')
  await expect(readRun(project, 'x')).rejects.toThrow('not a file that a run of this version wrote')
})
