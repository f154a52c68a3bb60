import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { outcomes, runnableProject } from '../execute/run-project.ts'
import { root } from './model-project.ts'

const macro = readFileSync(join(root, 'macros', 'contract.js'), 'utf8')

/** A table with a contract of columns `id INT64, names ARRAY<STRING>`. */
const promised = async (query: string) => {
  const project = await runnableProject({
    'v1.sqlx': `config { type: "table" }\n${query}`,
    'v1_contract.sqlx': `config { type: "assertion" }\njs { const { contractBreaches } = require("macros/contract"); }
\${contractBreaches(ref("v1"), { id: "INT64", names: "ARRAY<STRING>" })}`,
  })
  project.write({ 'macros/contract.js': macro })
  const results = await project.run()
  const breaches = await project.rows('SELECT * FROM checks.v1_contract ORDER BY column_name')
  return { outcome: outcomes(results)['v1_contract'], breaches }
}

test('a contract holds while columns and types are what was promised, in any order', async () => {
  expect(await promised("SELECT ['a'] AS names, 1 AS id")).toEqual({ outcome: 'succeeded', breaches: [] })
})

test('a contract fails the build for each column that is missing, new or of another type', async () => {
  expect(await promised("SELECT 1.5 AS id, 'a' AS name")).toEqual({
    outcome: 'failed',
    breaches: [
      ['id', 'INT64', 'FLOAT64'],
      ['name', null, 'STRING'],
      ['names', 'ARRAY<STRING>', null],
    ],
  })
})

test.each([
  ['2020-01-01', ['1 row fails the assertion `old`']],
  ['2999-01-01', []],
])('a version that is deprecated from %s on warns from then on', async (date, warnings) => {
  const project = await runnableProject({
    'old.sqlx': `config { type: "assertion", tags: ["severity:warn"] }\njs { const { deprecation } = require("macros/contract"); }
\${deprecation("${date}", "v2")}`,
  })
  project.write({ 'macros/contract.js': macro })
  const { status, actions } = await project.run()
  expect([status, actions[0]?.warnings]).toEqual(['succeeded', warnings])
})
