import { randomUUID } from 'node:crypto'
import type { ResultColumn, Value } from '../googlesql/result.ts'
import type { Target } from '../googlesql/target.ts'
import { typeName } from '../googlesql/types/print.ts'
import type { SqlType } from '../googlesql/types/type.ts'
import { ownDataset } from './dataset-store.ts'
import { sqlName, sqlTable } from './reference.ts'
import type { Service } from './service.ts'

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
  const staged = columns.map(({ name, type }) => ({ name, type: withoutJson(type) }))
  const list = staged.map(({ name, type }) => `${sqlName(name)} ${typeName(type)}`)
  await warehouse.execute(`CREATE TABLE ${sqlTable(target)} (${list.join(', ')})`)
  try {
    await warehouse.append(target, staged, rows)
    const parts = columns.map(({ name, type }) => `${withJson(sqlName(name), type)} AS ${sqlName(name)}`)
    return await use(`SELECT ${parts.join(', ')} FROM ${sqlTable(target)}`)
  } finally {
    await warehouse.execute(`DROP TABLE ${sqlTable(target)}`)
  }
}

/** JSON waits as text: PARSE_JSON puts it into the form in which JSON is kept. */
function withoutJson(type: SqlType): SqlType {
  switch (type.kind) {
    case 'JSON':
      return { kind: 'STRING' }
    case 'ARRAY':
      return { kind: 'ARRAY', element: withoutJson(type.element) }
    case 'STRUCT':
      return {
        kind: 'STRUCT',
        fields: type.fields.map((field) => ({ ...field, type: withoutJson(field.type) })),
      }
    default:
      return type
  }
}

function withJson(sql: string, type: SqlType, depth = 0): string {
  if (!hasJson(type)) return sql
  switch (type.kind) {
    case 'ARRAY':
      return `ARRAY(SELECT ${withJson(`e${depth}`, type.element, depth + 1)} FROM UNNEST(${sql}) AS e${depth} WITH OFFSET AS o${depth} ORDER BY o${depth})`
    case 'STRUCT': {
      const fields = type.fields.map((field) => {
        const name = sqlName(field.name ?? '')
        return `${withJson(`${sql}.${name}`, field.type, depth)} AS ${name}`
      })
      return `IF(${sql} IS NULL, NULL, STRUCT(${fields.join(', ')}))`
    }
    default:
      return `PARSE_JSON(${sql})`
  }
}

function hasJson(type: SqlType): boolean {
  if (type.kind === 'ARRAY') return hasJson(type.element)
  if (type.kind === 'STRUCT') return type.fields.some((field) => hasJson(field.type))
  return type.kind === 'JSON'
}
