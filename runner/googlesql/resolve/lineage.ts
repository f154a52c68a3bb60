import { targetName } from '../lower/identifier.ts'
import type { ColumnLineage, ColumnSource } from '../result.ts'
import type { CallExpr, Column, Cte, Expr, ResolvedQuery } from './resolved.ts'
import type { ResolvedStatement } from './statement/resolved-statement.ts'

export type { ColumnLineage } from '../result.ts'

type Source = Pick<ColumnSource, 'table' | 'column'>

const digests: ReadonlySet<string> = new Set(['SHA256', 'SHA512'])
const parts: ReadonlySet<string> = new Set([
  ...digests,
  'REGEXP_REPLACE',
  'REGEXP_EXTRACT',
  'SUBSTR',
  'SUBSTRING',
  'LEFT',
  'RIGHT',
])

/** The columns of tables that each result column's value is computed from; filters and joins do not count. */
export function lineageOf(statement: ResolvedStatement): readonly ColumnLineage[] {
  const query = queryOf(statement)
  if (query === undefined) return []
  const tracer = new Tracer()
  tracer.collect(query)
  return query.columns.map(({ name, column }) => {
    const undigested = tracer.sourcesOf(column, digests)
    const whole = tracer.sourcesOf(column, parts)
    const sources = [...tracer.sourcesOf(column)].map(([key, source]): ColumnSource => {
      if (whole.has(key)) return source
      return { ...source, left: undigested.has(key) ? 'part' : 'digest' }
    })
    return { name, sources }
  })
}

function queryOf(statement: ResolvedStatement): ResolvedQuery | undefined {
  switch (statement.kind) {
    case 'query':
    case 'insert':
    case 'create view':
    case 'create table':
      return statement.query
    default:
      return undefined
  }
}

/** Follows columns to where they were made. */
class Tracer {
  readonly #made = new Map<number, readonly unknown[]>()
  readonly #tables = new Map<number, Source>()
  readonly #seen = new Set<object>()

  /** Notes how every column of a part of the tree is made. */
  collect(node: unknown): void {
    if (typeof node !== 'object' || node === null || this.#seen.has(node)) return
    this.#seen.add(node)
    if (Array.isArray(node)) {
      for (const part of node) this.collect(part)
      return
    }
    this.#note(node as { readonly kind?: string })
    for (const [key, value] of Object.entries(node)) {
      if (key !== 'type' && key !== 'entry' && key !== 'signature' && key !== 'table') this.collect(value)
    }
  }

  #note(node: { readonly kind?: string }): void {
    const made = node as unknown as {
      readonly column: Column
      readonly columns: readonly Column[]
      readonly expr: Expr
      readonly args: readonly Expr[]
      readonly arrays: readonly Expr[]
      readonly table: { readonly target: ColumnSource['table'] }
      readonly inputs: readonly { readonly columns: readonly Column[] }[]
      readonly cte: Cte
    }
    if (node.kind === 'table') {
      for (const column of made.columns) {
        this.#tables.set(column.id, { table: made.table.target, column: column.name })
      }
    } else if (node.kind === 'set') {
      for (const [index, column] of made.columns.entries()) {
        this.#made.set(
          column.id,
          made.inputs.map((input) => input.columns[index]),
        )
      }
    } else if (node.kind === 'cte') {
      for (const [index, column] of made.columns.entries()) {
        const parts = [made.cte.query, made.cte.recursion?.query].map(
          (query) => query?.columns[index]?.column,
        )
        this.#made.set(column.id, parts)
      }
    } else if (node.kind === 'unnest') {
      for (const [index, column] of made.columns.entries()) this.#made.set(column.id, [made.arrays[index]])
    } else if (node.kind === undefined && 'column' in node && 'expr' in node) {
      this.#made.set(made.column.id, [made.expr])
    } else if (node.kind === undefined && 'column' in node && 'args' in node) {
      this.#made.set(made.column.id, [...made.args])
    }
  }

  /** The columns of tables behind a column, by name; not those that only calls of functions in `hidden` lead to. */
  sourcesOf(column: Column, hidden: ReadonlySet<string> = new Set()): ReadonlyMap<string, Source> {
    const found = new Map<string, Source>()
    const done = new Set<unknown>()
    const visit = (node: unknown): void => {
      if (typeof node !== 'object' || node === null || done.has(node)) return
      done.add(node)
      if (Array.isArray(node)) {
        for (const part of node) visit(part)
        return
      }
      if ('id' in node && typeof node.id === 'number' && 'name' in node && !('query' in node)) {
        const source = this.#tables.get(node.id)
        if (source !== undefined) found.set(`${targetName(source.table)}.${source.column}`, source)
        visit(this.#made.get(node.id))
        return
      }
      if ('kind' in node && node.kind === 'call' && hidden.has((node as CallExpr).entry.name)) return
      if ('scan' in node && 'columns' in node) {
        visit(node.columns)
        return
      }
      for (const [key, value] of Object.entries(node)) {
        if (key !== 'type' && key !== 'entry' && key !== 'signature' && key !== 'table') visit(value)
      }
    }
    visit(column)
    return found
  }
}
