import { randomUUID } from 'node:crypto'
import type { LocalSession, LocalWarehouse } from '../../warehouse/local-warehouse.ts'
import { invalid } from '../api-error.ts'

/** Sessions that clients opened (`createSession`) and have not ended; they end with the process, too. */
export class Sessions {
  readonly #warehouse: LocalWarehouse
  readonly #open = new Map<string, LocalSession>()

  constructor(warehouse: LocalWarehouse) {
    this.#warehouse = warehouse
  }

  async start(): Promise<LocalSession> {
    const session = await this.#warehouse.session(randomUUID().replaceAll('-', ''))
    this.#open.set(session.id, session)
    return session
  }

  /** @throws ApiError for one that was never opened, or has ended */
  get(id: string): LocalSession {
    const session = this.#open.get(id)
    if (session === undefined) throw invalid(`Session ${id} is not found or was terminated.`, 'session_id')
    return session
  }

  async end(id: string): Promise<void> {
    const session = this.get(id)
    this.#open.delete(id)
    await session.close()
  }

  async close(): Promise<void> {
    await Promise.all([...this.#open.keys()].map((id) => this.end(id)))
  }
}

/**
 * The session that a text ends; undefined where it does not end one.
 *
 * @param current the one that the text runs in
 * @example endedSession("CALL BQ.ABORT_SESSION('abc')", undefined) // 'abc'
 */
export function endedSession(text: string, current: string | undefined): string | undefined {
  const call = /^\s*CALL\s+`?BQ`?\s*\.\s*`?ABORT_SESSION`?\s*\(\s*(?:'(\w+)'|"(\w+)")?\s*\)\s*;?\s*$/i.exec(
    text,
  )
  if (call === null) return undefined
  const id = call[1] ?? call[2] ?? current
  if (id === undefined) throw invalid('BQ.ABORT_SESSION() without a session id needs a session to run in')
  return id
}
