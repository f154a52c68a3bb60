import type { Column, UnnestScan } from '../resolve/resolved.ts'
import { type Block, EMPTY_BLOCK } from './block.ts'
import { columnName, type Environment, newAlias } from './environment.ts'
import { lowerExpr } from './expression.ts'
import { repeatable } from './library/once.ts'
import { bare, lowerScan } from './relation.ts'

/** Arrays as rows, beside each row of the input if there is one. */
export function lowerUnnest(environment: Environment, scan: UnnestScan): Block {
  const input = scan.input === undefined ? undefined : bare(environment, lowerScan(environment, scan.input))
  const source = elements(environment, scan, input !== undefined && ofArraysOnly(scan) ? input.visible : [])
  const alias = newAlias(environment, 'u')
  const columns = scan.offset === undefined ? scan.columns : [...scan.columns, scan.offset]
  for (const column of columns) environment.names.set(column.id, `${alias}.${columnName(column)}`)
  if (input === undefined) return { ...EMPTY_BLOCK, from: `(${source}) AS ${alias}`, visible: columns }
  const visible = [...input.visible, ...columns]
  if (!scan.outer && scan.condition === undefined) {
    return { ...EMPTY_BLOCK, from: `${input.from} CROSS JOIN LATERAL (${source}) AS ${alias}`, visible }
  }
  const condition = scan.condition === undefined ? undefined : lowerExpr(environment, scan.condition)
  // DuckDB takes few conditions of a LEFT JOIN LATERAL: they choose among the elements inside.
  const chosen =
    condition === undefined || !scan.outer
      ? source
      : `SELECT * FROM (${source}) AS ${alias} WHERE ${condition}`
  const join = scan.outer ? 'LEFT JOIN' : 'INNER JOIN'
  return {
    ...EMPTY_BLOCK,
    from: `${input.from} ${join} LATERAL (${chosen}) AS ${alias} ON ${scan.outer ? 'true' : condition}`,
    visible,
  }
}

/** True if no table stands before it in the FROM clause: the arrays are those of a row outside. */
function ofArraysOnly({ input }: UnnestScan): boolean {
  return input?.kind === 'unnest' && (input.input === undefined || ofArraysOnly(input))
}

/**
 * `beside`: columns that the arrays are made to depend on. DuckDB else computes each array of a row outside by itself,
 * and its join of the two loses rows where a key of the one holds a NULL.
 */
function elements(environment: Environment, scan: UnnestScan, beside: readonly Column[]): string {
  const idle = beside.map((column) => `${environment.names.get(column.id)} IS NULL`).join(' AND ')
  const arrays = scan.arrays.map((array) => {
    const sql = lowerExpr(environment, array)
    // A lambda cannot see the columns beside it.
    if (idle === '' || /\bSELECT\b|lambda/.test(sql)) return sql
    return `CASE WHEN ${idle} THEN ${sql} ELSE ${sql} END`
  })
  const names = scan.columns.map(columnName)
  if (scan.offset === undefined) {
    return `SELECT ${arrays.map((array, index) => `unnest(${array}) AS ${names[index] ?? ''}`).join(', ')}`
  }
  // The position is that in the longest array; each array is computed once.
  const inner = newAlias(environment, 'a')
  const simple = arrays.every(repeatable)
  const refs = simple ? arrays : arrays.map((_, index) => `${inner}.v${index}`)
  const longest =
    refs.length === 1 ? `len(${refs[0]})` : `greatest(${refs.map((ref) => `len(${ref})`).join(', ')})`
  const items = [
    ...refs.map((ref, index) => `unnest(${ref}) AS ${names[index] ?? ''}`),
    `unnest(range(${longest})) AS ${columnName(scan.offset)}`,
  ]
  const from = simple
    ? ''
    : ` FROM (SELECT ${arrays.map((array, index) => `${array} AS v${index}`).join(', ')}) AS ${inner}`
  return `SELECT ${items.join(', ')}${from}`
}
