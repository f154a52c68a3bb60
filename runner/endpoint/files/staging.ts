import { randomUUID } from 'node:crypto'
import { sqlName, sqlTable } from '../../googlesql/quote.ts'
import type { ResultColumn, Value } from '../../googlesql/result.ts'
import type { Target } from '../../googlesql/target.ts'
import { jsonAsText, textAsJson } from '../../googlesql/types/json-as-text.ts'
import { typeName } from '../../googlesql/types/print.ts'
import type { Service } from '../service.ts'
import { ownDataset } from '../tables/dataset-store.ts'

/**
 * Puts rows into a table of their own for as long as one statement takes that moves them where they belong: so that
 * the statement's own rules hold for them (NOT NULL, STRING(10), defaults, conversions), and all of them arrive or none.
 *
 * @param use gets a query that gives the rows under the columns' names, JSON as JSON
 */
export async function withStaged<Result>(
  { warehouse }: Service,
  project: string,
  columns: readonly ResultColumn[],
  rows: readonly (readonly Value[])[],
  use: (query: string) => Promise<Result>,
): Promise<Result> {
  await warehouse.createDataset(project, ownDataset)
  const target: Target = {
    database: project,
    schema: ownDataset,
    name: `rows_${randomUUID().replaceAll('-', '')}`,
  }
  const staged = columns.map(({ name, type }) => ({ name, type: jsonAsText(type) }))
  const list = staged.map(({ name, type }) => `${sqlName(name)} ${typeName(type)}`)
  await warehouse.execute(`CREATE TABLE ${sqlTable(target)} (${list.join(', ')})`)
  try {
    await warehouse.append(target, staged, rows)
    const parts = columns.map(({ name, type }) => `${textAsJson(sqlName(name), type)} AS ${sqlName(name)}`)
    return await use(`SELECT ${parts.join(', ')} FROM ${sqlTable(target)}`)
  } finally {
    await warehouse.execute(`DROP TABLE ${sqlTable(target)}`)
  }
}
