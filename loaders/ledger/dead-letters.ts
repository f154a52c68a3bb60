import { createHash } from 'node:crypto'
import type { Kysely } from 'kysely'
import type { DeadLettersTable, StateTables } from '../../runner/warehouse/state.ts'

/** An event that could not be landed, before it is stored. */
export interface UnfitEvent {
  /** Ordinal in the file, from 0. */
  readonly row: number
  readonly column: string | undefined
  readonly reason: string
  /** The whole event as JSON. */
  readonly event: string
}

/** The same event of the same file has the same id; `part`: of several that one row is. */
export function deadLetterId(file: string, generation: string, row: number, part = 0): string {
  return createHash('sha256')
    .update(JSON.stringify(part === 0 ? [file, generation, row] : [file, generation, row, part]))
    .digest('hex')
    .slice(0, 16)
}

export interface UnfitEventsOfFile {
  readonly file: string
  readonly generation: string
  readonly rawTable: string
  /** Of their writer schema; null for JSON lines. */
  readonly fingerprint: string | null
  readonly events: readonly UnfitEvent[]
}

/**
 * Stores letters, waiting to be retried or discarded. A letter that waits already, of a file that was forgotten and
 * landed anew, takes the other's place: it would land twice.
 */
export async function addDeadLetters(
  state: Kysely<StateTables>,
  files: readonly UnfitEventsOfFile[],
  now: Date,
): Promise<void> {
  const letters = files.flatMap(({ file, generation, rawTable, fingerprint, events }) => {
    const parts = new Map<number, number>()
    const partOf = (row: number): number => {
      const part = parts.get(row) ?? 0
      parts.set(row, part + 1)
      return part
    }
    return events.map(
      ({ row, column, reason, event }): DeadLettersTable => ({
        id: deadLetterId(file, generation, row, partOf(row)),
        file,
        generation,
        row: BigInt(row),
        raw_table: rawTable,
        column: column ?? null,
        reason,
        event,
        fingerprint,
        status: 'waiting',
        attempts: 1n,
        created_at: now,
        settled_at: null,
      }),
    )
  })
  const each = 200
  for (let at = 0; at < letters.length; at += each) {
    const ids = letters.slice(at, at + each).map(({ id }) => id)
    await state.deleteFrom('dead_letters').where('id', 'in', ids).where('status', '=', 'waiting').execute()
    await state
      .insertInto('dead_letters')
      .values(letters.slice(at, at + each))
      .execute()
  }
}
