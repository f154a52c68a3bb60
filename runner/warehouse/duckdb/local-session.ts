import type { DuckDBConnection } from '@duckdb/node-api'
import type { DryRun, StatementResult } from '../../googlesql/result.ts'
import { dryRun, runScript, ScriptMemory } from '../../googlesql/script/run.ts'
import type { LocalSession } from '../local-warehouse.ts'
import type { ExecuteOptions } from '../warehouse.ts'
import type { Session } from './session.ts'

/** A session over a connection that is its own until it is closed; its executions go one after another. */
export class DuckDbSession implements LocalSession {
  readonly id: string
  readonly #session: Session
  readonly #connection: DuckDBConnection
  readonly #memory = new ScriptMemory()
  #last: Promise<unknown> = Promise.resolve()

  constructor(id: string, session: Session, connection: DuckDBConnection) {
    this.id = id
    this.#session = session
    this.#connection = connection
  }

  execute(text: string, options: ExecuteOptions = {}): Promise<StatementResult> {
    return this.#inTurn(async () => {
      options.signal?.throwIfAborted()
      const session = this.#with(options)
      const stop = interruptOnAbort(this.#connection, options.signal)
      try {
        return await runScript(text, session, options.signal, this.#memory)
      } catch (error) {
        if (session.inTransaction) await session.rollback()
        throw error
      } finally {
        stop()
      }
    })
  }

  dryRun(text: string, options: ExecuteOptions = {}): Promise<DryRun> {
    return this.#inTurn(() => dryRun(text, this.#with(options).copy(), this.#memory))
  }

  async close(): Promise<void> {
    await this.#inTurn(async () => {
      if (this.#session.inTransaction) await this.#session.rollback()
      this.#connection.closeSync()
    })
  }

  /** What an execution is not given stays as `SET @@dataset_id` or the execution before it had it. */
  #with({ defaultProject, defaultDataset, parameters = [], maxRows }: ExecuteOptions): Session {
    const known = this.#memory.defaults ?? this.#session.defaults
    return this.#session.continueWith({
      defaults:
        defaultDataset === undefined && this.#memory.defaults !== undefined
          ? known
          : { project: defaultProject ?? known.project, dataset: defaultDataset ?? known.dataset },
      parameters,
      maxRows,
    })
  }

  #inTurn<Result>(work: () => Promise<Result>): Promise<Result> {
    const mine = this.#last.then(work, work)
    this.#last = mine.catch(() => undefined)
    return mine
  }
}

/** How often an interrupt is repeated, in milliseconds. */
const INTERRUPT_AGAIN = 20

/**
 * Interrupts what runs on a connection once the signal is aborted, until the function it gives is called. DuckDB forgets an
 * interrupt that meets no running statement, so one that falls between two statements has to be said again.
 */
export function interruptOnAbort(connection: DuckDBConnection, signal: AbortSignal | undefined): () => void {
  if (signal === undefined) return () => undefined
  let again: NodeJS.Timeout | undefined
  const interrupt = () => {
    connection.interrupt()
    again = setInterval(() => connection.interrupt(), INTERRUPT_AGAIN)
  }
  if (signal.aborted) interrupt()
  else signal.addEventListener('abort', interrupt, { once: true })
  return () => {
    clearInterval(again)
    signal.removeEventListener('abort', interrupt)
  }
}
