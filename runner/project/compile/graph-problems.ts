import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Problem } from '../../problem.ts'
import type { CompileError } from './compile-error.ts'
import type { WorkerAnswer } from './compile-worker.ts'
import type { CoreLocation } from './core-module.ts'
import { readError } from './read-error.ts'

/**
 * The errors of a compilation as Problems: what the core said, with what was probably meant and where it stands, each
 * thing once, ordered by file and line.
 */
export function graphProblems(
  folder: string,
  core: CoreLocation,
  { errors, graph = {} }: Pick<WorkerAnswer, 'errors' | 'graph'>,
): readonly Problem[] {
  const problems = new Map<string, Problem>()
  for (const error of explained(errors)) {
    const source = sourceOf(folder, error.file)
    const { message, position, hint, key } = readError({ error, errors, source, graph, core })
    const problem = new Problem(message, {
      file: error.file,
      line: position?.line,
      column: position?.column,
      cause: error.stack,
      ...(hint !== undefined && { hint }),
    })
    const id = `${error.file}\n${key ?? problem}`
    const earlier = problems.get(id)
    if (earlier === undefined || (earlier.place.line === undefined && position !== undefined)) {
      problems.set(id, problem)
    }
  }
  return [...problems.values()].toSorted(byPlace)
}

/** Where the core has noted what is wrong it may stumble over it afterwards; that says nothing more. */
const explained = (errors: readonly CompileError[]): readonly CompileError[] =>
  errors.length > 1 && errors.at(-1)?.file === undefined ? errors.slice(0, -1) : errors

function sourceOf(folder: string, file: string | undefined): string {
  if (file === undefined) return ''
  try {
    return readFileSync(join(folder, file), 'utf8')
  } catch {
    return ''
  }
}

function byPlace(a: Problem, b: Problem): number {
  const [left, right] = [a.place, b.place]
  if (left.file !== right.file) return (left.file ?? '') < (right.file ?? '') ? -1 : 1
  return (left.line ?? 0) - (right.line ?? 0) || (left.column ?? 0) - (right.column ?? 0)
}
