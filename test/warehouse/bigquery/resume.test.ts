import { expect, onTestFinished, test } from 'vitest'
import { executeRun, runnable } from '../../../runner/execute/execute-run.ts'
import { resumption, runToResume } from '../../../runner/execute/resume.ts'
import { compile } from '../../../runner/project/compile/compile.ts'
import { openBigQueryWarehouse } from '../../../runner/warehouse/bigquery/warehouse.ts'
import { temporaryProject } from '../../commands/temporary-project.ts'
import { startProxy } from '../../prove/faults/proxy.ts'
import { bigQueryOnEndpoint } from './open-warehouse.ts'
import { stillClock } from './still-clock.ts'

test('a job whose every answer was lost is found by resume, and its statement does not run again', async () => {
  const { behind, endpoint } = await bigQueryOnEndpoint({ project: 'proj', defaultProject: 'proj' })
  await behind.execute('create schema proj.ds; create table proj.ds.t (n int64)')
  const project = temporaryProject({
    'definitions/o.sqlx':
      'config { type: "operations" }\ninsert into `proj.ds.t` values (1)\n---\ninsert into `proj.ds.t` values (2)\n---\ninsert into `proj.ds.t` values (3)',
  })
  let isDown = true
  let lost = ''
  const proxy = await startProxy({
    to: endpoint.url,
    fault({ method, path, body }) {
      const { jobReference, configuration } = (body ?? {}) as {
        readonly jobReference?: { readonly jobId?: string }
        readonly configuration?: { readonly query?: { readonly query?: string } }
      }
      if (method === 'POST' && configuration?.query?.query?.includes('(2)') === true)
        lost = jobReference?.jobId ?? ''
      const concerned = lost !== '' && (jobReference?.jobId === lost || path.endsWith(lost))
      return isDown && concerned ? { kind: 'reset', acted: true } : undefined
    },
  })
  onTestFinished(() => proxy.close())
  const options = {
    project: 'proj',
    location: 'US',
    defaultProject: 'proj',
    endpoint: proxy.url,
    clock: stillClock(),
  }
  const warehouse = await openBigQueryWarehouse(options)
  onTestFinished(() => warehouse.close())
  const { actions } = await compile(project.folder)
  const run = async (resumes: boolean) => {
    const former = resumes ? await runToResume(project.folder, undefined) : undefined
    return executeRun(warehouse, {
      command: resumes ? 'resume' : 'run',
      folder: project.folder,
      actions,
      selected: former === undefined ? runnable(actions) : resumption(former, actions).actions,
      fullRefresh: false,
      select: [],
      exclude: [],
      vars: {},
      resumes: former?.id ?? null,
      former: new Map(former?.actions.map((action) => [action.id, action])),
      concurrency: 1,
      retries: 1,
      retryDelay: 0,
      signal: new AbortController().signal,
      now: () => new Date(),
      onEvent: () => {},
    })
  }
  const values = async () =>
    (await behind.execute('select n from proj.ds.t order by n')).rows.map(([n]) => Number(n))

  const [failed] = (await run(false)).actions
  expect([failed?.status, failed?.underWay, failed?.statements.length]).toEqual([
    'failed',
    { job: lost, text: 'insert into `proj.ds.t` values (2)', last: false },
    1,
  ])
  expect(await values()).toEqual([1, 2])
  isDown = false
  const [done] = (await run(true)).actions
  expect([done?.status, done?.statements.map(({ job }) => job?.id === lost)]).toEqual([
    'succeeded',
    [false, true, false],
  ])
  expect(await values()).toEqual([1, 2, 3])
})
