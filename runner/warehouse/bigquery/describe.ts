import { isDeepStrictEqual } from 'node:util'
import type { TableField, TableMetadata } from '@google-cloud/bigquery'
import type { Target } from '../../googlesql/target.ts'
import { nearest } from '../../nearest.ts'
import { Problem } from '../../problem.ts'
import type { ColumnDescription, TableDescription } from '../warehouse.ts'
import type { BigQueryClient } from './client.ts'
import { BigQueryProblem } from './errors.ts'
import { readTable, tablePath } from './table.ts'

/** How often a table that others change meanwhile is read anew. */
const attempts = 5

/**
 * Sets descriptions, labels and policy tags: what `dataform run` sets after each table (`tables.patch` with the whole
 * schema). Nothing is sent where nothing changes: BigQuery takes five changes of a table in ten seconds
 * (https://cloud.google.com/bigquery/quotas#standard_tables).
 *
 * @throws Problem if the table or a column is missing
 */
export async function describeTable(
  client: BigQueryClient,
  target: Target,
  description: TableDescription,
): Promise<void> {
  for (let attempt = 1; ; attempt += 1) {
    const table = await readTable(client, target)
    if (table === undefined)
      throw new Problem(`Not found: Table ${target.database}:${target.schema}.${target.name}`)
    const change = changeOf(target, table, description)
    if (Object.keys(change).length === 0) return
    try {
      await client.call({
        method: 'PATCH',
        project: target.database,
        path: tablePath(target),
        body: change,
        // Somebody may have added a column since: the schema is sent whole.
        ...(table.etag === undefined ? {} : { headers: { 'If-Match': table.etag } }),
      })
      return
    } catch (error) {
      const changed = error instanceof BigQueryProblem && error.status === 412
      if (!changed || attempt === attempts) throw error
    }
  }
}

function changeOf(target: Target, table: TableMetadata, given: TableDescription): TableMetadata {
  const { description, labels, columns = [] } = given
  const fields = schemaFields(table)
  const described = columns.reduce<readonly TableField[]>(
    (known, column) => withColumn(known, column, column.path, target),
    fields,
  )
  const present: Readonly<Record<string, string>> = table.labels ?? {}
  const newLabels = Object.entries(labels ?? {}).some(([key, value]) => present[key] !== value)
  return {
    ...(description === undefined || description === table.description ? {} : { description }),
    ...(newLabels ? { labels } : {}),
    ...(isDeepStrictEqual(described, fields) ? {} : { schema: { fields: [...described] } }),
  }
}

function schemaFields({ schema }: TableMetadata): readonly TableField[] {
  return typeof schema === 'object' && 'fields' in schema ? (schema.fields ?? []) : []
}

function withColumn(
  fields: readonly TableField[],
  column: ColumnDescription,
  [first = '', ...rest]: readonly string[],
  target: Target,
): readonly TableField[] {
  const { path, description, policyTags = [] } = column
  const names = fields.map(({ name = '' }) => name)
  const at = names.findIndex((name) => name.toLowerCase() === first.toLowerCase())
  const field = fields[at]
  if (field === undefined) {
    const near = nearest(first, names)
    throw new Problem(
      `column ${path.join('.')} to describe is not in ${target.schema}.${target.name}${near === undefined ? '' : `; did you mean ${near}?`}`,
    )
  }
  const changed: TableField =
    rest.length > 0
      ? {
          ...field,
          fields: [...withColumn(field.fields ?? [], column, rest, target)],
        }
      : {
          ...field,
          ...(description === undefined ? {} : { description }),
          ...(policyTags.length === 0 ? {} : { policyTags: { names: [...policyTags] } }),
        }
  return fields.with(at, changed)
}
