import type { DuckDBConnection } from '@duckdb/node-api'
import { userMessage } from '../../googlesql/lower/library/raise.ts'

/**
 * Runs a statement; where it raises an error of the query's while it is planned, once more without DuckDB's optimizer, which
 * computes constants wherever they stand: of `IF(x > 0, IF(DIV(10, x) > 2, …), …)` with a constant `x` the condition in the
 * branch that no row takes, which BigQuery does not. The optimizer is switched off as a whole, for this connection: the list
 * of its parts is one of all connections, which may be reading it.
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
  await connection.run('PRAGMA disable_optimizer')
  try {
    return await run()
  } finally {
    await connection.run('PRAGMA enable_optimizer')
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
