import { sqlPath } from '../../googlesql/quote.ts'
import { ApiError } from '../api-error.ts'
import type { QueryRequest } from '../jobs/query-job.ts'
import { isObject, type JsonObject, objectAt } from '../json.ts'
import type { Service } from '../service.ts'
import { createExternalTable } from './external-table.ts'

/**
 * A query with the external tables that it alone has (`tableDefinitions`): they are temporary ones of a session that ends
 * with it.
 */
export async function withDefinitions<Result>(
  service: Service,
  request: QueryRequest,
  work: (request: QueryRequest) => Promise<Result>,
): Promise<Result> {
  const definitions = definitionsOf(request.given)
  if (definitions.length === 0) return work(request)
  if (request.session !== undefined)
    throw new ApiError('notImplemented', 'tableDefinitions in a session are not supported locally')
  const session = await service.sessions.start()
  try {
    for (const [name, externalDataConfiguration] of definitions)
      await session.execute(createExternalTable(sqlPath('_SESSION', name), { externalDataConfiguration }))
    return await work({ ...request, session: { id: session.id } })
  } finally {
    await service.sessions.end(session.id)
  }
}

const definitionsOf = (given: JsonObject): readonly (readonly [string, JsonObject])[] =>
  Object.entries(objectAt(given, 'tableDefinitions')).flatMap(([name, definition]) =>
    isObject(definition) ? [[name, definition] as const] : [],
  )
