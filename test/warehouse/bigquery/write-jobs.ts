/**
 * Writes the jobs that `dataform run` asks BigQuery for beside every project in `test/projects` that has a `jobs.json`, or
 * that is named: `node test/warehouse/bigquery/write-jobs.ts [NAME…]`.
 */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { dataformCli } from '../../project/dataform-cli.ts'
import { projectCases } from '../../project/graphs.ts'
import { recordedProjects, type Scenario, scenarios, theirJobs } from './recorded-jobs.ts'

const cli = dataformCli(true)
if (cli === undefined) throw new Error('dataform is not installed')
const named = process.argv.slice(2)
const wanted = named.length === 0 ? recordedProjects : projectCases.filter(({ name }) => named.includes(name))
for (const project of wanted) {
  const recorded: [string, unknown][] = []
  for (const scenario of Object.keys(scenarios) as Scenario[])
    recorded.push([scenario, await theirJobs(cli, project, scenario)])
  writeFileSync(
    join(project.folder, 'jobs.json'),
    `${JSON.stringify(Object.fromEntries(recorded), null, 1)}\n`,
  )
  console.log(project.name)
}
