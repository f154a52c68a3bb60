import type { Target } from '../../googlesql/target.ts'
import { tableName } from '../reference.ts'

/** As many as BigQuery's best effort remembers in about a minute of a busy stream. */
const most = 1_000_000

/**
 * The `insertId`s of streamed rows: a client that repeats a call whose answer it lost sends the same ones, and the rows
 * must not come twice.
 */
export class InsertIds {
  readonly #known = new Set<string>()

  has(table: Target, id: string): boolean {
    return this.#known.has(keyOf(table, id))
  }

  add(table: Target, id: string): void {
    this.#known.add(keyOf(table, id))
    if (this.#known.size <= most) return
    const [oldest] = this.#known
    if (oldest !== undefined) this.#known.delete(oldest)
  }
}

const keyOf = (table: Target, id: string) => `${tableName(table)}\0${id}`
