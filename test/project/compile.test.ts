import { resolve } from 'node:path'
import { describe, expect, test } from 'vitest'
import { compile, tryCompile } from '../../runner/project/compile/compile.ts'
import { compileWithCli, dataformCli } from './dataform-cli.ts'
import { plain, projectCases, readGraph, withKnownFiles, withoutStacks } from './graphs.ts'

describe('the compiled graph', () => {
  test.for(projectCases)('of $name is the one that dataform makes', async (project) => {
    const { graph, problems } = await tryCompile(project.folder, project.options)
    const ours = withoutStacks(plain(graph))
    const theirs = readGraph(project)
    expect(ours).toEqual(withKnownFiles(theirs, ours))
    // No error of the graph is lost on the way to the user, and none is made up.
    const errors = ours.graphErrors?.compilationErrors ?? []
    expect(problems.length > 0).toBe(errors.length > 0)
    expect(errors.map(({ fileName }) => fileName)).not.toContain('index.js')
  })
})

const cli = dataformCli()

describe.skipIf(cli === undefined)(
  `dataform's own command line${cli === undefined ? ' (not installed; set STREAMFORM_CI=1 to install it)' : ''}`,
  () => {
    test.for(projectCases)('still makes the graph that is kept for $name', (project) => {
      const theirs = compileWithCli(cli ?? '', project.folder, project.options)
      expect(withoutStacks(theirs)).toEqual(readGraph(project))
    })

    test('makes of this repository the graph that we make', async () => {
      const root = resolve(import.meta.dirname, '../..')
      const { graph } = await compile(root)
      expect(plain(graph)).toEqual(compileWithCli(cli ?? '', root, {}))
    })
  },
)
