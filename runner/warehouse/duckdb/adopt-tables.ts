import type { DuckDBConnection } from '@duckdb/node-api'
import { physicalTable, quoteIdentifier, quoteText } from '../../googlesql/lower/identifier.ts'
import type { Target } from '../../googlesql/target.ts'

/**
 * Takes tables of another warehouse's file in place of one's own of the same names, with all that is known of them: all in
 * one transaction.
 *
 * @param file of a warehouse that is closed
 * @param names what they are called here, if not the same
 */
export async function adoptTables(
  connection: DuckDBConnection,
  file: string,
  targets: readonly Target[],
  names: readonly Target[] = targets,
): Promise<void> {
  const other = quoteIdentifier('adopted')
  await connection.run(`ATTACH ${quoteText(file)} AS ${other} (READ_ONLY)`)
  try {
    await connection.run('BEGIN')
    try {
      for (const [at, target] of targets.entries())
        await adopt(connection, other, target, names[at] ?? target)
      await connection.run('COMMIT')
    } catch (error) {
      await connection.run('ROLLBACK')
      throw error
    }
  } finally {
    await connection.run(`DETACH ${other}`)
  }
}

async function adopt(
  connection: DuckDBConnection,
  other: string,
  target: Target,
  name: Target,
): Promise<void> {
  const table = physicalTable(name)
  await connection.run(`CREATE OR REPLACE TABLE ${table} AS FROM ${other}.${physicalTable(target)}`)
  const known = await connection.runAndReadAll(
    `SELECT comment FROM duckdb_tables() WHERE database_name = 'adopted' AND schema_name = ${quoteText(`${target.database}.${target.schema}`)} AND table_name = ${quoteText(target.name)}`,
  )
  const [comment] = known.getRows()[0] ?? []
  if (typeof comment === 'string') await connection.run(`COMMENT ON TABLE ${table} IS ${quoteText(comment)}`)
}
