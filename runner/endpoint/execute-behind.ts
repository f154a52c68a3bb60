import type { StatementResult } from '../googlesql/result.ts'
import { Problem } from '../problem.ts'
import type { ExecuteOptions } from '../warehouse/warehouse.ts'
import type { Service } from './service.ts'

/**
 * Runs a client's query behind something of ours, of one line: places in errors are those in the client's own text.
 *
 * @example executeBehind(service, 'CREATE VIEW d.v AS ', 'SELECT nope') // Unrecognized name: nope at [1:8]
 */
export async function executeBehind(
  { warehouse: place }: { readonly warehouse: Pick<Service['warehouse'], 'execute'> },
  head: string,
  text: string,
  options: ExecuteOptions = {},
): Promise<StatementResult> {
  try {
    return await place.execute(`${head}${text}`, options)
  } catch (error) {
    throw moved(error, head.length)
  }
}

/** Runs a statement of which nothing is a client's own text: places in it would tell the client nothing. */
export async function executeOwn(
  { warehouse }: Pick<Service, 'warehouse'>,
  text: string,
): Promise<StatementResult> {
  try {
    return await warehouse.execute(text)
  } catch (error) {
    throw error instanceof Problem ? placedAt(error, {}) : error
  }
}

function moved(error: unknown, before: number): unknown {
  if (!(error instanceof Problem) || error.place.line !== 1 || error.place.column === undefined) return error
  return placedAt(error, { ...error.place, column: Math.max(1, error.place.column - before) })
}

function placedAt(problem: Problem, place: Problem['place']): Problem {
  const { message, hint, transient } = problem
  return new Problem(message, {
    ...place,
    transient,
    cause: problem,
    ...(hint === undefined ? {} : { hint }),
  })
}
