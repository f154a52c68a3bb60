import type { DuckDBConnection } from '@duckdb/node-api'
import type { CatalogTable } from '../../googlesql/catalog.ts'
import { compileStatement } from '../../googlesql/compile.ts'
import { externalRows, physicalTable, quoteIdentifier, SESSION } from '../../googlesql/lower/identifier.ts'
import { lowerStatement } from '../../googlesql/lower/statement.ts'
import { parse } from '../../googlesql/parse/index.ts'
import { FILE_NAME } from '../../googlesql/resolve/from/file-name.ts'
import type { Value } from '../../googlesql/result.ts'
import { jsonAsText, textAsJson } from '../../googlesql/types/json-as-text.ts'
import { appendTemporary } from './append.ts'
import type { CatalogState } from './catalog.ts'

/**
 * Puts what an external table's files hold where a statement that reads the table looks for it: into a temporary table of
 * the connection, in place of what was there.
 *
 * @param rows a value for each column of the table, and last the file's name; JSON as text
 */
export async function putExternalRows(
  connection: DuckDBConnection,
  catalog: CatalogState,
  table: CatalogTable,
  rows: readonly (readonly Value[])[],
): Promise<void> {
  const columns = [...table.columns, FILE_NAME]
  const place = externalRows(table.target)
  const staged: CatalogTable = {
    target: { ...SESSION, name: 'rows of files' },
    kind: 'TABLE',
    columns: columns.map(({ type }, index) => ({ name: `c${index}`, type: jsonAsText(type) })),
  }
  const made = lowerStatement({ kind: 'create table', table: staged, replace: true, query: undefined })
  for (const { sql } of made) await connection.run(sql)
  await appendTemporary(connection, staged.target.name, staged.columns, rows)
  const parts = columns.map(({ type }, index) => textAsJson(`c${index}`, type))
  const text = `SELECT ${parts.join(', ')} FROM \`${SESSION.schema}\`.\`${staged.target.name}\``
  const [query] = parse(text).statements
  if (query === undefined) throw new Error(`no statement in ${text}`)
  const { steps } = compileStatement(text, query, catalog.applied([{ kind: 'put table', table: staged }]), {
    defaults: { project: '', dataset: undefined },
  })
  const names = columns.map(({ name }) => quoteIdentifier(name)).join(', ')
  for (const { sql } of steps)
    await connection.run(
      `CREATE OR REPLACE TEMP TABLE ${physicalTable(place)} AS SELECT * FROM (${sql}) AS t(${names})`,
    )
  await connection.run(`DROP TABLE ${physicalTable(staged.target)}`)
}
