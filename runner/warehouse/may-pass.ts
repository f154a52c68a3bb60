/**
 * True for an error after which the same call may succeed: a conflict between transactions, a quota, a lost connection.
 * Warehouses mark such Problems as `transient`; errors of the engines and of the network below them are known by their
 * words and codes. Everything else (a wrong statement, a missing table) would fail again.
 */
export function mayPass(error: unknown): boolean {
  for (let at: unknown = error; at instanceof Error; at = at.cause) {
    if ((at as { readonly transient?: unknown }).transient === true) return true
    const { code } = at as { readonly code?: unknown }
    if (typeof code === 'string' && passingCodes.has(code)) return true
    if (passingWords.test(at.message)) return true
  }
  return false
}

const passingCodes = new Set(['ECONNRESET', 'ECONNREFUSED', 'EPIPE', 'ETIMEDOUT', 'EAI_AGAIN'])

/** DuckDB's words for two transactions that touched the same thing (duckdb, src/transaction and src/storage). */
const passingWords =
  /TransactionContext Error: .*[Cc]onflict|write-write conflict|Conflict on (?:tuple|update|table)/s
