/** Writes Dataform's own graph of every project in `test/projects` beside it: `node test/project/write-graphs.ts`. */
import { writeFileSync } from 'node:fs'
import { compileWithCli, dataformCli } from './dataform-cli.ts'
import { projectCases, withoutStacks } from './graphs.ts'

const cli = dataformCli(true)
if (cli === undefined) throw new Error('dataform is not installed')
for (const { folder, options, graphFile, name } of projectCases) {
  const graph = withoutStacks(compileWithCli(cli, folder, options))
  writeFileSync(graphFile, `${JSON.stringify(graph, null, 1)}\n`)
  console.log(name)
}
