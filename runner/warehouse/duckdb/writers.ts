import { targetName } from '../../googlesql/lower/identifier.ts'
import type { Target } from '../../googlesql/target.ts'
import { Problem } from '../../problem.ts'

/**
 * Who changes which table. DuckDB sees a conflict where two change the same row, BigQuery where two change the same table: of
 * two MERGEs that add what is not there DuckDB would let both add it. So UPDATE, DELETE, MERGE and TRUNCATE of one
 * table wait for each other, and a transaction fails that comes upon what another has changed since it began. INSERTs
 * conflict with nothing.
 * https://cloud.google.com/bigquery/docs/data-manipulation-language#dml_statement_conflicts
 */
export class Writers {
  readonly #statements = new Map<string, Promise<unknown>>()
  readonly #holders = new Map<string, object>()
  /** When each table was changed last, as a number of all changes. */
  readonly #changed = new Map<string, number>()
  #changes = 0

  /** The number of changes so far: what a transaction that begins now has seen. */
  get seen(): number {
    return this.#changes
  }

  /** Runs a statement that is a transaction of its own, after those that change its table. */
  async inTurn<Result>(table: Target, work: () => Promise<Result>): Promise<Result> {
    const name = targetName(table)
    const before = this.#statements.get(name) ?? Promise.resolve()
    const mine = before.then(() => {
      if (this.#holders.has(name))
        throw conflict(`Could not serialize access to table ${name} due to concurrent update`)
      return work()
    })
    const settled = mine.then(
      () => this.#note(name),
      () => undefined,
    )
    this.#statements.set(name, settled)
    try {
      return await mine
    } finally {
      if (this.#statements.get(name) === settled) this.#statements.delete(name)
    }
  }

  /**
   * Keeps a table for a transaction until `release`.
   *
   * @param seen from when the transaction began
   * @throws Problem, transient, where another changes the table or has changed it since
   */
  hold(table: Target, holder: object, seen: number): void {
    const name = targetName(table)
    const held = this.#holders.get(name)
    if (held === holder) return
    if (held !== undefined || this.#statements.has(name) || (this.#changed.get(name) ?? 0) > seen)
      throw conflict(`Transaction is aborted due to concurrent update against table ${name}`)
    this.#holders.set(name, holder)
  }

  /** @param committed false: its changes are undone */
  release(holder: object, committed: boolean): void {
    for (const [name, held] of this.#holders) {
      if (held !== holder) continue
      this.#holders.delete(name)
      if (committed) this.#note(name)
    }
  }

  #note(name: string): void {
    this.#changes += 1
    this.#changed.set(name, this.#changes)
  }
}

const conflict = (message: string): Problem => new Problem(message, { transient: true })

const files = new Map<string, Writers>()

/** Those of a database: of a file that is open twice in this process there is one. */
export function writersOf(path: string): Writers {
  const known = files.get(path)
  if (known !== undefined) return known
  const made = new Writers()
  if (path !== ':memory:') files.set(path, made)
  return made
}

const kinds = ['DELETE', 'MERGE', 'TRUNCATE_TABLE', 'UPDATE']

/** True for a statement that changes rows which are there, or depends on which are. */
export const isMutating = (statementType: string): boolean => kinds.includes(statementType)
