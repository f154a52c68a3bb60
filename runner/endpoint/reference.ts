import type { Target } from '../googlesql/target.ts'
import { ApiError } from './api-error.ts'
import { type JsonObject, textAt } from './json.ts'

/** BigQuery's `TableReference`. */
export interface TableReference {
  readonly projectId: string
  readonly datasetId: string
  readonly tableId: string
}

export const tableReference = ({ database, schema, name }: Target): TableReference => ({
  projectId: database,
  datasetId: schema,
  tableId: name,
})

/** A reference that a client gave; the project may be left out. @throws ApiError if dataset or table are missing */
export function targetOf(reference: JsonObject, project: string): Target {
  const schema = textAt(reference, 'datasetId')
  const name = textAt(reference, 'tableId')
  if (schema === undefined || name === undefined || schema === '' || name === '') {
    const missing = schema === undefined || schema === '' ? 'datasetId' : 'tableId'
    throw new ApiError('required', `Required parameter is missing: ${missing}`, { location: missing })
  }
  return { database: textAt(reference, 'projectId') ?? project, schema, name }
}

/** `project:dataset.table`, as messages and ids have it. */
export const tableName = ({ database, schema, name }: Target): string => `${database}:${schema}.${name}`
