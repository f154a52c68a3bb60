import type { CatalogTable } from '../../googlesql/catalog.ts'
import { sqlName, sqlTable, sqlText } from '../../googlesql/quote.ts'
import type { Target } from '../../googlesql/target.ts'
import { typeName } from '../../googlesql/types/print.ts'
import type { SqlType } from '../../googlesql/types/type.ts'
import { ApiError, invalid, notFound } from '../api-error.ts'
import { bytesOf } from '../jobs/bytes.ts'
import { etagOf } from '../jobs/job.ts'
import { page } from '../jobs/job-routes.ts'
import { isObject, type JsonObject, objectAt, textAt, textsAt } from '../json.ts'
import { tableName } from '../reference.ts'
import type { ApiRequest, ApiResponse } from '../request.ts'
import type { Service } from '../service.ts'
import { createExternalTable } from './external-table.ts'
import { type GivenColumn, readSchema } from './field-schema.ts'
import { columnText, createTable, labelsText, readLayout } from './table-ddl.ts'
import { anonymousResource, listedTable, type TableResource, tableResource } from './table-resource.ts'

/** The table that a path names. */
export function targetOfPath({ parameters }: ApiRequest): Target {
  const { project = '', dataset = '', table = '' } = parameters
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

/** `POST tables`: a table, with or without columns' descriptions, partitioning and labels, or a view. */
export async function insertTable(service: Service, request: ApiRequest): Promise<ApiResponse> {
  const body = await request.json()
  const { project = '', dataset = '' } = request.parameters
  await checkDataset(service, project, dataset)
  const name = textAt(objectAt(body, 'tableReference'), 'tableId')
  if (name === undefined || name === '')
    throw new ApiError('required', 'Required parameter is missing: tableReference.tableId')
  const target: Target = { database: project, schema: dataset, name }
  if ((await service.warehouse.definition(target)) !== undefined)
    throw new ApiError('duplicate', `Already Exists: Table ${tableName(target)}`)
  for (const key of ['materializedView', 'snapshotDefinition', 'cloneDefinition'])
    if (isObject(body[key]))
      throw new ApiError('notImplemented', `tables with ${key} are not supported locally`)
  const text = isObject(body['externalDataConfiguration'])
    ? createExternalTable(sqlTable(target), body)
    : isObject(body['view'])
      ? createView(target, body)
      : creation(target, body)
  await service.warehouse.execute(text)
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
  const keys = objectAt(objectAt(body, 'tableConstraints'), 'primaryKey')
  if (Object.keys(keys).length > 0)
    throw new ApiError(
      'notImplemented',
      'tableConstraints are not supported locally in tables.insert; use PRIMARY KEY in SQL',
    )
  return createTable({ target, columns, layout: readLayout(body, columns) })
}

function createView(target: Target, body: JsonObject): string {
  const view = objectAt(body, 'view')
  const query = textAt(view, 'query')
  if (query === undefined) throw new ApiError('required', 'Required parameter is missing: view.query')
  if (textAt(view, 'useLegacySql')?.toLowerCase() !== 'false')
    throw invalid('Legacy SQL is not supported locally: send view.useLegacySql: false (its default is true)')
  const { options } = readLayout(body, [])
  const list = Object.entries(options).map(([name, text]) => `${name} = ${text}`)
  return `CREATE VIEW ${sqlTable(target)} ${list.length === 0 ? '' : `OPTIONS(${list.join(', ')}) `}AS ${query}`
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
  await service.warehouse.execute(`DROP ${entityOf(definition)} ${sqlTable(target)}`)
  return { status: 204 }
}

const entities: Readonly<Record<CatalogTable['kind'], string>> = {
  TABLE: 'TABLE',
  VIEW: 'VIEW',
  MATERIALIZED_VIEW: 'MATERIALIZED VIEW',
  EXTERNAL: 'EXTERNAL TABLE',
  SNAPSHOT: 'SNAPSHOT TABLE',
}
const entityOf = ({ kind }: CatalogTable): string => entities[kind]

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
  const unaltered = !isAltered(definition)
  if (unaltered) checkDescribed(definition, body)
  for (const statement of alterations(definition, target, body)) await service.warehouse.execute(statement)
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

/** Of external tables and snapshots SQL has no ALTER: they are described. */
const isAltered = ({ kind }: CatalogTable): boolean => kind !== 'EXTERNAL' && kind !== 'SNAPSHOT'

/** @throws ApiError for what could only be altered */
function checkDescribed({ kind }: CatalogTable, body: JsonObject): void {
  const wrong = ['friendlyName', 'expirationTime'].find((key) => textAt(body, key) !== undefined)
  if (wrong !== undefined)
    throw new ApiError(
      'notImplemented',
      `changing ${wrong} of a table of type ${kind} is not supported locally`,
    )
}

/** The statements that make a table what the body says; all is checked before the first of them runs. */
function alterations(definition: CatalogTable, target: Target, body: JsonObject): readonly string[] {
  const name = sqlTable(target)
  const entity = entityOf(definition)
  const statements: string[] = []
  const options = isAltered(definition) ? optionChanges(definition, body) : []
  const view = objectAt(body, 'view')
  const query = textAt(view, 'query')
  if (query !== undefined && query !== definition.viewText) {
    if (definition.kind !== 'VIEW') throw invalid(`${tableName(target)} is no view`)
    statements.push(`CREATE OR REPLACE VIEW ${name} AS ${query}`)
  }
  const columns = readSchema(body['schema'])
  if (columns !== undefined) statements.push(...columnChanges(definition, name, columns))
  if (options.length > 0) statements.push(`ALTER ${entity} ${name} SET OPTIONS(${options.join(', ')})`)
  return statements
}

function optionChanges(definition: CatalogTable, body: JsonObject): readonly string[] {
  const changes: string[] = []
  const text = (key: string, option: string) => {
    if (!(key in body) || body[key] === undefined) return
    // Dataform sends an empty description where a table has none.
    const value = textAt(body, key) ?? ''
    changes.push(`${option} = ${value === '' ? 'NULL' : sqlText(value)}`)
  }
  text('description', 'description')
  text('friendlyName', 'friendly_name')
  if ('expirationTime' in body) {
    const expiry = textAt(body, 'expirationTime')
    changes.push(
      `expiration_timestamp = ${expiry === undefined ? 'NULL' : `TIMESTAMP_MILLIS(${BigInt(expiry)})`}`,
    )
  }
  const labels = mergedLabels(definition, body)
  if (JSON.stringify(labels) !== JSON.stringify(definition.labels ?? {}))
    changes.push(`labels = ${labelsText(labels)}`)
  return changes
}

/** A patch names the labels that change; null takes one away. */
function mergedLabels(definition: CatalogTable, body: JsonObject): Readonly<Record<string, string>> {
  if (body['labels'] === undefined) return definition.labels ?? {}
  const given = objectAt(body, 'labels')
  const kept = Object.entries(definition.labels ?? {}).filter(([key]) => !(key in given))
  const set = Object.entries(textsAt({ labels: given }, 'labels') ?? {}).filter(
    ([key]) => given[key] !== null,
  )
  return body['labels'] === null ? {} : Object.fromEntries([...kept, ...set])
}

/** @throws ApiError for what BigQuery refuses too: a column that is gone or of another type */
function columnChanges(
  definition: CatalogTable,
  name: string,
  columns: readonly GivenColumn[],
): readonly string[] {
  const known = new Map(definition.columns.map((column) => [column.name.toLowerCase(), column]))
  const added = columns.filter((column) => !known.has(column.name.toLowerCase()))
  const gone = definition.columns.find(
    (column) => !columns.some(({ name: other }) => other.toLowerCase() === column.name.toLowerCase()),
  )
  const label = tableName(definition.target)
  if (gone !== undefined)
    throw invalid(
      `Provided Schema does not match Table ${label}. Field ${gone.name} is missing in new schema`,
    )
  const relaxed: string[] = []
  for (const column of columns) {
    const before = known.get(column.name.toLowerCase())
    if (before === undefined) continue
    const [from, to] = [typeName(before.type), typeName(column.type)]
    if (from !== to && !isGrown(definition, column))
      throw invalid(
        `Provided Schema does not match Table ${label}. Field ${column.name} has changed type from ${from} to ${to}`,
      )
    if (before.required !== true && column.mode === 'REQUIRED' && before.type.kind !== 'ARRAY')
      throw invalid(
        `Provided Schema does not match Table ${label}. Field ${column.name} has changed mode from NULLABLE to REQUIRED`,
      )
    if (before.required === true && column.mode === 'NULLABLE')
      relaxed.push(`ALTER TABLE ${name} ALTER COLUMN ${sqlName(column.name)} DROP NOT NULL`)
  }
  const required = added.find(({ mode }) => mode === 'REQUIRED')
  if (required !== undefined)
    throw invalid(
      `Provided Schema does not match Table ${label}. Cannot add required fields to an existing schema. (field: ${required.name})`,
    )
  const additions = added.map((column) => `ADD COLUMN ${columnText(column)}`)
  return [...relaxed, ...(additions.length === 0 ? [] : [`ALTER TABLE ${name} ${additions.join(', ')}`])]
}

/** True for a column of records that has more fields than it had. */
function isGrown({ columns }: CatalogTable, { name, type }: GivenColumn): boolean {
  const before = columns.find((column) => column.name.toLowerCase() === name.toLowerCase())
  return before !== undefined && typeName(before.type) !== typeName(type) && hasFieldsOf(type, before.type)
}

function hasFieldsOf(type: SqlType, before: SqlType): boolean {
  if (type.kind !== 'STRUCT' || before.kind !== 'STRUCT') return typeName(type) === typeName(before)
  return before.fields.every((field) => {
    const same = type.fields.find(({ name }) => name?.toLowerCase() === field.name?.toLowerCase())
    return same !== undefined && hasFieldsOf(same.type, field.type)
  })
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
