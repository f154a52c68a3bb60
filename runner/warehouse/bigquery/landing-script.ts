import { sqlName, sqlTable, sqlText } from '../../googlesql/quote.ts'
import type { Target } from '../../googlesql/target.ts'
import type { RawColumn } from '../landing.ts'
import { callsFloatText, floatText, selectList } from './landing-columns.ts'

/** Rows that a load job has put into a staging table. */
export interface StagedRows {
  readonly staging: Target
  /** As they were written; the table has JSON as text. */
  readonly columns: readonly RawColumn[]
  readonly rows: number
  readonly target: Target
  /** Of the target, by now. */
  readonly targetColumns: readonly RawColumn[]
}

export interface Commit {
  readonly turns: Target
  /** The turn that this landing began with, and that nobody else may have taken since. */
  readonly turn: bigint
  readonly loadedAt: Date
  readonly staged: readonly StagedRows[]
  /** Statements on the ledger. */
  readonly recorded: readonly string[]
}

/** What the script says where another landing was faster. */
export const turnIsTaken = 'another landing has committed since this one began'

/**
 * The one transaction of a landing: all of it happens, or nothing. Snapshot isolation alone would let two landings add
 * the same file, since INSERTs do not conflict with one another; the turn's UPDATE does: of two that began with the same turn
 * one fails (https://cloud.google.com/bigquery/docs/transactions#transaction_concurrency).
 */
export function commitScript({ turns, turn, loadedAt, staged, recorded }: Commit): string {
  const inserts = staged.map(insertStaged)
  const stamp = `TIMESTAMP ${sqlText(loadedAt.toISOString())}`
  const statements = [
    ...(callsFloatText(inserts) ? [floatText] : []),
    'BEGIN TRANSACTION',
    `UPDATE ${sqlTable(turns)} SET turn = turn + 1, loaded_at = ${stamp} WHERE turn = ${turn} AND rewriting IS NULL`,
    unlessRows(1, turnIsTaken),
    // Before the rows: what a landing adds, it does not change.
    ...recorded,
    ...inserts.flatMap((insert, index) => {
      const { rows = 0, target } = staged[index] ?? {}
      return [
        insert,
        unlessRows(rows, `${rows} rows were staged for ${target?.schema}.${target?.name}, others arrived`),
      ]
    }),
    'COMMIT TRANSACTION',
  ]
  return statements.map((statement) => `${statement};\n`).join('')
}

const unlessRows = (rows: number, message: string): string =>
  `IF @@row_count != ${rows} THEN RAISE USING MESSAGE = ${sqlText(message)}; END IF`

function insertStaged({ staging, columns, target, targetColumns }: StagedRows): string {
  const names = targetColumns.map(({ name }) => sqlName(name)).join(', ')
  return `INSERT INTO ${sqlTable(target)} (${names})\nSELECT ${selectList(columns, targetColumns, true).join(', ')}\nFROM ${sqlTable(staging)}`
}
