import type { TableField, TableMetadata } from '@google-cloud/bigquery'
import { sqlDataset, sqlName, sqlTable, sqlText, sqlType } from '../../googlesql/quote.ts'
import type { Target } from '../../googlesql/target.ts'
import { equalTypes } from '../../googlesql/types/equal.ts'
import type { SqlType } from '../../googlesql/types/type.ts'
import { Problem } from '../../problem.ts'
import type { RawColumn } from '../landing.ts'
import { sameName } from '../merged-type.ts'
import type { BigQueryClient } from './client.ts'
import { isNotFound } from './errors.ts'
import { fieldType } from './fields.ts'
import { callsFloatText, floatText, selectList } from './landing-columns.ts'

/** A raw table as BigQuery has it. */
export interface RawTable {
  readonly target: Target
  readonly columns: readonly RawColumn[]
  readonly resource: TableMetadata
}

const pathOf = ({ schema, name }: Target): string =>
  `datasets/${encodeURIComponent(schema)}/tables/${encodeURIComponent(name)}`

/** undefined if there is no such table. @throws Problem for a view, or a column of a type that raw tables do not have */
export async function readRawTable(client: BigQueryClient, target: Target): Promise<RawTable | undefined> {
  let resource: TableMetadata
  try {
    resource = await client.call<TableMetadata>(
      { method: 'GET', path: pathOf(target), project: target.database },
      { isAnswer: ({ tableReference }) => tableReference?.tableId === target.name },
    )
  } catch (error) {
    if (isNotFound(error)) return undefined
    throw error
  }
  if (resource.type !== undefined && resource.type !== 'TABLE')
    throw new Problem(`${target.schema}.${target.name} is a ${resource.type}: rows land in tables only`)
  const fields: TableField[] = resource.schema?.fields ?? []
  return {
    target,
    resource,
    columns: fields.map((field) => ({ name: field.name ?? '', type: fieldType(field) })),
  }
}

/** Columns as the API has a schema. */
export function schemaOf(columns: readonly RawColumn[]): TableField[] {
  return columns.map(({ name, type }) => fieldOf(name, type))
}

function fieldOf(name: string, type: SqlType): TableField {
  if (type.kind === 'ARRAY') return { ...fieldOf(name, type.element), mode: 'REPEATED' }
  if (type.kind !== 'STRUCT') return { name, type: type.kind, mode: 'NULLABLE' }
  return {
    name,
    type: 'RECORD',
    mode: 'NULLABLE',
    fields: type.fields.map((field) => fieldOf(field.name ?? '', field.type)),
  }
}

/** Creates dataset and table where they are missing. Increments read the newest days of it only. */
export function createRawTable(target: Target, columns: readonly RawColumn[]): string {
  const definitions = columns.map(({ name, type }) => `${sqlName(name)} ${sqlType(type)}`).join(', ')
  const partition = columns.some(({ name, type }) => name === '_loaded_at' && type.kind === 'TIMESTAMP')
    ? ' PARTITION BY TIMESTAMP_TRUNC(_loaded_at, DAY)'
    : ''
  return [
    `CREATE SCHEMA IF NOT EXISTS ${sqlDataset(target)};\n`,
    `CREATE TABLE IF NOT EXISTS ${sqlTable(target)} (${definitions})${partition};\n`,
  ].join('')
}

/** What is to be done so that a table holds the columns: nothing, new fields, or a copy of it with wider types. */
export function changeOf(
  present: readonly RawColumn[],
  wanted: readonly RawColumn[],
): 'none' | 'add' | 'rewrite' {
  const same =
    wanted.length === present.length && wanted.every(({ type }, at) => same2(present[at]?.type, type))
  if (same) return 'none'
  const kept = present.every(({ name, type }) => {
    const other = wanted.find((column) => sameName(column.name, name))
    return other === undefined || onlyAdds(type, other.type)
  })
  return kept ? 'add' : 'rewrite'
}

const same2 = (left: SqlType | undefined, right: SqlType): boolean =>
  left !== undefined && equalTypes(left, right)

/** True where new fields are all that `to` has beyond `from`. */
function onlyAdds(from: SqlType, to: SqlType): boolean {
  if (from.kind !== 'STRUCT' || to.kind !== 'STRUCT') return equalTypes(from, to)
  return from.fields.every((field, index) => {
    const other = to.fields[index]
    return other !== undefined && sameName(field.name, other.name) && onlyAdds(field.type, other.type)
  })
}

/**
 * Adds columns and fields of records, which no SQL of BigQuery's does for the latter
 * (https://cloud.google.com/bigquery/docs/managing-table-schemas).
 *
 * @throws BigQueryProblem (412) if the table has changed since it was read
 */
export async function addFields(
  client: BigQueryClient,
  { target, resource }: RawTable,
  wanted: readonly RawColumn[],
): Promise<void> {
  const fields = withAdded(resource.schema?.fields ?? [], schemaOf(wanted))
  await client.call({
    method: 'PATCH',
    path: pathOf(target),
    project: target.database,
    headers: { 'If-Match': resource.etag ?? '*' },
    body: { schema: { fields } },
  })
}

/** The fields that there are as they are, with all that we do not know of them, and the new ones. */
function withAdded(present: TableField[], wanted: TableField[]): TableField[] {
  const kept = present.map((field) => {
    const other = wanted.find(({ name }) => sameName(name, field.name))
    return other?.fields === undefined || field.fields === undefined
      ? field
      : { ...field, fields: withAdded(field.fields, other.fields) }
  })
  return [...kept, ...wanted.filter(({ name }) => !present.some((field) => sameName(field.name, name)))]
}

/**
 * The statements that copy a table over itself with wider types: one of them replaces it, at once and whole. BigQuery widens
 * no number to text, and no field of a record, in place.
 *
 * @throws Problem if the table has what the copy would lose
 */
export function rewriteTable({ target, columns, resource }: RawTable, wanted: readonly RawColumn[]): string {
  const label = `${target.schema}.${target.name}`
  const tagged = taggedField(resource.schema?.fields ?? [])
  if (tagged !== undefined) {
    throw new Problem(
      `${label} must be written anew for a wider type, and its column ${tagged} has policy tags, which that would lose`,
      { hint: 'take the tags off the raw table (models are where to put them), or widen the column by hand' },
    )
  }
  const list = selectList(columns, wanted)
  const options = [
    ...(resource.description === undefined ? [] : [`description = ${sqlText(resource.description)}`]),
    ...(resource.friendlyName === undefined ? [] : [`friendly_name = ${sqlText(resource.friendlyName)}`]),
    ...(resource.encryptionConfiguration?.kmsKeyName === undefined
      ? []
      : [`kms_key_name = ${sqlText(resource.encryptionConfiguration.kmsKeyName)}`]),
    ...labelsOption(resource.labels),
    ...(resource.timePartitioning?.expirationMs === undefined
      ? []
      : [`partition_expiration_days = ${Number(resource.timePartitioning.expirationMs) / 86_400_000}`]),
    ...(resource.requirePartitionFilter === true ? ['require_partition_filter = TRUE'] : []),
  ]
  const cluster = resource.clustering?.fields ?? []
  return [
    callsFloatText(list) ? `${floatText};\n` : '',
    `CREATE OR REPLACE TABLE ${sqlTable(target)}`,
    partitionClause(resource, label),
    cluster.length === 0 ? '' : ` CLUSTER BY ${cluster.map(sqlName).join(', ')}`,
    options.length === 0 ? '' : ` OPTIONS (${options.join(', ')})`,
    ` AS\nSELECT ${list.join(', ')}\nFROM ${sqlTable(target)};\n`,
  ].join('')
}

function taggedField(fields: TableField[]): string | undefined {
  for (const { name, policyTags, fields: children = [] } of fields) {
    if ((policyTags?.names ?? []).length > 0) return name
    const below = taggedField(children)
    if (below !== undefined) return `${name}.${below}`
  }
  return undefined
}

function labelsOption(labels: Readonly<Record<string, string>> | undefined): readonly string[] {
  const pairs = Object.entries(labels ?? {}).map(([key, value]) => `(${sqlText(key)}, ${sqlText(value)})`)
  return pairs.length === 0 ? [] : [`labels = [${pairs.join(', ')}]`]
}

function partitionClause({ timePartitioning, rangePartitioning }: TableMetadata, label: string): string {
  if (rangePartitioning !== undefined)
    throw new Problem(`${label} must be written anew for a wider type, and is partitioned by a range`, {
      hint: 'raw tables are partitioned by the day of _loaded_at, or not at all',
    })
  if (timePartitioning === undefined) return ''
  const { type = 'DAY', field } = timePartitioning
  if (field === undefined)
    throw new Problem(
      `${label} must be written anew for a wider type, and is partitioned by ingestion time`,
      {
        hint: 'raw tables are partitioned by the day of _loaded_at, or not at all',
      },
    )
  return ` PARTITION BY TIMESTAMP_TRUNC(${sqlName(field)}, ${type})`
}
