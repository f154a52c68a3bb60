import type { Target } from '../../warehouse/warehouse.ts'
import { targetName } from '../lower/identifier.ts'
import type { Column, Cte, Expr, ResolvedQuery } from './resolved.ts'
import type { ResolvedStatement } from './resolved-statement.ts'

/** Where one result column comes from. */
export interface ColumnLineage {
  readonly name: string
  readonly sources: readonly { readonly table: Target; readonly column: string }[]
}

interface Source {
  readonly table: Target
  readonly column: string
}

/** The columns of tables that each result column's value is computed from; filters and joins do not count. */
export function lineageOf(statement: ResolvedStatement): readonly ColumnLineage[] {
  const query = queryOf(statement)
  if (query === undefined) return []
  const tracer = new Tracer()
  tracer.collect(query)
  return query.columns.map(({ name, column }) => ({ name, sources: tracer.sourcesOf(column) }))
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
      readonly table: { readonly target: Target }
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

  sourcesOf(column: Column): readonly Source[] {
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
      if ('scan' in node && 'columns' in node) {
        visit(node.columns)
        return
      }
      for (const [key, value] of Object.entries(node)) {
        if (key !== 'type' && key !== 'entry' && key !== 'signature' && key !== 'table') visit(value)
      }
    }
    visit(column)
    return [...found.values()]
  }
}
