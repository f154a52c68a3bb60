import type { TableMetadata } from '@google-cloud/bigquery'
import type { Target } from '../../googlesql/target.ts'
import type { ListedTable, Table } from '../warehouse.ts'
import type { BigQueryClient } from './client.ts'
import { isNotFound } from './errors.ts'
import { tableColumn } from './fields.ts'

export const datasetPath = (schema: string): string => `datasets/${encodeURIComponent(schema)}`

export const tablePath = ({ schema, name }: Target): string =>
  `${datasetPath(schema)}/tables/${encodeURIComponent(name)}`

/** A table as the API shows it; undefined if there is none. */
export async function readTable(client: BigQueryClient, target: Target): Promise<TableMetadata | undefined> {
  try {
    return await client.call<TableMetadata>(
      { method: 'GET', project: target.database, path: tablePath(target) },
      { isAnswer: ({ tableReference }) => tableReference?.tableId === target.name },
    )
  } catch (error) {
    if (isNotFound(error)) return undefined
    throw error
  }
}

/** Clones and snapshots are tables to whoever reads them. */
const kindOf = (type: string | undefined): Table['kind'] =>
  type === 'VIEW' || type === 'MATERIALIZED_VIEW' || type === 'EXTERNAL' ? type : 'TABLE'

export function tableOf(target: Target, metadata: TableMetadata): Table {
  const { type, description, labels, numRows, schema } = metadata
  const kind = kindOf(type)
  const fields = typeof schema === 'object' && 'fields' in schema ? (schema.fields ?? []) : []
  return {
    target,
    kind,
    columns: fields.map(tableColumn),
    labels: (labels as Readonly<Record<string, string>> | undefined) ?? {},
    ...(description === undefined || description === '' ? {} : { description }),
    ...(kind !== 'TABLE' || numRows === undefined ? {} : { rowCount: Number(numRows) }),
  }
}

interface TableList {
  readonly kind?: string
  readonly tables?: readonly {
    readonly type?: string
    readonly tableReference?: { readonly tableId?: string }
  }[]
  readonly nextPageToken?: string
}

/** Every table of a dataset, by name; none if there is no such dataset. */
export async function listTables(
  client: BigQueryClient,
  database: string,
  schema: string,
): Promise<readonly ListedTable[]> {
  const found: ListedTable[] = []
  let pageToken: string | undefined
  try {
    do {
      const query = { maxResults: 1000, pageToken }
      const page = await client.call<TableList>(
        { method: 'GET', project: database, path: `${datasetPath(schema)}/tables`, query },
        { isAnswer: ({ kind }) => kind === 'bigquery#tableList' },
      )
      for (const { type, tableReference } of page.tables ?? [])
        found.push({ database, schema, name: tableReference?.tableId ?? '', kind: kindOf(type) })
      pageToken = page.nextPageToken
    } while (pageToken !== undefined)
  } catch (error) {
    if (isNotFound(error)) return []
    throw error
  }
  return found.sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0))
}
