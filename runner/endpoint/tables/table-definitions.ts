import { sqlPath } from '../../googlesql/quote.ts'
import type { QueryRequest } from '../jobs/query-job.ts'
import { isObject, type JsonObject, objectAt } from '../json.ts'
import type { Service } from '../service.ts'
import { createExternalTable } from './external-table.ts'

/**
 * A query with the external tables that it alone has (`tableDefinitions`): they are temporary ones of a session that ends
 * with it, or of the one that it runs in, whose next query has them no more.
 */
export async function withDefinitions<Result>(
  service: Service,
  request: QueryRequest,
  work: (request: QueryRequest) => Promise<Result>,
): Promise<Result> {
  const definitions = definitionsOf(request.given)
  if (definitions.length === 0) return work(request)
  const lasting = typeof request.session === 'object' ? service.sessions.get(request.session.id) : undefined
  const session = lasting ?? (await service.sessions.start())
  const made: string[] = []
  try {
    for (const [name, externalDataConfiguration] of definitions) {
      const table = sqlPath('_SESSION', name)
      await session.execute(createExternalTable(table, { externalDataConfiguration }))
      made.push(table)
    }
    return await work({ ...request, session: { id: session.id } })
  } finally {
    if (lasting === undefined) await service.sessions.end(session.id)
    // A query that failed may have rolled them back.
    else for (const table of made) await session.execute(`DROP EXTERNAL TABLE IF EXISTS ${table}`)
  }
}

const definitionsOf = (given: JsonObject): readonly (readonly [string, JsonObject])[] =>
  Object.entries(objectAt(given, 'tableDefinitions')).flatMap(([name, definition]) =>
    isObject(definition) ? [[name, definition] as const] : [],
  )
