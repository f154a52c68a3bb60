import { userMessage } from '../../googlesql/lower/library/raise.ts'
import { type Place, Problem } from '../../problem.ts'
import { storageProblem } from './storage-problem.ts'

const INTERRUPTED = /^INTERRUPT Error|Interrupted!/
/** What exists already was told before the statement ran: told by the engine, somebody else has made it meanwhile. */
const CONFLICT =
  /Transaction(?:Context)? Error|Conflict on (?:update|tuple)|write-write conflict|Catalog write-write conflict|^Catalog Error: \w+ with name .* already exists!/
const NOT_NULL = /NOT NULL constraint failed: .*\.([^.\n]+)$/m
const OUT_OF_MEMORY = /^Out of Memory Error/

/** What the user is told of an error that DuckDB raised; its own text is the cause, never the message. */
export function translateError(error: unknown, place: Place = {}): Problem {
  if (error instanceof Problem) return error
  const text = error instanceof Error ? error.message : String(error)
  const told = userMessage(text)
  if (told !== undefined) return new Problem(told, { ...place, cause: error })
  const storage = storageProblem(error, place)
  if (storage !== undefined) return storage
  if (INTERRUPTED.test(text)) return new Problem('Job execution was cancelled', { ...place, cause: error })
  const required = NOT_NULL.exec(text)
  if (required !== null) {
    return new Problem(`Required field ${required[1] ?? ''} cannot be null`, { ...place, cause: error })
  }
  if (CONFLICT.test(text)) {
    return new Problem('Could not serialize access to the tables due to a concurrent update', {
      ...place,
      cause: error,
      transient: true,
    })
  }
  if (/Max expression depth limit/.test(text)) {
    return new Problem('An expression this deeply nested is not supported locally', {
      ...place,
      cause: error,
    })
  }
  if (OUT_OF_MEMORY.test(text)) {
    return new Problem('The query needs more memory than the local warehouse may use', {
      ...place,
      cause: error,
    })
  }
  return new Problem(
    'This statement is not supported locally: the embedded engine refused what it was compiled to',
    {
      ...place,
      cause: error,
      hint: 'run again with --debug for the engine’s own message',
    },
  )
}
