import { typeName } from '../../../runner/googlesql/types/print.ts'
import { INT64, STRING } from '../../../runner/googlesql/types/scalars.ts'
import type { Column } from './expression.ts'
import type { Random } from './random.ts'
import { literalOf, scalarTypes, types } from './values.ts'

export interface TestTable {
  readonly columns: readonly Column[]
  readonly rows: readonly string[]
}

/** Rows with a unique `id`, a key `k` with repeats and NULLs, and columns of random types. */
export function randomTable(random: Random, alias: string, fewest = 0): TestTable {
  const others = [STRING, random.pick(scalarTypes), random.pick(types)]
  const columns: readonly Column[] = [
    { name: 'id', type: INT64 },
    { name: 'k', type: INT64 },
    ...others.map((type, index) => ({ name: `c${index}`, type })),
  ]
  const rows = Array.from({ length: random.between(fewest, 6) }, (_, index) => {
    const values = [String(index + 1), random.pick(['1', '2', '2', '3', 'NULL'])]
    return `(${[...values, ...others.map((type) => literalOf(random, type))].join(', ')})`
  })
  return { columns: columns.map((column) => ({ ...column, name: `${alias}.${column.name}` })), rows }
}

export function source({ columns }: TestTable, alias: string, rows: readonly string[]): string {
  const fields = columns.map(({ name, type }) => `${name.split('.')[1]} ${typeName(type)}`)
  return `UNNEST(ARRAY<STRUCT<${fields.join(', ')}>>[${rows.join(', ')}]) AS ${alias}`
}
