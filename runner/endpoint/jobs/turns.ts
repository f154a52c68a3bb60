import type { Target } from '../../googlesql/target.ts'
import { tableName } from '../reference.ts'

/**
 * Calls that look at a table and then change it go one after another: else a client's repeated call, sent while the
 * first is still under way, would see what was there before it.
 */
export class Turns {
  readonly #last = new Map<string, Promise<unknown>>()

  async take<Result>(table: Target, work: () => Promise<Result>): Promise<Result> {
    const key = tableName(table)
    const before = this.#last.get(key) ?? Promise.resolve()
    const mine = before.then(work, work)
    this.#last.set(key, mine)
    try {
      return await mine
    } finally {
      if (this.#last.get(key) === mine) this.#last.delete(key)
    }
  }
}
