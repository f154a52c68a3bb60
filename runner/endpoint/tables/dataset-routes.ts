import { sqlPath } from '../../googlesql/quote.ts'
import { ApiError, invalid } from '../api-error.ts'
import { executeOwn } from '../execute-behind.ts'
import { etagOf } from '../jobs/job.ts'
import { page } from '../jobs/job-routes.ts'
import { isSaid, type JsonObject, objectAt, textAt } from '../json.ts'
import { type ApiRequest, type ApiResponse, flagOf } from '../request.ts'
import { callerEmail, defaultLocation, type Service } from '../service.ts'
import { ownDataset, readDatasets, writeDataset } from './dataset-store.ts'
import { checkDataset } from './table-routes.ts'

/** Properties that are kept and given back; they change nothing of what SQL answers here. */
const kept = [
  'access',
  'defaultPartitionExpirationMs',
  'defaultTableExpirationMs',
  'description',
  'friendlyName',
  'labels',
  'location',
  'maxTimeTravelHours',
  'resourceTags',
  'storageBillingModel',
] as const

/** What BigQuery says of a dataset, whatever a client does. */
const said = [
  'creationTime',
  'datasetReference',
  'etag',
  'id',
  'kind',
  'lastModifiedTime',
  'selfLink',
  'type',
] as const

function resource(
  project: string,
  id: string,
  properties: JsonObject,
  origin: string,
): object & { etag: string } {
  const { creationTime = '0', lastModifiedTime = creationTime, labels, ...rest } = properties
  const empty = labels === undefined || labels === null || Object.keys(labels).length === 0
  const described = {
    kind: 'bigquery#dataset',
    id: `${project}:${id}`,
    selfLink: `${origin}/bigquery/v2/projects/${project}/datasets/${id}`,
    datasetReference: { datasetId: id, projectId: project },
    location: defaultLocation,
    type: 'DEFAULT',
    access: [{ role: 'OWNER', userByEmail: callerEmail }],
    ...rest,
    ...(empty ? {} : { labels }),
    creationTime,
    lastModifiedTime,
  }
  return { ...described, etag: etagOf(described) }
}

const hidden = (id: string): boolean => id.startsWith('_')

/** `GET datasets`. */
export async function listDatasets(service: Service, request: ApiRequest): Promise<ApiResponse> {
  const { project = '' } = request.parameters
  const all = flagOf(request.query, 'all')
  const names = (await service.warehouse.datasets(project)).filter(
    (id) => id !== ownDataset && (all || !hidden(id)),
  )
  const properties = await readDatasets(service.warehouse, project)
  const labelled = names.filter((id) => fitsFilter(properties.get(id) ?? {}, request.query.get('filter')))
  const { items, more } = page(labelled, request.query, 1000)
  const datasets = items.map((id) => {
    const { location = defaultLocation, labels, friendlyName } = properties.get(id) ?? {}
    return {
      kind: 'bigquery#dataset',
      id: `${project}:${id}`,
      datasetReference: { datasetId: id, projectId: project },
      location,
      type: 'DEFAULT',
      ...(labels === undefined ? {} : { labels }),
      ...(friendlyName === undefined ? {} : { friendlyName }),
    }
  })
  return {
    body: {
      kind: 'bigquery#datasetList',
      etag: etagOf(datasets),
      ...(datasets.length === 0 ? {} : { datasets }),
      ...more,
    },
  }
}

/** `labels.team:x labels.active`: every label named must be there, with the value if one is given. */
function fitsFilter(properties: JsonObject, filter: string | null): boolean {
  const labels = objectAt(properties, 'labels')
  return (filter ?? '').split(/\s+/).every((term) => {
    if (term === '') return true
    const match = /^labels\.([^:]+)(?::(.*))?$/.exec(term)
    if (match === null) throw invalid(`Invalid filter: ${term}; labels.name or labels.name:value`, 'filter')
    const [, name = '', value] = match
    return name in labels && (value === undefined || labels[name] === value)
  })
}

/** `POST datasets`. */
export async function insertDataset(service: Service, request: ApiRequest): Promise<ApiResponse> {
  const { project = '' } = request.parameters
  const body = await request.json()
  const id = textAt(objectAt(body, 'datasetReference'), 'datasetId')
  if (id === undefined || id === '')
    throw new ApiError('required', 'Required parameter is missing: datasetReference.datasetId')
  if (!/^\w{1,1024}$/.test(id))
    throw invalid(
      `Invalid dataset ID "${id}". Dataset IDs must be alphanumeric (plus underscores) and at most 1024 characters long.`,
    )
  checkProperties(body)
  if ((await service.warehouse.datasets(project)).includes(id))
    throw new ApiError('duplicate', `Already Exists: Dataset ${project}:${id}`)
  await service.warehouse.createDataset(project, id)
  const now = String(service.now().getTime())
  const properties = { ...propertiesOf(body), creationTime: now, lastModifiedTime: now }
  await writeDataset(service.warehouse, project, id, properties)
  return { body: resource(project, id, properties, request.origin) }
}

function checkProperties(body: JsonObject): void {
  const known: readonly string[] = [...kept, ...said]
  const wrong = Object.keys(body).find((key) => !known.includes(key) && isSaid(body[key]))
  if (wrong !== undefined)
    throw new ApiError('notImplemented', `datasets with ${wrong} are not supported locally`)
}

function propertiesOf(body: JsonObject): JsonObject {
  const present = kept.filter((key) => body[key] !== undefined && body[key] !== null)
  return Object.fromEntries(present.map((key) => [key, body[key]]))
}

/** `GET datasets/{D}`. */
export async function getDataset(service: Service, request: ApiRequest): Promise<ApiResponse> {
  const { project = '', dataset = '' } = request.parameters
  await checkDataset(service, project, dataset)
  const properties = (await readDatasets(service.warehouse, project)).get(dataset) ?? {}
  return { body: resource(project, dataset, properties, request.origin) }
}

/** `PATCH datasets/{D}`: what the body names changes; `PUT`: everything. */
export async function patchDataset(service: Service, request: ApiRequest): Promise<ApiResponse> {
  const { project = '', dataset = '' } = request.parameters
  const body = await request.json()
  await checkDataset(service, project, dataset)
  checkProperties(body)
  const before = (await readDatasets(service.warehouse, project)).get(dataset) ?? {}
  const match = request.headers['if-match']
  if (
    match !== undefined &&
    match !== '*' &&
    match !== resource(project, dataset, before, request.origin).etag
  )
    throw new ApiError('conditionNotMet', 'Precondition Failed', { location: 'If-Match' })
  const cleared = new Set(Object.keys(body).filter((key) => body[key] === null))
  const { creationTime } = before
  const old = request.method === 'PUT' ? (creationTime === undefined ? {} : { creationTime }) : before
  const rest = Object.fromEntries(Object.entries(old).filter(([key]) => !cleared.has(key)))
  const properties: JsonObject = {
    ...rest,
    ...propertiesOf(body),
    ...(body['labels'] === undefined || body['labels'] === null ? {} : { labels: mergedLabels(rest, body) }),
    lastModifiedTime: String(service.now().getTime()),
  }
  await writeDataset(service.warehouse, project, dataset, properties)
  return { body: resource(project, dataset, properties, request.origin) }
}

function mergedLabels(before: JsonObject, body: JsonObject): JsonObject {
  const all = { ...objectAt(before, 'labels'), ...objectAt(body, 'labels') }
  return Object.fromEntries(Object.entries(all).filter(([, value]) => value !== null))
}

/** `DELETE datasets/{D}`: one that holds tables only with `deleteContents=true`. */
export async function deleteDataset(service: Service, request: ApiRequest): Promise<ApiResponse> {
  const { project = '', dataset = '' } = request.parameters
  await checkDataset(service, project, dataset)
  const behaviour = flagOf(request.query, 'deleteContents') ? 'CASCADE' : 'RESTRICT'
  await executeOwn(service, `DROP SCHEMA ${sqlPath(project, dataset)} ${behaviour}`)
  await writeDataset(service.warehouse, project, dataset, undefined)
  return { status: 204 }
}

/** `GET projects`: those that have a dataset. */
export async function listProjects(service: Service, request: ApiRequest): Promise<ApiResponse> {
  const all = (await service.warehouse.databases()).filter((id) => id !== '')
  const { items, more } = page(all, request.query, 1000)
  const projects = items.map((id) => ({
    kind: 'bigquery#project',
    id,
    numericId: '0',
    projectReference: { projectId: id },
    friendlyName: id,
  }))
  const etag = etagOf(projects)
  return { body: { kind: 'bigquery#projectList', etag, projects, totalItems: all.length, ...more } }
}
