import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import type { CompileOptions } from '../../runner/project/compile/compile.ts'
import type { CompiledGraph } from '../../runner/project/compile/compiled-graph.ts'

export const projectsFolder = resolve(import.meta.dirname, '../projects')

/** A small Dataform project, and how it is compiled (`case.json`). */
export interface ProjectCase {
  readonly name: string
  readonly folder: string
  readonly options: CompileOptions
  /** Dataform's own graph of it, as `node test/project/write-graphs.ts` wrote it. */
  readonly graphFile: string
}

export const projectCases: readonly ProjectCase[] = readdirSync(projectsFolder)
  .toSorted()
  .map((name) => {
    const folder = join(projectsFolder, name)
    const given = join(folder, 'case.json')
    const options = existsSync(given) ? (JSON.parse(readFileSync(given, 'utf8')) as CompileOptions) : {}
    return { name, folder, options, graphFile: join(folder, 'graph.json') }
  })

export const readGraph = ({ graphFile }: ProjectCase): CompiledGraph =>
  JSON.parse(readFileSync(graphFile, 'utf8')) as CompiledGraph

/** A graph without the stacks of its errors, which tell of the machine rather than of the project. */
export function withoutStacks(graph: CompiledGraph): CompiledGraph {
  const errors = graph.graphErrors?.compilationErrors?.map(({ stack: _, ...error }) => error)
  return plain({ ...graph, graphErrors: errors === undefined ? {} : { compilationErrors: errors } })
}

/**
 * As `theirs`, with `ours` for the file of an error where the command line names `index.js`, a file that no project
 * has: its sandbox hides from the core on which file it works.
 */
export function withKnownFiles(theirs: CompiledGraph, ours: CompiledGraph): CompiledGraph {
  const errors = theirs.graphErrors?.compilationErrors?.map((error, index) => {
    const fileName = ours.graphErrors?.compilationErrors?.[index]?.fileName
    return error.fileName === 'index.js' && fileName !== undefined ? { ...error, fileName } : error
  })
  return errors === undefined ? theirs : { ...theirs, graphErrors: { compilationErrors: errors } }
}

export const plain = <T>(value: T): T => JSON.parse(JSON.stringify(value)) as T
