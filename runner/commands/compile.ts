import { defaultEffects } from '../default-effects.ts'
import type { Effects } from '../effects.ts'
import { topologicalOrder } from '../graph/dag.ts'
import { actionDag } from '../graph/select.ts'
import { compile as compileProject } from '../project/compile/compile.ts'
import type { CompiledGraph } from '../project/compile/compiled-graph.ts'
import { counted } from '../report/progress.ts'
import { defineCommand, type ProjectOptions } from './command.ts'
import { readProject } from './context.ts'
import { selectionFlags, selectionOptions } from './project-flags.ts'

export interface CompileOptions extends ProjectOptions {
  /** Added to the project's `vars`. */
  readonly vars?: Readonly<Record<string, string>>
}

/**
 * Compiles the project with Dataform's own core. The result is the graph exactly as `dataform compile --json` prints it.
 *
 * @throws Problems: every error of the project, with its place
 * @example const { tables } = await compile({ project: 'shop' })
 */
export async function compile(
  options: CompileOptions = {},
  effects: Effects = defaultEffects(),
): Promise<CompiledGraph> {
  const project = await readProject(options, effects)
  const { graph, actions, logs } = await compileProject(project.folder, {
    vars: options.vars ?? {},
    signal: effects.signal,
  })
  topologicalOrder(actionDag(actions))
  for (const line of logs) effects.note(line)
  return graph
}

export const command = defineCommand({
  flags: { vars: selectionFlags.vars },
  examples: [
    ['compile', 'check the project, count its actions'],
    ['compile --json', 'the compiled graph, as `dataform compile --json` prints it'],
  ],
  options: (given): CompileOptions => {
    const { project, vars = {} } = selectionOptions(given)
    return { project, vars }
  },
  run: compile,
  text: (graph) => {
    const counts = [
      [graph.declarations, 'declaration'],
      [graph.tables, 'table or view', 'tables and views'],
      [graph.operations, 'operation'],
      [graph.assertions, 'assertion'],
      [graph.tests, 'unit test'],
      [graph.notebooks, 'notebook'],
      [graph.dataPreparations, 'data preparation'],
    ] as const
    const parts = counts.flatMap(([list = [], one, many = `${one}s`]) =>
      list.length === 0 ? [] : [`${counted(list.length)} ${list.length === 1 ? one : many}`],
    )
    return parts.length === 0 ? 'compiled: nothing is defined yet' : `compiled: ${parts.join(', ')}`
  },
})
