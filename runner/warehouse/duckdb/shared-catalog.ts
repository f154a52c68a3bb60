import type { DuckDBConnection } from '@duckdb/node-api'
import type { CatalogChange, CatalogTable } from '../../googlesql/catalog.ts'
import { physicalSchema, physicalTable } from '../../googlesql/lower/identifier.ts'
import type { Target } from '../../googlesql/target.ts'
import { type CatalogState, loadCatalog } from './catalog.ts'
import { translateError } from './errors.ts'
import { MissedNames } from './missed-names.ts'

const absent = /does not exist/

/** The warehouse's catalog as it was last committed, shared by all sessions. */
export class SharedCatalog {
  #state: Promise<CatalogState> | undefined
  #refreshing: Promise<CatalogState> | undefined
  readonly #connect: () => Promise<DuckDBConnection>

  constructor(connect: () => Promise<DuckDBConnection>) {
    this.#connect = connect
  }

  current(): Promise<CatalogState> {
    this.#state ??= this.#load()
    return this.#state
  }

  /**
   * A table or view, also one that something else has made since the catalog was read. That there is none is asked of
   * DuckDB about this one name: reading the whole catalog anew costs what all tables do.
   */
  async find(target: Target): Promise<CatalogTable | undefined> {
    const known = new MissedNames(await this.current())
    const found = known.table(target)
    return found ?? ((await this.learns(known)) ? (await this.current()).table(target) : undefined)
  }

  /** Whether DuckDB has something by now that was looked for and not known; the catalog is read anew then. */
  async learns({ tablesMissed, routinesMissed, datasetsMissed }: MissedNames): Promise<boolean> {
    // What DuckDB answers to a question about something that it has not.
    const questions = new Map<string, RegExp>([
      ...tablesMissed.map((target) => [`SELECT 1 FROM ${physicalTable(target)} LIMIT 0`, absent] as const),
      ...routinesMissed.map((target) => [`SELECT ${physicalTable(target)}() LIMIT 0`, absent] as const),
      ...datasetsMissed.map(
        (dataset) => [`SELECT 1 FROM ${physicalSchema(dataset)}.t LIMIT 0`, /because schema/] as const,
      ),
    ])
    const connection = await this.#connect()
    try {
      for (const [question, expected] of questions) {
        const answer = await connection.run(question).then(() => '', String)
        if (expected.test(answer)) continue
        this.invalidate()
        return true
      }
      return false
    } finally {
      connection.closeSync()
    }
  }

  /** Reads the catalog anew; once for all who ask in the same turn. */
  refreshed(): Promise<CatalogState> {
    if (this.#refreshing === undefined) {
      this.invalidate()
      this.#refreshing = this.current()
      queueMicrotask(() => {
        this.#refreshing = undefined
      })
    }
    return this.#refreshing
  }

  async #load(): Promise<CatalogState> {
    const connection = await this.#connect()
    try {
      return await loadCatalog(connection)
    } catch (error) {
      this.#state = undefined
      throw translateError(error)
    } finally {
      connection.closeSync()
    }
  }

  /** Notes what a committed statement changed. */
  apply(changes: readonly CatalogChange[]): void {
    if (changes.length === 0 || this.#state === undefined) return
    this.#state = this.#state.then((state) => state.applied(changes))
  }

  /** Forgets what is known: something else changed the database. */
  invalidate(): void {
    this.#state = undefined
  }
}
