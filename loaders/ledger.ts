import type { Kysely } from 'kysely'
import type { FilesTable, StateTables } from '../runner/warehouse/state.ts'

export type FileEntry = Readonly<FilesTable>

/** The ledger's entries of these names, all generations. At most a few thousand names at once. */
export async function entriesOf(
  state: Kysely<StateTables>,
  names: readonly string[],
): Promise<ReadonlyMap<string, readonly FileEntry[]>> {
  const entries = new Map<string, FileEntry[]>()
  if (names.length === 0) return entries
  const rows = await state.selectFrom('files').selectAll().where('name', 'in', names).execute()
  for (const row of rows) {
    const list = entries.get(row.name)
    if (list === undefined) entries.set(row.name, [row])
    else list.push(row)
  }
  return entries
}

/** Adds entries, a few hundred a statement. */
export async function addEntries(state: Kysely<StateTables>, entries: readonly FileEntry[]): Promise<void> {
  const each = 500
  for (let at = 0; at < entries.length; at += each) {
    await state
      .insertInto('files')
      .values(entries.slice(at, at + each))
      .execute()
  }
}

/** The newest minute folder of each object that a file has landed from: `world_x_city` -> `2024/01/02/03/04`. */
export async function newestMinutes(state: Kysely<StateTables>): Promise<Map<string, string>> {
  const newest = new Map<string, string>()
  const rows = await state.selectFrom('files').select('name').where('status', '=', 'landed').execute()
  for (const { name } of rows) noteMinute(newest, name)
  return newest
}

export interface MinuteFolder {
  readonly object: string
  /** `yyyy/mm/dd/hh/mm` */
  readonly minute: string
}

/** The minute folder in an object's name, if it has one: `…/<object>/yyyy/mm/dd/hh/mm/<file>`. */
export function minuteFolder(name: string): MinuteFolder | undefined {
  const match = /^(?:(.*)\/)?(\d{4}\/\d{2}\/\d{2}\/\d{2}\/\d{2})\/[^/]*$/s.exec(name)
  return match === null ? undefined : { object: match[1] ?? '', minute: match[2] ?? '' }
}

export function noteMinute(newest: Map<string, string>, name: string): void {
  const folder = minuteFolder(name)
  if (folder === undefined) return
  const known = newest.get(folder.object)
  if (known === undefined || folder.minute > known) newest.set(folder.object, folder.minute)
}
