import type { CatalogRoutine } from '../../googlesql/catalog.ts'
import { sqlPath } from '../../googlesql/quote.ts'
import { type RoutineParameter, routineParts } from '../../googlesql/routine-parts.ts'
import type { Target } from '../../googlesql/target.ts'
import { ApiError, notFound } from '../api-error.ts'
import { executeOwn } from '../execute-behind.ts'
import { etagOf } from '../jobs/job.ts'
import { page } from '../jobs/job-routes.ts'
import { neededText, objectAt } from '../json.ts'
import type { ApiRequest, ApiResponse } from '../request.ts'
import type { Service } from '../service.ts'
import { dataType, routineText } from './routine-text.ts'
import { checkDataset } from './table-routes.ts'

const types: Readonly<Record<CatalogRoutine['kind'], string>> = {
  FUNCTION: 'SCALAR_FUNCTION',
  AGGREGATE: 'AGGREGATE_FUNCTION',
  TABLE_FUNCTION: 'TABLE_VALUED_FUNCTION',
  PROCEDURE: 'PROCEDURE',
}

/** Where its times are kept: a table may have the same name. */
const timed = ({ name, ...rest }: Target): Target => ({ ...rest, name: `${name}()` })

function resource(
  service: Service,
  routine: CatalogRoutine,
  full: boolean,
): { readonly etag: string; readonly [key: string]: unknown } {
  const { target, kind, text } = routine
  const { language, body, parameters, returns } = routineParts(routine)
  const described = {
    routineReference: { projectId: target.database, datasetId: target.schema, routineId: target.name },
    routineType: types[kind],
    language,
    ...(parameters.length === 0 ? {} : { arguments: parameters.map(argument) }),
    ...(returns === undefined ? {} : { returnType: dataType(returns) }),
    ...(full ? { definitionBody: body } : {}),
  }
  const etag = etagOf([described, text])
  const { created, modified } = service.times.of(timed(target), text, service.now().getTime())
  return { etag, ...described, creationTime: String(created), lastModifiedTime: String(modified) }
}

const argument = ({ name, mode, type }: RoutineParameter): object => ({
  ...(name === '' ? {} : { name }),
  ...(mode === undefined ? {} : { mode }),
  ...(type === undefined ? { argumentKind: 'ANY_TYPE' } : { dataType: dataType(type) }),
})

/** `GET routines`. */
export async function listRoutines(service: Service, request: ApiRequest): Promise<ApiResponse> {
  const { project = '', dataset = '' } = request.parameters
  await checkDataset(service, project, dataset)
  const { items, more } = page(await service.warehouse.routines(project, dataset), request.query, 1000)
  return { body: { routines: items.map((routine) => resource(service, routine, false)), ...more } }
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
  return { body: resource(service, await find(service, request), true) }
}

/** `DELETE routines/{R}`. */
export async function deleteRoutine(service: Service, request: ApiRequest): Promise<ApiResponse> {
  const { target, kind } = await find(service, request)
  const entity =
    kind === 'TABLE_FUNCTION' ? 'TABLE FUNCTION' : kind === 'PROCEDURE' ? 'PROCEDURE' : 'FUNCTION'
  await executeOwn(service, `DROP ${entity} ${sqlPath(target.database, target.schema, target.name)}`)
  return { status: 204 }
}

/** `POST routines`: SQL and JavaScript functions, table functions, procedures. */
export async function insertRoutine(service: Service, request: ApiRequest): Promise<ApiResponse> {
  const { project = '', dataset = '' } = request.parameters
  const body = await request.json()
  await checkDataset(service, project, dataset)
  const name = neededText(objectAt(body, 'routineReference'), 'routineId')
  await executeOwn(service, routineText(sqlPath(project, dataset, name), body, false))
  service.times.wrote(timed({ database: project, schema: dataset, name }), service.now().getTime(), true)
  return getRoutine(service, { ...request, parameters: { project, dataset, routine: name } })
}

/** `PUT routines/{R}`: as the body says, whatever it was. */
export async function updateRoutine(service: Service, request: ApiRequest): Promise<ApiResponse> {
  const { project = '', dataset = '', routine = '' } = request.parameters
  const body = await request.json()
  const before = resource(service, await find(service, request), true)
  const match = request.headers['if-match']
  if (match !== undefined && match !== '*' && match !== before.etag)
    throw new ApiError('conditionNotMet', 'Precondition Failed', { location: 'If-Match' })
  await executeOwn(service, routineText(sqlPath(project, dataset, routine), body, true))
  return getRoutine(service, request)
}
