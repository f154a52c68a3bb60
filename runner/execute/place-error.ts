import { Problem } from '../problem.ts'
import type { Action } from '../project/compiled-graph.ts'
import { sourcePosition } from '../project/source-place.ts'

/** The text of a file of the project, by its path relative to it; undefined if it cannot be read. */
export type ReadSource = (file: string) => Promise<string | undefined>

/**
 * An error of the warehouse with its place in the project's own file instead of the statement that was made from it.
 * Where the words at the place were not copied from the file (a name that `ref` gave), the file alone is named and the
 * place in the statement told in the message.
 */
export async function placeError(
  error: unknown,
  statement: string | undefined,
  action: Action,
  readSource: ReadSource,
): Promise<unknown> {
  if (!(error instanceof Problem) || error.place.file !== undefined || action.fileName === '') return error
  const { line, column } = error.place
  const { message, hint, exitCode, transient } = error
  const rest = { cause: error, exitCode, transient, ...(hint === undefined ? {} : { hint }) }
  if (line === undefined || column === undefined || statement === undefined)
    return new Problem(message, { ...rest, file: action.fileName })
  const source = await readSource(action.fileName)
  const position = source === undefined ? undefined : sourcePosition(statement, { line, column }, source)
  return position === undefined
    ? new Problem(`${message} (line ${line}, column ${column} of its statement)`, {
        ...rest,
        file: action.fileName,
      })
    : new Problem(message, { ...rest, file: action.fileName, ...position })
}
