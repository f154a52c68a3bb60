import type { ResolvedQuery } from '../resolve/resolved.ts'
import { queryText } from './cte.ts'
import type { Environment } from './environment.ts'
import { collectUsed } from './used.ts'

/** A fresh environment for a statement whose parts are given. */
export function newEnvironment(parts: readonly unknown[]): Environment {
  return { names: new Map(), used: collectUsed(parts), ctes: [], counter: { next: 0 }, nesting: { depth: 0 } }
}

/** A whole query as DuckDB SQL, its WITH queries before it. */
export function lowerQuery(query: ResolvedQuery): string {
  const environment = newEnvironment([query])
  const body = queryText(environment, query)
  return `${withText(environment)}${body}`
}

/** `WITH … `, or nothing. */
export function withText(environment: Environment): string {
  if (environment.ctes.length === 0) return ''
  const recursive = environment.ctes.some((cte) => cte.recursive) ? 'RECURSIVE ' : ''
  return `WITH ${recursive}${environment.ctes.map((cte) => cte.sql).join(', ')} `
}
