import { VARCHAR } from '@duckdb/node-api'
import { GoogleSqlError, type NativeFunction } from '../native-function.ts'

/** `googlesql_error(message)` raises; its type is VARCHAR so that a CAST fits it into any CASE. */
export const errorFunctions: readonly NativeFunction[] = [
  {
    name: 'googlesql_error',
    parameters: [VARCHAR],
    returns: VARCHAR,
    nulls: true,
    evaluate: (message: string | null) => {
      throw new GoogleSqlError(message ?? 'NULL')
    },
  },
]
