import type { Kysely } from 'kysely'
import type { SqlType } from '../../runner/googlesql/types/type.ts'
import type { Landing } from '../../runner/warehouse/landing.ts'
import { type FilesTable, type StateTables, stateDataset } from '../../runner/warehouse/state.ts'
import { builderFor, type Stored } from '../columns/builder.ts'
import type { ObjectStore, StoredObject } from '../store/store.ts'

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

const int64: SqlType = { kind: 'INT64' }
const string: SqlType = { kind: 'STRING' }
const timestamp: SqlType = { kind: 'TIMESTAMP' }

const entryTypes: Readonly<Record<keyof FilesTable, SqlType>> = {
  name: string,
  generation: string,
  status: string,
  raw_table: string,
  rows: int64,
  dead_letters: int64,
  bytes: int64,
  min_source_timestamp: timestamp,
  max_source_timestamp: timestamp,
  seen_at: timestamp,
  landed_at: timestamp,
  late: { kind: 'BOOL' },
  reason: string,
}

/** Adds entries the way rows are added: a landing of small files has thousands, for which statements are too slow. */
export async function addEntries(
  landing: Landing,
  project: string,
  entries: readonly FileEntry[],
): Promise<void> {
  const columns = Object.entries(entryTypes).map(([name, type]) => {
    const builder = builderFor(type)
    builder.reserve(entries.length)
    entries.forEach((entry, row) => {
      builder.put(row, storedOf(entry[name as keyof FilesTable]))
    })
    return { name, vector: builder.take(entries.length) }
  })
  const table = { database: project, schema: stateDataset, name: 'files' }
  await landing.append(table, { length: entries.length, columns })
}

function storedOf(value: FileEntry[keyof FilesTable]): Stored {
  return value instanceof Date ? BigInt(value.getTime()) * 1000n : value
}

/**
 * An object's entries, those of its content with the version that it has now: what was only moved or given other rights
 * has another one.
 */
export async function renewEntries(
  state: Kysely<StateTables>,
  store: ObjectStore,
  object: StoredObject,
  entries: readonly FileEntry[],
): Promise<readonly FileEntry[]> {
  const renewed: FileEntry[] = []
  for (const entry of entries) {
    const isOfNow = store.isVersionOf(entry.generation, object.version)
    const generation = isOfNow ? undefined : await store.recheck?.(object, entry.generation)
    renewed.push(generation === undefined ? entry : { ...entry, generation })
    if (generation === undefined) continue
    const before = entry.generation
    await state
      .updateTable('files')
      .set({ generation })
      .where('name', '=', object.name)
      .where('generation', '=', before)
      .execute()
    await state
      .updateTable('dead_letters')
      .set({ generation })
      .where('file', '=', object.name)
      .where('generation', '=', before)
      .execute()
  }
  return renewed
}

/** A file that met this landing, as far as what was before it is concerned. */
interface Met {
  readonly status: string
  readonly object: { readonly name: string }
  readonly generation?: string
}

/**
 * Settles what the ledger had of files that are in it now: of a name whose object could not be read and was written
 * anew, the old generation is `replaced`; letters that wait of a file that is landed once more are its own no longer,
 * for all of its events are landed or in letters of now.
 *
 * @param before the ledger's entries of their names
 */
export async function settleBefore(
  state: Kysely<StateTables>,
  files: readonly Met[],
  before: ReadonlyMap<string, readonly FileEntry[]>,
): Promise<void> {
  for (const { status, object, generation } of files) {
    const entries = before.get(object.name) ?? []
    if (generation === undefined || entries.length === 0) continue
    if (entries.some((entry) => entry.status === 'quarantined')) {
      await state
        .updateTable('files')
        .set({ status: 'replaced' })
        .where('name', '=', object.name)
        .where('status', '=', 'quarantined')
        .execute()
    }
    if (status !== 'landed' || !entries.some((entry) => entry.generation === generation)) continue
    await state
      .deleteFrom('dead_letters')
      .where('file', '=', object.name)
      .where('generation', '=', generation)
      .where('status', '=', 'waiting')
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
