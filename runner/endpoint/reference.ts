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
  checkName(name)
  return { database: textAt(reference, 'projectId') ?? project, schema, name }
}

/** @throws ApiError for a name with a decorator: without it, another table or all of it would be meant */
export function checkName(name: string): void {
  const what = name.includes('$') ? 'partition' : name.includes('@') ? 'time' : undefined
  if (what !== undefined)
    throw new ApiError(
      'notImplemented',
      `the ${what} decorator of the table ${name} is not supported locally; use a query`,
    )
}

/** `project:dataset.table`, as messages and ids have it. */
export const tableName = ({ database, schema, name }: Target): string => `${database}:${schema}.${name}`
