import type { TableField } from '@google-cloud/bigquery'
import type { ScalarKind, SqlType } from '../../googlesql/types/type.ts'
import { Problem } from '../../problem.ts'
import type { TableColumn } from '../warehouse.ts'

/** The API's names of types that SQL names otherwise, beside those that both have. */
const kinds: Readonly<Record<string, ScalarKind>> = {
  BOOLEAN: 'BOOL',
  BOOL: 'BOOL',
  INTEGER: 'INT64',
  INT64: 'INT64',
  FLOAT: 'FLOAT64',
  FLOAT64: 'FLOAT64',
  NUMERIC: 'NUMERIC',
  BIGNUMERIC: 'BIGNUMERIC',
  STRING: 'STRING',
  BYTES: 'BYTES',
  DATE: 'DATE',
  TIME: 'TIME',
  DATETIME: 'DATETIME',
  TIMESTAMP: 'TIMESTAMP',
  INTERVAL: 'INTERVAL',
  JSON: 'JSON',
  GEOGRAPHY: 'GEOGRAPHY',
}

/**
 * The type of a field of a schema
 * (https://cloud.google.com/bigquery/docs/reference/rest/v2/tables#TableFieldSchema).
 *
 * @throws Problem for a type that is not known here
 */
export function fieldType(field: TableField): SqlType {
  const element = elementType(field)
  return field.mode?.toUpperCase() === 'REPEATED' ? { kind: 'ARRAY', element } : element
}

function elementType({ name = '', type = '', fields, rangeElementType }: TableField): SqlType {
  const given = type.toUpperCase()
  if (given === 'RECORD' || given === 'STRUCT')
    return {
      kind: 'STRUCT',
      fields: (fields ?? []).map((field) => ({ name: field.name, type: fieldType(field) })),
    }
  if (given === 'RANGE') return { kind: 'RANGE', element: elementType({ name, ...rangeElementType }) }
  const kind = kinds[given]
  if (kind === undefined)
    throw new Problem(`BigQuery gives the field \`${name}\` a type that streamform does not know: ${type}`)
  return { kind }
}

/** A field of a table's schema as a column. */
export function tableColumn(field: TableField): TableColumn {
  const { name = '', description } = field
  const mode = field.mode?.toUpperCase()
  return {
    name,
    type: fieldType(field),
    mode: mode === 'REPEATED' || mode === 'REQUIRED' ? mode : 'NULLABLE',
    ...(description === undefined || description === '' ? {} : { description }),
  }
}
