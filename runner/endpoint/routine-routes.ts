import type { CatalogRoutine } from '../googlesql/catalog.ts'
import { notFound } from './api-error.ts'
import { etagOf } from './job.ts'
import { page } from './job-routes.ts'
import { sqlName } from './reference.ts'
import type { ApiRequest, ApiResponse } from './request.ts'
import type { Service } from './service.ts'
import { checkDataset } from './table-routes.ts'

const types: Readonly<Record<CatalogRoutine['kind'], string>> = {
  FUNCTION: 'SCALAR_FUNCTION',
  AGGREGATE: 'AGGREGATE_FUNCTION',
  TABLE_FUNCTION: 'TABLE_VALUED_FUNCTION',
  PROCEDURE: 'PROCEDURE',
}

function resource({ target, kind, text }: CatalogRoutine, full: boolean): object {
  const described = {
    routineReference: { projectId: target.database, datasetId: target.schema, routineId: target.name },
    routineType: types[kind],
    language: 'SQL',
    ...(full ? { definitionBody: bodyOf(text) } : {}),
  }
  return { etag: etagOf([described, text]), ...described }
}

/** What follows AS in a CREATE statement, without the brackets around it; of a procedure, from BEGIN on. */
function bodyOf(text: string): string {
  const body =
    /\bAS\s*\(([\s\S]*)\)\s*;?\s*$/i.exec(text)?.[1] ?? /\bAS\s+([\s\S]*?)\s*;?\s*$/i.exec(text)?.[1]
  return (body ?? /\bBEGIN\b[\s\S]*$/i.exec(text)?.[0] ?? text).trim()
}

/** `GET routines`. */
export async function listRoutines(service: Service, request: ApiRequest): Promise<ApiResponse> {
  const { project = '', dataset = '' } = request.parameters
  await checkDataset(service, project, dataset)
  const { items, more } = page(await service.warehouse.routines(project, dataset), request.query, 1000)
  return { body: { routines: items.map((routine) => resource(routine, false)), ...more } }
}

async function find(service: Service, { parameters }: ApiRequest): Promise<CatalogRoutine> {
  const { project = '', dataset = '', routine = '' } = parameters
  await checkDataset(service, project, dataset)
  const found = (await service.warehouse.routines(project, dataset)).find(
    ({ target }) => target.name === routine,
  )
  if (found === undefined) throw notFound(`Routine ${project}:${dataset}.${routine}`)
  return found
}

/** `GET routines/{R}`. */
export async function getRoutine(service: Service, request: ApiRequest): Promise<ApiResponse> {
  return { body: resource(await find(service, request), true) }
}

/** `DELETE routines/{R}`. */
export async function deleteRoutine(service: Service, request: ApiRequest): Promise<ApiResponse> {
  const { target, kind } = await find(service, request)
  const entity =
    kind === 'TABLE_FUNCTION' ? 'TABLE FUNCTION' : kind === 'PROCEDURE' ? 'PROCEDURE' : 'FUNCTION'
  await service.warehouse.execute(`DROP ${entity} ${sqlName(target.database, target.schema, target.name)}`)
  return { status: 204 }
}
