import { sqlTable } from '../../googlesql/quote.ts'
import type { Target } from '../../googlesql/target.ts'
import { ApiError, invalid, notFound } from '../api-error.ts'
import { executeBehind, executeOwn } from '../execute-behind.ts'
import { bytesOf } from '../jobs/bytes.ts'
import { etagOf } from '../jobs/job.ts'
import { page } from '../jobs/job-routes.ts'
import { flagAt, isObject, isSaid, type JsonObject, listAt, neededText, objectAt, textAt } from '../json.ts'
import { checkName, tableName } from '../reference.ts'
import type { ApiRequest, ApiResponse } from '../request.ts'
import type { Service } from '../service.ts'
import { createExternalTable } from './external-table.ts'
import { type GivenColumn, readSchema } from './field-schema.ts'
import {
  alterations,
  checkChanges,
  checkDescribed,
  entityOf,
  isAltered,
  isGrown,
  mergedLabels,
  said,
} from './table-changes.ts'
import { createTable, readLayout } from './table-ddl.ts'
import { anonymousResource, listedTable, type TableResource, tableResource } from './table-resource.ts'

/** The table that a path names. */
export function targetOfPath({ parameters }: ApiRequest): Target {
  const { project = '', dataset = '', table = '' } = parameters
  checkName(table)
  return { database: project, schema: dataset, name: table }
}

/** @throws ApiError notFound */
export async function checkDataset({ warehouse }: Service, database: string, schema: string): Promise<void> {
  if (!(await warehouse.datasets(database)).includes(schema)) throw notFound(`Dataset ${database}:${schema}`)
}

/** @throws ApiError notFound for a table that a path names and that is not there */
export async function checkTable(service: Service, request: ApiRequest): Promise<void> {
  const target = targetOfPath(request)
  if ((await service.warehouse.definition(target)) !== undefined) return
  await checkDataset(service, target.database, target.schema)
  throw notFound(`Table ${tableName(target)}`)
}

async function resourceOf(service: Service, target: Target, origin: string): Promise<TableResource> {
  const job = service.jobs.ofTable(target)
  if (job !== undefined) return anonymousResource(job, target, origin)
  const definition = await service.warehouse.definition(target)
  if (definition === undefined) {
    await checkDataset(service, target.database, target.schema)
    throw notFound(`Table ${tableName(target)}`)
  }
  const table = definition.viewText === undefined ? await service.warehouse.table(target) : undefined
  const scans = [{ table: target, columns: definition.columns.map(({ name }) => name) }]
  const rows = table?.rowCount
  const size = rows === undefined ? undefined : { rows, bytes: await bytesOf(service.warehouse, { scans }) }
  return tableResource(service, definition, size, origin)
}

/** `GET tables/{T}`. */
export async function getTable(service: Service, request: ApiRequest): Promise<ApiResponse> {
  return { body: await resourceOf(service, targetOfPath(request), request.origin) }
}

/** `GET tables`. */
export async function listTables(service: Service, request: ApiRequest): Promise<ApiResponse> {
  const { project = '', dataset = '' } = request.parameters
  await checkDataset(service, project, dataset)
  const all = await service.warehouse.tables(project, dataset)
  const { items, more } = page(all, request.query, 1000)
  const tables = await Promise.all(
    items.map(async (listed) => listedTable(service, listed, await service.warehouse.definition(listed))),
  )
  return {
    body: {
      kind: 'bigquery#tableList',
      etag: etagOf(tables),
      totalItems: all.length,
      ...(tables.length === 0 ? {} : { tables }),
      ...more,
    },
  }
}

/** What a table can be made with. */
const made = [
  'clustering',
  'description',
  'expirationTime',
  'externalDataConfiguration',
  'friendlyName',
  'labels',
  'materializedView',
  'rangePartitioning',
  'requirePartitionFilter',
  'schema',
  'tableConstraints',
  'timePartitioning',
  'view',
]

/** `POST tables`: a table, with or without columns' descriptions, partitioning and labels, or a view. */
export async function insertTable(service: Service, request: ApiRequest): Promise<ApiResponse> {
  const body = await request.json()
  const { project = '', dataset = '' } = request.parameters
  await checkDataset(service, project, dataset)
  const name = textAt(objectAt(body, 'tableReference'), 'tableId')
  if (name === undefined || name === '')
    throw new ApiError('required', 'Required parameter is missing: tableReference.tableId')
  checkName(name)
  const target: Target = { database: project, schema: dataset, name }
  if ((await service.warehouse.definition(target)) !== undefined)
    throw new ApiError('duplicate', `Already Exists: Table ${tableName(target)}`)
  const wrong = Object.keys(body).find(
    (key) => !made.includes(key) && !said.includes(key) && isSaid(body[key]),
  )
  if (wrong !== undefined)
    throw new ApiError('notImplemented', `tables with ${wrong} are not supported locally`)
  const view = viewOf(body)
  if (view !== undefined) await executeBehind(service, viewHead(target, body, view.kind), view.query)
  else if (isObject(body['externalDataConfiguration']))
    await executeOwn(service, createExternalTable(sqlTable(target), body))
  else await executeOwn(service, creation(target, body))
  const columns = readSchema(body['schema']) ?? []
  await describeFields(service, target, columns)
  service.times.wrote(target, service.now().getTime(), true)
  return { body: await resourceOf(service, target, request.origin) }
}

function creation(target: Target, body: JsonObject): string {
  const columns = readSchema(body['schema'])
  if (columns === undefined || columns.length === 0)
    throw new ApiError(
      'notImplemented',
      `a table without columns is not supported locally: ${tableName(target)}`,
    )
  const constraints = objectAt(body, 'tableConstraints')
  if (listAt(constraints, 'foreignKeys').length > 0)
    throw new ApiError('notImplemented', 'foreign keys are not supported locally in tables.insert; use SQL')
  const primaryKey = listAt(objectAt(constraints, 'primaryKey'), 'columns').map(String)
  return createTable({ target, columns, primaryKey, layout: readLayout(body, columns) })
}

interface GivenView {
  readonly kind: 'VIEW' | 'MATERIALIZED VIEW'
  readonly query: string
}

/** The view that a client describes; undefined: it is none. */
function viewOf(body: JsonObject): GivenView | undefined {
  const materialized = isObject(body['materializedView'])
  if (!materialized && !isObject(body['view'])) return undefined
  const view = objectAt(body, materialized ? 'materializedView' : 'view')
  const query = neededText(view, 'query')
  if (materialized) return { kind: 'MATERIALIZED VIEW', query }
  if (flagAt(view, 'useLegacySql') !== false)
    throw invalid('Legacy SQL is not supported locally: send view.useLegacySql: false (its default is true)')
  return { kind: 'VIEW', query }
}

function viewHead(target: Target, body: JsonObject, kind: GivenView['kind']): string {
  const { options } = readLayout(body, [])
  const list = Object.entries(options).map(([name, text]) => `${name} = ${text}`)
  return `CREATE ${kind} ${sqlTable(target)} ${list.length === 0 ? '' : `OPTIONS(${list.join(', ')}) `}AS `
}

/** Descriptions of nested fields, which CREATE TABLE as we write it has not. */
async function describeFields(
  { warehouse }: Service,
  target: Target,
  columns: readonly GivenColumn[],
): Promise<void> {
  const nested = columns.flatMap(({ name, fieldDescriptions = {} }) =>
    Object.entries(fieldDescriptions).map(([path, description]) => ({
      path: [name, ...path.split('.')],
      description,
    })),
  )
  if (nested.length > 0) await warehouse.describe(target, { columns: nested })
}

/** `DELETE tables/{T}`. */
export async function deleteTable(service: Service, request: ApiRequest): Promise<ApiResponse> {
  const target = targetOfPath(request)
  const definition = await service.warehouse.definition(target)
  if (definition === undefined) {
    await checkDataset(service, target.database, target.schema)
    throw notFound(`Table ${tableName(target)}`)
  }
  await executeOwn(service, `DROP ${entityOf(definition)} ${sqlTable(target)}`)
  return { status: 204 }
}

/** `PATCH` and `PUT tables/{T}`: descriptions, labels, new columns and fields, columns that may be NULL from now on, a view's query. */
export async function patchTable(service: Service, request: ApiRequest): Promise<ApiResponse> {
  const target = targetOfPath(request)
  const body = await request.json()
  return service.turns.take(target, () => patch(service, request, target, body))
}

async function patch(
  service: Service,
  request: ApiRequest,
  target: Target,
  body: JsonObject,
): Promise<ApiResponse> {
  const before = await resourceOf(service, target, request.origin)
  const definition = await service.warehouse.definition(target)
  if (definition === undefined) throw invalid('the result of a query cannot be changed')
  const match = request.headers['if-match']
  if (match !== undefined && match !== '*' && match !== before.etag)
    throw new ApiError('conditionNotMet', 'Precondition Failed', { location: 'If-Match' })
  checkChanges(before, body)
  const unaltered = !isAltered(definition)
  if (unaltered) checkDescribed(definition, body)
  for (const { head, text } of alterations(definition, target, body))
    await (head === undefined ? executeOwn(service, text) : executeBehind(service, head, text))
  if (unaltered) {
    const description = textAt(body, 'description')
    const labels = mergedLabels(definition, body)
    await service.warehouse.describe(target, {
      labels,
      ...(description === undefined ? {} : { description }),
    })
  }
  const columns = readSchema(body['schema'])
  if (columns !== undefined) {
    const grown = columns.filter((column) => isGrown(definition, column))
    if (grown.length > 0) await service.warehouse.extend(target, grown)
    await describeColumns(service, target, columns)
  }
  service.times.wrote(target, service.now().getTime(), false)
  return { body: await resourceOf(service, target, request.origin) }
}

async function describeColumns(
  service: Service,
  target: Target,
  columns: readonly GivenColumn[],
): Promise<void> {
  const described = columns.flatMap(({ name, description, fieldDescriptions = {} }) => [
    ...(description === undefined ? [] : [{ path: [name], description }]),
    ...Object.entries(fieldDescriptions).map(([path, text]) => ({
      path: [name, ...path.split('.')],
      description: text,
    })),
  ])
  if (described.length > 0) await service.warehouse.describe(target, { columns: described })
}
