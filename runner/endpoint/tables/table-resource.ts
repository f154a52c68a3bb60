import type { CatalogTable } from '../../googlesql/catalog.ts'
import type { Target } from '../../googlesql/target.ts'
import type { ListedTable } from '../../warehouse/warehouse.ts'
import { etagOf, type Job } from '../jobs/job.ts'
import { tableName, tableReference } from '../reference.ts'
import { defaultLocation, type Service } from '../service.ts'
import { externalResource } from './external-table.ts'
import { type FieldSchema, resultSchema, tableSchema } from './field-schema.ts'
import { shownPartition } from './table-ddl.ts'

/** A table as BigQuery's API shows it. */
export interface TableResource {
  readonly etag: string
  readonly schema: { readonly fields: readonly FieldSchema[] }
  readonly [key: string]: unknown
}

/** @param size rows, and bytes, about; undefined for views and external tables */
export function tableResource(
  service: Service,
  table: CatalogTable,
  size: { readonly rows: number; readonly bytes: number } | undefined,
  origin: string,
): TableResource {
  const { target, options = {}, description, labels, clusterBy, viewText, primaryKey } = table
  const expiry = millisecondsOf(options['expiration_timestamp'])
  const schema = tableSchema(table.columns)
  const described = {
    kind: 'bigquery#table',
    id: tableName(target),
    selfLink: `${origin}/bigquery/v2/projects/${target.database}/datasets/${target.schema}/tables/${target.name}`,
    tableReference: tableReference(target),
    ...textOption('friendlyName', options['friendly_name']),
    ...(description === undefined ? {} : { description }),
    ...(labels === undefined || Object.keys(labels).length === 0 ? {} : { labels }),
    schema,
    type: table.kind,
    location: defaultLocation,
    ...(expiry === undefined ? {} : { expirationTime: expiry }),
    ...shownPartition(table.partitionBy, options['partition_expiration_days']),
    ...(clusterBy === undefined ? {} : { clustering: { fields: clusterBy } }),
    ...(viewText === undefined ? {} : viewOf(table.kind, viewText)),
    ...externalResource(table),
    ...(primaryKey === undefined ? {} : { tableConstraints: { primaryKey: { columns: primaryKey } } }),
    ...(options['require_partition_filter']?.toLowerCase() === 'true'
      ? { requirePartitionFilter: true }
      : {}),
  }
  const rows =
    size === undefined
      ? {}
      : { numRows: String(size.rows), numBytes: String(size.bytes), numLongTermBytes: '0' }
  const state = etagOf([described, size?.rows])
  const { created, modified } = service.times.of(target, state, service.now().getTime())
  return {
    ...described,
    ...rows,
    creationTime: String(created),
    lastModifiedTime: String(modified),
    etag: etagOf([state, modified]),
  }
}

const viewOf = (kind: CatalogTable['kind'], query: string): object =>
  kind === 'MATERIALIZED_VIEW' ? { materializedView: { query } } : { view: { query, useLegacySql: false } }

/** The anonymous table that a query's result is read from. */
export function anonymousResource(
  { outcome, created, ended, reference }: Job,
  target: Target,
  origin: string,
): TableResource {
  const { columns, rows } = outcome.result ?? { columns: [], rows: [] }
  const made = String(ended ?? created)
  return {
    kind: 'bigquery#table',
    etag: etagOf(reference),
    id: tableName(target),
    selfLink: `${origin}/bigquery/v2/projects/${target.database}/datasets/${target.schema}/tables/${target.name}`,
    tableReference: tableReference(target),
    schema: resultSchema(columns),
    type: 'TABLE',
    location: reference.location,
    numRows: String(rows.length),
    numBytes: '0',
    numLongTermBytes: '0',
    creationTime: made,
    lastModifiedTime: made,
    expirationTime: String(Number(made) + 86_400_000),
  }
}

/** A table as a dataset's list has it. */
export function listedTable(
  service: Service,
  listed: ListedTable,
  definition: CatalogTable | undefined,
): object {
  const labels = definition?.labels
  return {
    kind: 'bigquery#table',
    id: tableName(listed),
    tableReference: tableReference(listed),
    type: definition?.kind ?? listed.kind,
    ...(labels === undefined || Object.keys(labels).length === 0 ? {} : { labels }),
    ...(listed.kind === 'VIEW' ? { view: { useLegacySql: false } } : {}),
    ...(listed.kind === 'TABLE' ? shownPartition(definition?.partitionBy) : {}),
    ...(definition?.clusterBy === undefined ? {} : { clustering: { fields: definition.clusterBy } }),
    creationTime: String(service.times.created(listed)),
  }
}

/** An option's text in GoogleSQL as the API's field. */
function textOption(key: string, text: string | undefined): object {
  if (text === undefined || text.toUpperCase() === 'NULL') return {}
  try {
    return { [key]: JSON.parse(text.replace(/^'([\s\S]*)'$/, (_, inner: string) => JSON.stringify(inner))) }
  } catch {
    return { [key]: text }
  }
}

/** `TIMESTAMP_MILLIS(…)`, as `table-ddl.ts` writes it, or a TIMESTAMP literal. */
function millisecondsOf(text: string | undefined): string | undefined {
  if (text === undefined) return undefined
  const millis = /TIMESTAMP_MILLIS\s*\(\s*(\d+)\s*\)/i.exec(text)?.[1]
  if (millis !== undefined) return millis
  const literal = /["']([^"']+)["']/.exec(text)?.[1]
  const time = literal === undefined ? Number.NaN : new Date(literal.replace(/ UTC$/, 'Z')).getTime()
  return Number.isNaN(time) ? undefined : String(time)
}
