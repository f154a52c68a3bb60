import { readFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import { defaultEffects } from '../default-effects.ts'
import type { Effects } from '../effects.ts'
import type { ResultColumn, Value } from '../googlesql/result.ts'
import { type JsonValue, jsonRows } from '../googlesql/result-json.ts'
import { typeName } from '../googlesql/types/print.ts'
import { Problem } from '../problem.ts'
import { csvText } from '../report/csv.ts'
import { counted } from '../report/progress.ts'
import { resultTable, terminalWidth } from '../report/table.ts'
import { defineCommand, type ProjectOptions } from './command.ts'
import { withProject } from './context.ts'

export interface QueryOptions extends ProjectOptions {
  /** A statement or a script in BigQuery's SQL … */
  readonly sql?: string | undefined
  /** … or the file that holds it. */
  readonly file?: string | undefined
  /** At most so many rows are read; 0: all of them. Default 0. */
  readonly limit?: number
}

export interface QueryResult {
  /** BigQuery's name for the last statement: SELECT, MERGE, SCRIPT … */
  readonly statementType: string
  readonly columns: readonly { readonly name: string; readonly type: string }[]
  /** By column name; exact (googlesql/result-json.ts says how). */
  readonly rows: readonly { readonly [column: string]: JsonValue }[]
  /** True: there are more rows than `limit`. */
  readonly truncated: boolean
  /** Rows that DML touched or a new table holds. */
  readonly affectedRows: number | null
}

/** A result that also holds the values themselves, for tables and CSV; `--json` does not print them. */
interface FullResult extends QueryResult {
  readonly [typed]: {
    readonly columns: readonly ResultColumn[]
    readonly rows: readonly (readonly Value[])[]
  }
}

const typed = Symbol('the values with their types')

/**
 * Answers a query, or runs any statement or script, in BigQuery's SQL. Names without a dataset are of the project's
 * default dataset.
 *
 * @throws Problem with the line and column of what is wrong in the SQL
 * @example const { rows } = await query({ sql: 'select count(*) as n from world_x.city' })
 */
export async function query(options: QueryOptions, effects: Effects = defaultEffects()): Promise<FullResult> {
  const { text, file } = await sqlOf(options, effects)
  const limit = options.limit ?? 0
  return withProject(options, effects, async ({ warehouse, project, defaultProject }) => {
    const { defaultDataset } = project.workflow
    const result = await warehouse
      .execute(text, {
        defaultProject,
        signal: effects.signal,
        ...(defaultDataset === undefined ? {} : { defaultDataset }),
        ...(limit === 0 ? {} : { maxRows: limit + 1 }),
      })
      .catch((error: unknown) => {
        throw placed(error, file)
      })
    const rows = limit === 0 ? result.rows : result.rows.slice(0, limit)
    return {
      statementType: result.statementType,
      columns: result.columns.map(({ name, type }) => ({ name, type: typeName(type) })),
      rows: jsonRows(result.columns, rows),
      truncated: rows.length < result.rows.length,
      affectedRows: result.affectedRows ?? null,
      [typed]: { columns: result.columns, rows },
    }
  })
}

async function sqlOf({ sql, file }: QueryOptions, effects: Effects) {
  if ((sql === undefined) === (file === undefined))
    throw new Problem(
      sql === undefined ? 'there is no query' : 'there are two queries: one as text, one in a file',
      {
        exitCode: 2,
        hint: 'streamform query "select 1", or streamform query --file query.sql',
      },
    )
  if (file === undefined) return { text: sql ?? '', file: undefined }
  const text = await readFile(resolve(effects.workingFolder, file), 'utf8').catch(
    (cause: NodeJS.ErrnoException) => {
      throw new Problem(`the query's file \`${file}\` cannot be read: ${cause.code ?? cause.message}`, {
        exitCode: 2,
        cause,
      })
    },
  )
  return { text, file }
}

/** An error with the file that the SQL came from; one of a text says only line and column. */
function placed(error: unknown, file: string | undefined): unknown {
  if (!(error instanceof Problem) || error.place.file !== undefined) return error
  const { message, place, hint, exitCode, transient } = error
  return new Problem(message, {
    ...place,
    file: file ?? 'query',
    exitCode,
    transient,
    cause: error,
    ...(hint === undefined ? {} : { hint }),
  })
}

const formats = ['table', 'csv', 'json'] as const

export const command = defineCommand({
  positionals: { sql: { type: 'string', describe: 'a statement or script' } },
  flags: {
    file: { type: 'string', describe: 'a file that holds it instead' },
    format: { type: 'string', choices: formats, default: 'table', describe: 'how to print rows' },
    limit: { type: 'number', describe: 'at most so many rows; 0: all [default: 100 in a table, else 0]' },
  },
  examples: [
    ['query "select * from world_x.city"', 'a table'],
    ['query --file a.sql --format csv', 'from a file, as CSV'],
  ],
  options: (given): QueryOptions & { readonly format: string } => {
    const { project, sql, file, format, limit } = given
    if (limit !== undefined && (!Number.isInteger(limit) || limit < 0))
      throw new Problem('`--limit` takes a whole number from 0', { exitCode: 2 })
    const json = (given as { readonly json?: boolean }).json === true
    return { project, sql, file, format, limit: limit ?? (format === 'table' && !json ? 100 : 0) }
  },
  run: query,
  text(result, { format, limit }, effects) {
    const { columns, rows } = result[typed]
    if (columns.length === 0) return statementText(result)
    if (format === 'csv') return csvText(columns, rows)
    if (format === 'json') return rowsText(result.rows)
    const shown = resultTable(columns, rows, terminalWidth(effects.environment))
    return result.truncated ? `${shown}\n(the first ${counted(limit ?? 0)} rows: --limit 0 shows all)` : shown
  },
})

function statementText({ statementType, affectedRows }: QueryResult): string {
  const words = statementType.toLowerCase().replaceAll('_', ' ')
  return affectedRows === null ? `${words}: done` : `${words}: ${counted(affectedRows)} rows`
}

const rowsText = (rows: QueryResult['rows']): string => {
  const lines = rows.map((row) => `  ${JSON.stringify(row)}`)
  return lines.length === 0 ? '[]' : `[\n${lines.join(',\n')}\n]`
}
