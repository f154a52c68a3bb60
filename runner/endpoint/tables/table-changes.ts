import { isDeepStrictEqual } from 'node:util'
import type { CatalogTable } from '../../googlesql/catalog.ts'
import { sqlName, sqlTable, sqlText } from '../../googlesql/quote.ts'
import type { Target } from '../../googlesql/target.ts'
import { typeName } from '../../googlesql/types/print.ts'
import type { SqlType } from '../../googlesql/types/type.ts'
import { ApiError, invalid } from '../api-error.ts'
import { countAt, flagAt, isObject, type JsonObject, objectAt, textAt, textsAt } from '../json.ts'
import { tableName } from '../reference.ts'
import { type GivenColumn, readSchema } from './field-schema.ts'
import { columnText, labelsText } from './table-ddl.ts'
import type { TableResource } from './table-resource.ts'

const entities: Readonly<Record<CatalogTable['kind'], string>> = {
  TABLE: 'TABLE',
  VIEW: 'VIEW',
  MATERIALIZED_VIEW: 'MATERIALIZED VIEW',
  EXTERNAL: 'EXTERNAL TABLE',
  SNAPSHOT: 'SNAPSHOT TABLE',
}
export const entityOf = ({ kind }: CatalogTable): string => entities[kind]

/** Of external tables and snapshots SQL has no ALTER: they are described. */
export const isAltered = ({ kind }: CatalogTable): boolean => kind !== 'EXTERNAL' && kind !== 'SNAPSHOT'

/** @throws ApiError for what could only be altered */
export function checkDescribed({ kind }: CatalogTable, body: JsonObject): void {
  const wrong = ['friendlyName', 'expirationTime', 'requirePartitionFilter'].find(
    (key) => textAt(body, key) !== undefined,
  )
  if (wrong !== undefined)
    throw new ApiError(
      'notImplemented',
      `changing ${wrong} of a table of type ${kind} is not supported locally`,
    )
}

/** What `alterations` and descriptions change of a table. */
const changeable = [
  'description',
  'expirationTime',
  'friendlyName',
  'labels',
  'requirePartitionFilter',
  'schema',
  'timePartitioning',
  'view',
]

/** What BigQuery says of a table, whatever a client does. */
export const said = [
  'creationTime',
  'etag',
  'id',
  'kind',
  'lastModifiedTime',
  'location',
  'numBytes',
  'numLongTermBytes',
  'numRows',
  'selfLink',
  'streamingBuffer',
  'tableReference',
  'type',
]

/** @throws ApiError for a change that we do not make: nothing that a client asks for is passed over */
export function checkChanges(before: TableResource, body: JsonObject): void {
  const same = (one: unknown, other: unknown) =>
    isDeepStrictEqual(plain(one ?? undefined), plain(other ?? undefined))
  const refuse = (what: string) => {
    throw new ApiError('notImplemented', `changing ${what} of a table is not supported locally`)
  }
  const wrong = Object.keys(body).find(
    (key) => !changeable.includes(key) && !said.includes(key) && !same(body[key], before[key]),
  )
  if (wrong !== undefined) refuse(wrong)
  const partitioning = body['timePartitioning']
  if (partitioning === undefined) return
  const partitioned = before['timePartitioning'] as JsonObject | undefined
  if (!isObject(partitioning) || partitioned === undefined) {
    if (!same(partitioning, partitioned)) refuse('timePartitioning')
    return
  }
  for (const key of ['type', 'field'])
    if (!same(partitioning[key], partitioned[key])) refuse(`timePartitioning.${key}`)
}

/** Whole numbers are texts, or not; flags that are off are left out, or not. */
function plain(value: unknown): unknown {
  if (typeof value === 'number') return String(value)
  if (Array.isArray(value)) return value.map(plain)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, plain(inner)]))
}

/** A statement; `head`: what of it stands before a text of the client's. */
export interface Alteration {
  readonly head?: string
  readonly text: string
}

/** The statements that make a table what the body says; all is checked before the first of them runs. */
export function alterations(
  definition: CatalogTable,
  target: Target,
  body: JsonObject,
): readonly Alteration[] {
  const name = sqlTable(target)
  const entity = entityOf(definition)
  const statements: Alteration[] = []
  const options = isAltered(definition) ? optionChanges(definition, body) : []
  const view = objectAt(body, 'view')
  const query = textAt(view, 'query')
  if (query !== undefined && query !== definition.viewText) {
    if (definition.kind !== 'VIEW') throw invalid(`${tableName(target)} is no view`)
    statements.push({ head: `CREATE OR REPLACE VIEW ${name} AS `, text: query })
  }
  const columns = readSchema(body['schema'])
  if (columns !== undefined)
    statements.push(...columnChanges(definition, name, columns).map((text) => ({ text })))
  if (options.length > 0)
    statements.push({ text: `ALTER ${entity} ${name} SET OPTIONS(${options.join(', ')})` })
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
  const partitioning = objectAt(body, 'timePartitioning')
  if ('expirationMs' in partitioning) {
    const milliseconds = countAt(partitioning, 'expirationMs')
    changes.push(
      `partition_expiration_days = ${milliseconds === undefined ? 'NULL' : milliseconds / 86_400_000}`,
    )
  }
  const filter = flagAt(body, 'requirePartitionFilter') ?? flagAt(partitioning, 'requirePartitionFilter')
  if (filter !== undefined) changes.push(`require_partition_filter = ${filter}`)
  const labels = mergedLabels(definition, body)
  if (JSON.stringify(labels) !== JSON.stringify(definition.labels ?? {}))
    changes.push(`labels = ${labelsText(labels)}`)
  return changes
}

/** A patch names the labels that change; null takes one away. */
export function mergedLabels(definition: CatalogTable, body: JsonObject): Readonly<Record<string, string>> {
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
export function isGrown({ columns }: CatalogTable, { name, type }: GivenColumn): boolean {
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
