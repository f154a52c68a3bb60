import { Problem } from '../problem.ts'
import type { Action } from '../project/compile/compiled-graph.ts'
import { placeholderPlace } from '../project/compile/placeholder-place.ts'
import { sourcePosition } from '../project/source-place.ts'
import { madeLine, type ReadSource } from './made-line.ts'

/**
 * An error of the warehouse with its place in the project's own file instead of the statement that was made from it.
 * Where the words at the place came out of a `${…}` of a SQLX file (a name that `ref` gave, SQL of an include), its
 * place is named and the line that it gave told in the message. Of a model made by JavaScript the line of a macro is named,
 * if the words stand there as they are; where nothing of this can be seen, the file alone and the line of the statement.
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
  const file = action.fileName
  const rest = { cause: error, exitCode, transient, file, ...(hint === undefined ? {} : { hint }) }
  if (line === undefined || column === undefined || statement === undefined) return new Problem(message, rest)
  const source = await readSource(file)
  const at = { line, column }
  if (source !== undefined) {
    const made = file.endsWith('.sqlx') ? placeholderPlace(statement, at, source) : undefined
    // What follows an open end may be the file's own text again.
    const own = made === undefined || made.openEnded ? sourcePosition(statement, at, source) : undefined
    if (own !== undefined) return new Problem(message, { ...rest, ...own })
    if (made !== undefined) {
      const told = `${message} (in what \`${short(made.placeholder)}\` gives: \`${short(made.line)}\`)`
      return new Problem(told, { ...rest, ...made.position })
    }
  }
  // An error of the whole statement has no place within it.
  if (line === 1 && column === 1) return new Problem(message, rest)
  const made = file.endsWith('.js') ? await madeLine(statement, at, file, readSource) : undefined
  if (made !== undefined) {
    const { schema, name } = action.target
    return new Problem(`${message} (in \`${schema}.${name}\` of ${file})`, { ...rest, ...made })
  }
  const text = short((statement.split('\n')[line - 1] ?? '').trim())
  return new Problem(`${message} (line ${line}, column ${column} of its statement: \`${text}\`)`, rest)
}

/** On one line, of 60 characters at most. */
function short(text: string): string {
  const flat = text.replace(/\s+/g, ' ')
  return flat.length > 60 ? `${flat.slice(0, 59)}…` : flat
}
