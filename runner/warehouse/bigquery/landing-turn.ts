import { sqlDataset, sqlTable, sqlText } from '../../googlesql/quote.ts'
import type { Target } from '../../googlesql/target.ts'
import { Problem } from '../../problem.ts'
import { stateDataset } from '../state.ts'
import type { BigQueryClient } from './client.ts'
import { isNotFound } from './errors.ts'
import { awaitJob, findJob, runJob } from './job.ts'
import { createStateTables, type RunStatement, type StatementRows } from './state.ts'

/**
 * Landings go one after another by a counter, the turn, in a table of one row. Each commit raises it in its transaction,
 * and only from the number that the landing began with.
 */
export interface Turn {
  readonly number: bigint
  /** Of the last commit. */
  readonly loadedAt: Date | undefined
}

export interface TurnOptions {
  readonly client: BigQueryClient
  /** The project of dataset `streamform`. */
  readonly project: string
  readonly run: RunStatement
}

export const turnsTable = (project: string): Target => ({
  database: project,
  schema: stateDataset,
  name: 'landing_turn',
})

/** Where parts wait between their load and the commit; what a crash leaves is gone after a day. */
export const stagingDataset = 'streamform_staging'

/** Creates what a landing needs where it is missing; it may run any number of times, and at once. */
export function createLandingTables(project: string): string {
  const last = (table: string, column: string) =>
    `(SELECT MAX(${column}) FROM ${sqlTable({ database: project, schema: stateDataset, name: table })})`
  return [
    createStateTables(project),
    `CREATE SCHEMA IF NOT EXISTS ${sqlDataset({ database: project, schema: stagingDataset })} OPTIONS (default_table_expiration_days = 1);\n`,
    // One statement makes table and row, so that there are never two rows.
    `CREATE TABLE IF NOT EXISTS ${sqlTable(turnsTable(project))} AS\nSELECT 0 AS turn, `,
    `(SELECT MAX(stamp) FROM UNNEST([${last('files', 'landed_at')}, ${last('dead_letters', 'settled_at')}]) AS stamp) AS loaded_at, `,
    'CAST(NULL AS STRING) AS rewriting;\n',
  ].join('')
}

/**
 * The turn as it stands, with no table being rewritten.
 *
 * @throws Problem if the table is not as we made it
 */
export async function currentTurn(options: TurnOptions): Promise<Turn> {
  const { project } = options
  const table = turnsTable(project)
  for (;;) {
    const { rows } = await readTurns(options)
    const [row, other] = rows
    if (row === undefined || other !== undefined) {
      throw new Problem(`the table ${table.schema}.${table.name} has ${rows.length} rows, it must have one`, {
        hint: 'drop it while nothing lands: the next landing makes it anew from the ledger',
      })
    }
    const [number, loadedAt, rewriting] = row
    if (rewriting === null || rewriting === undefined) {
      return {
        number: number as bigint,
        loadedAt: typeof loadedAt === 'string' ? new Date(loadedAt) : undefined,
      }
    }
    await endRewriting(options, String(rewriting))
  }
}

async function readTurns({ project, run }: TurnOptions): Promise<StatementRows> {
  const query = `SELECT turn, loaded_at, rewriting FROM ${sqlTable(turnsTable(project))}`
  try {
    return await run(query, [])
  } catch (error) {
    if (!isNotFound(error)) throw error
    await run(createLandingTables(project), [])
    return await run(query, [])
  }
}

/**
 * Ends the rewriting of a table that a landing has begun and may have died in: its job is waited for, or, if it never
 * came to be, its id is taken, so that a loader that was only slow cannot start it any more.
 */
export async function endRewriting({ client, project, run }: TurnOptions, job: string): Promise<void> {
  const known = await findJob(client, job)
  const ended =
    known === undefined
      ? runJob(client, { id: job, configuration: { query: { query: 'SELECT 1', useLegacySql: false } } })
      : awaitJob(client, known)
  // Whether it rewrote the table or failed, the table is whole; a Problem that is none of BigQuery's says that the
  // job was started just now, by its owner.
  const failure = await ended.then(
    () => undefined,
    (error: unknown) => error,
  )
  if (failure !== undefined && known === undefined) {
    const found = await findJob(client, job)
    if (found === undefined) throw failure
    await awaitJob(client, found).catch(() => undefined)
  }
  await run(
    `UPDATE ${sqlTable(turnsTable(project))} SET rewriting = NULL WHERE rewriting = ${sqlText(job)}`,
    [],
  )
}

/**
 * Takes the turn for rewriting tables outside of a transaction: until `endRewriting`, no landing commits.
 *
 * @returns false if another landing was faster
 */
export async function beginRewriting(
  { project, run }: TurnOptions,
  turn: bigint,
  job: string,
): Promise<boolean> {
  const { affectedRows } = await run(
    `UPDATE ${sqlTable(turnsTable(project))} SET turn = turn + 1, rewriting = ${sqlText(job)} WHERE turn = ${turn} AND rewriting IS NULL`,
    [],
  )
  return affectedRows === 1
}
