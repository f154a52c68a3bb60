import type { Cte, ResolvedQuery } from '../resolve/resolved.ts'
import type { Environment } from './environment.ts'
import { quoteIdentifier } from './identifier.ts'
import { lowerScan, selectOf } from './relation.ts'

export interface CteSource {
  /** What stands after FROM. */
  readonly sql: string
  /** The names of its columns, in order. */
  readonly columns: readonly string[]
}

/** A WITH query as a source of rows; its text is put before the statement at its first use. */
export function lowerCte(environment: Environment, cte: Cte): CteSource {
  const columns = cte.query.columns.map(({ column }, index) => quoteIdentifier(`${column.name}$${index + 1}`))
  const name = quoteIdentifier(`${cte.name}$${cte.id}`)
  if (environment.ctes.some((known) => known.id === cte.id)) return { sql: name, columns }
  if (cte.local && cte.recursion === undefined) {
    return { sql: `(${renamed(queryText(environment, cte.query), columns)})`, columns }
  }
  // Its place is kept before its parts are lowered, so that a recursive one finds itself; those it reads come before.
  const entry = { id: cte.id, sql: '', recursive: cte.recursion !== undefined }
  const inner: Environment = entry.recursive
    ? { ...environment, ctes: [...environment.ctes, entry] }
    : environment
  const base = queryText(inner, cte.query)
  const step = cte.recursion && queryText(inner, cte.recursion.query)
  const union = cte.recursion?.distinct === true ? 'UNION' : 'UNION ALL'
  const body = step === undefined ? base : `(${base}) ${union} (${step})`
  if (inner !== environment) {
    environment.ctes.push(...inner.ctes.filter((e) => e !== entry && !environment.ctes.includes(e)))
  }
  environment.ctes.push({ ...entry, sql: `${name}(${columns.join(', ')}) AS (${body})` })
  return { sql: name, columns }
}

function renamed(sql: string, columns: readonly string[]): string {
  return `SELECT * FROM (${sql}) AS local(${columns.join(', ')})`
}

/** A query's text, its columns in order. */
export function queryText(environment: Environment, query: ResolvedQuery): string {
  return selectOf(
    environment,
    lowerScan(environment, query.scan),
    query.columns.map((output) => output.column),
  )
}
