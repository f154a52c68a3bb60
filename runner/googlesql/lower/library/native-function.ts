import { DuckDBScalarFunction, type DuckDBType, type DuckDBValue } from '@duckdb/node-api'

/**
 * A function that DuckDB lacks, written here and registered with it. Called for whole chunks of rows; never with a NULL
 * unless `nulls` is set, and must not be volatile: an equal call gives an equal answer.
 */
export interface NativeFunction {
  /** Lower case, begins with `googlesql_`. */
  readonly name: string
  readonly parameters: readonly DuckDBType[]
  readonly returns: DuckDBType
  /** NULL arguments reach `evaluate`. Otherwise one NULL makes the result NULL. */
  readonly nulls?: boolean
  /**
   * One row.
   * @throws GoogleSqlError for an error that BigQuery raises
   */
  readonly evaluate: (...args: never[]) => DuckDBValue
}

/** An error of a query at run time, in BigQuery's words. */
export class GoogleSqlError extends Error {}

/** The form that DuckDB registers: loops over a chunk and keeps the last arguments, which literals make equal. */
export function scalarFunction(native: NativeFunction, prefix: string): DuckDBScalarFunction {
  const evaluate = native.evaluate as (...args: readonly DuckDBValue[]) => DuckDBValue
  return DuckDBScalarFunction.create({
    name: native.name,
    parameterTypes: native.parameters,
    returnType: native.returns,
    specialHandling: native.nulls ?? false,
    mainFunction: (_info, input, output) => {
      const columns = native.parameters.map((_, index) => input.getColumnVector(index))
      const args: DuckDBValue[] = new Array(columns.length)
      try {
        for (let row = 0; row < input.rowCount; row++) {
          let missing = false
          for (const [index, column] of columns.entries()) {
            const value = column.getItem(row)
            args[index] = value
            if (value === null) missing = true
          }
          output.setItem(row, missing && native.nulls !== true ? null : evaluate(...args))
        }
        output.flush()
      } catch (error) {
        throw error instanceof GoogleSqlError ? new Error(prefix + error.message) : error
      }
    },
  })
}
