import type { DuckDBConnection } from '@duckdb/node-api'
import { userMessage } from '../../googlesql/lower/library/raise.ts'

/** DuckDB's optimizers that compute constants wherever they stand, and let their errors out. */
const EAGER = 'expression_rewriter,statistics_propagation'

/**
 * Runs a statement; where it raises an error of the query's while it is planned, once more with constants computed only
 * where a row needs them. Of `IF(x > 0, IF(DIV(10, x) > 2, …), …)` with a constant `x`, DuckDB computes the condition in
 * the branch that no row takes; BigQuery does not.
 *
 * @param failed the DuckDB SQL that `run` was at when it raised; only asked for then
 * @throws what the last attempt threw
 */
export async function withLazyConstants<Result>(
  connection: DuckDBConnection,
  run: () => Promise<Result>,
  failed: () => string | undefined,
): Promise<Result> {
  try {
    return await run()
  } catch (error) {
    const sql = failed()
    const raised = userMessage(error instanceof Error ? error.message : String(error)) !== undefined
    if (sql === undefined || !raised || (await isPlanned(connection, sql))) throw error
  }
  await connection.run(`SET disabled_optimizers = '${EAGER}'`)
  try {
    return await run()
  } finally {
    await connection.run('RESET disabled_optimizers')
  }
}

/** An error that only rows raise leaves the plan as it is: such a statement is not run twice. */
async function isPlanned(connection: DuckDBConnection, sql: string): Promise<boolean> {
  try {
    const prepared = await connection.prepare(sql)
    prepared.destroySync()
    return true
  } catch {
    return false
  }
}
