import { nearest } from '../../nearest.ts'
import { Problem } from '../../problem.ts'
import type { Catalog, CatalogRoutine, ExternalColumns, NameDefaults } from '../catalog.ts'
import type { Span } from '../parse/ast.ts'
import { positionAt } from '../parse/position.ts'
import type { QueryParameter } from '../result.ts'
import type { SqlType } from '../types/type.ts'
import type { AggregateCall, Column, Cte, Expr, WindowCall } from './resolved.ts'
import { NO_NAMES, type Scope } from './scope.ts'

/** What one statement's resolution shares: numbers for columns, and what it met. */
export interface Resolution {
  readonly catalog: Catalog
  readonly parameters: readonly QueryParameter[]
  /** Script variables, system variables among them (`@@error.message`), by lower-case name. */
  readonly variables: ReadonlyMap<string, Expr>
  /** Temporary functions, by lower-case name. */
  readonly temporaryRoutines: ReadonlyMap<string, CatalogRoutine>
  /** What the files of an external table say of its columns, once they were read. */
  readonly external: ExternalColumns | undefined
  readonly counter: { next: number }
  readonly met: Met
}

/** What a statement turned out to read and call. */
export interface Met {
  readonly tables: Map<string, import('../target.ts').Target>
  readonly routines: Map<string, import('../target.ts').Target>
  /** It holds a function whose answer differs between runs (RAND, CURRENT_TIMESTAMP): not to be cached. */
  volatile: boolean
}

/** A text that is resolved: the statement's, or a view's or function's that it uses. */
export interface Source {
  readonly text: string
  readonly file: string | undefined
  readonly defaults: NameDefaults
  /** Views and functions being expanded, outermost first: none may contain itself. */
  readonly within: readonly string[]
}

/** Where aggregate calls go that stand inside a query's expressions. */
export interface Aggregates {
  readonly calls: AggregateCall[]
  readonly keys: Map<string, AggregateCall>
  /** GROUPING(x) was met: the query must have groups. */
  grouping?: true
}

/** Where window calls go. */
export interface Windows {
  readonly calls: WindowCall[]
  readonly named: ReadonlyMap<string, import('../parse/ast.ts').WindowReference>
}

/** All that the meaning of an expression depends on beside its text. */
export interface Context {
  readonly resolution: Resolution
  readonly source: Source
  readonly scope: Scope
  readonly ctes: ReadonlyMap<string, CteBinding>
  /** Arguments of the SQL function whose body this is, by lower-case name. */
  readonly locals: ReadonlyMap<string, Expr>
  readonly aggregates: Aggregates | undefined
  readonly windows: Windows | undefined
  /** For messages: `WHERE clause`. */
  readonly clause: string
  /** The aggregate or window call whose arguments these are. */
  readonly enclosing?: Span
  /** The body of a SQL function, where a WITH may use its arguments. */
  readonly inFunction: boolean
}

export interface CteBinding {
  readonly cte: Cte
  readonly columns: readonly { readonly name: string; readonly type: SqlType; readonly anonymous: boolean }[]
  readonly isValue: boolean
  /** Of a recursive query, seen from its own recursive term: the number of the iteration that a row came in. */
  readonly iteration?: Column
}

export const EMPTY_SCOPE: Scope = { names: NO_NAMES, outer: undefined }

/** A new column of this statement. */
export function newColumn(context: Context, name: string, type: SqlType): Column {
  const id = context.resolution.counter.next
  context.resolution.counter.next += 1
  return { id, name, type }
}

/** An error of the text at a node. */
export function problemAt(
  context: Pick<Context, 'source'>,
  node: Span,
  message: string,
  hint?: string,
): Problem {
  const { text, file } = context.source
  return new Problem(message, {
    file,
    ...positionAt(text, node.start),
    ...(hint === undefined ? {} : { hint }),
  })
}

/**
 * The keyword that stands right before a node: BigQuery's errors of a clause point at its first word.
 *
 * @example keywordBefore(context, orderBy[0], /ORDER\s+BY\s*$/i)
 */
export function keywordBefore(context: Pick<Context, 'source'>, node: Span, keyword: RegExp): Span {
  const found = keyword.exec(context.source.text.slice(0, node.start))
  return found === null ? node : { ...node, start: found.index }
}

/** The words before an ORDER BY's first item. */
export const ORDER_BY = /ORDER\s+BY\s*$/i

/** The error of something that BigQuery has and we have not. */
export function unsupportedAt(context: Pick<Context, 'source'>, node: Span, what: string): Problem {
  return problemAt(context, node, `${what} is not supported locally`)
}

/** `; Did you mean x?`, if a known name is near. */
export function didYouMean(given: string, known: readonly string[]): string {
  // Of one or two letters every other name would be near.
  const found = given.length < 3 ? undefined : nearest(given, known)
  return found === undefined ? '' : `; Did you mean ${found}?`
}

/** A context whose expressions may hold neither aggregate nor window functions. */
export function plainContext(context: Context, clause: string): Context {
  return { ...context, aggregates: undefined, windows: undefined, clause }
}

/** A node's kind in the words of a statement: `createRowAccessPolicy` is CREATE ROW ACCESS POLICY. */
export const keywords = (kind: string): string => kind.replace(/(?=[A-Z])/g, ' ').toUpperCase()
