import { expect, test } from 'vitest'
import { planRun } from '../../../runner/execute/plan-run.ts'
import { compile } from '../../../runner/project/compile/compile.ts'
import { temporaryProject } from '../../commands/temporary-project.ts'
import { bigQueryOnEndpoint } from './open-warehouse.ts'

test('a plan tells bytes and price, what is dropped, and types what reads tables that the run makes', async () => {
  const { warehouse, behind, calls } = await bigQueryOnEndpoint({ project: 'proj', defaultProject: 'proj' })
  await behind.execute(`CREATE SCHEMA proj.ds; CREATE SCHEMA proj.raw;
    CREATE TABLE proj.raw.t AS SELECT n, 'ab' AS s FROM UNNEST(GENERATE_ARRAY(1, 1024)) AS n;
    CREATE VIEW proj.ds.was_view AS SELECT 1 AS x;
    CREATE TABLE proj.ds.grows AS SELECT 1 AS n`)
  const project = temporaryProject({
    'definitions/t.sqlx': 'config { type: "declaration", schema: "raw" }',
    'definitions/was_view.sqlx': 'config { type: "table" }\nselect n from ${ref("t")}',
    'definitions/fresh.sqlx': 'config { type: "table" }\nselect n, s from ${ref("t")}',
    'definitions/after.sqlx': 'config { type: "table" }\nselect sum(n) as total from ${ref("fresh")}',
    'definitions/wrong.sqlx': 'config { type: "table" }\nselect missing from ${ref("fresh")}',
    'definitions/grows.sqlx':
      'config { type: "incremental", onSchemaChange: "EXTEND" }\nselect n, s from ${ref("fresh")}',
    'definitions/check.sqlx':
      'config { type: "assertion" }\nselect * from ${ref("was_view")} where n is null',
    'definitions/operate.sqlx': 'config { type: "operations" }\ndelete ${ref("t")} where n = 1',
  })
  const { actions } = await compile(project.folder)
  const before = calls.length
  const planned = await planRun(warehouse, actions, actions, false, 2 ** 40)
  const shown = planned.map(({ target, deed, drops, bytes, bytesUnknown, price }) => [
    target.name,
    { deed, drops, bytes, bytesUnknown, price },
  ])
  const known = (deed: string, bytes: number, drops: string | null = null) => ({
    deed,
    drops,
    bytes,
    bytesUnknown: null,
    price: bytes,
  })
  const unknown = (deed: string, bytesUnknown: string) => ({
    deed,
    drops: null,
    bytes: null,
    bytesUnknown,
    price: null,
  })
  expect(Object.fromEntries(shown)).toEqual({
    was_view: known('replace', 1024 * 8, 'VIEW'),
    fresh: known('create', 1024 * 12),
    after: unknown('create', 'it reads ds.fresh, which the run makes'),
    wrong: unknown('create', 'Unrecognized name: missing'),
    grows: unknown('insert', 'it reads ds.fresh, which the run makes'),
    check: unknown('check', 'it reads ds.was_view, which the run makes'),
    operate: known('operate', 1024 * 12),
  })
  expect(planned.find(({ target }) => target.name === 'grows')?.statements[0]).toContain(
    'add column `s` STRING',
  )
  expect(planned.find(({ target }) => target.name === 'wrong')?.unknown).toBeNull()
  // Nothing has run: every job was a dry run, which the service does not keep.
  expect(calls.slice(before).filter((call) => /queries|PATCH|DELETE/.test(call))).toEqual([])
  expect((await behind.tables('proj', 'ds')).map(({ name }) => name)).toEqual(['grows', 'was_view'])
})
