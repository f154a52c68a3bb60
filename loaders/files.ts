import { Problem } from '../runner/problem.ts'
import type { Warehouse } from '../runner/warehouse/warehouse.ts'
import { inLanding } from './landing/in-landing.ts'
import type { FileEntry } from './ledger/ledger.ts'
import { storeStatus } from './ledger/store-status.ts'
import type { ObjectStore } from './store/store.ts'

export const fileStatuses = [
  'landed',
  'quarantined',
  'skipped',
  'forgotten',
  'replaced',
  'pending',
  'late',
] as const
export type FileStatus = (typeof fileStatuses)[number]

/** A file as `files list` shows it: an entry of the ledger, or one that waits in the store. */
export type ListedFile =
  | FileEntry
  | { readonly name: string; readonly status: 'pending'; readonly bytes: bigint; readonly generation: string }

export interface ListFilesOptions {
  readonly store: ObjectStore
  readonly warehouse: Pick<Warehouse, 'state'>
  /** Only these; undefined: all. */
  readonly status?: FileStatus
  /** `<database>_raw.<table>` */
  readonly rawTable?: string
  readonly limit: number
  readonly signal: AbortSignal
}

/**
 * The ledger's files, the newest landed first, and those of the store that it does not have yet (`pending`). What was
 * forgotten is listed only if it is asked for: it waits in the store, or has an entry of what became of it since.
 *
 * @example await listFiles({ store, warehouse, status: 'quarantined', limit: 100, signal })
 */
export async function listFiles(options: ListFilesOptions): Promise<readonly ListedFile[]> {
  const { store, warehouse, status, rawTable, limit } = options
  const pending: ListedFile[] = []
  if ((status === undefined && rawTable === undefined) || status === 'pending') {
    for await (const { object, status: known } of storeStatus(store, warehouse.state, options.signal)) {
      if (known !== undefined || pending.length >= limit) continue
      pending.push({
        name: object.name,
        status: 'pending',
        bytes: BigInt(object.bytes),
        generation: object.version,
      })
    }
  }
  if (status === 'pending') return pending
  let query = warehouse.state.selectFrom('files').selectAll()
  if (status === 'late') query = query.where('late', '=', true)
  else if (status !== undefined) query = query.where('status', '=', status)
  else query = query.where('status', '<>', 'forgotten')
  if (rawTable !== undefined) query = query.where('raw_table', '=', rawTable)
  const entries = await query
    .orderBy('seen_at', 'desc')
    .orderBy('name')
    .limit(Math.max(0, limit - pending.length))
    .execute()
  return [...pending, ...entries]
}

/**
 * Makes the ledger forget files, so that the next landing takes them as new.
 *
 * @param names all files of `status` if none are named
 * @returns the names of the entries that are forgotten
 * @throws Problem if a name is not in the ledger with that status
 */
export async function forgetFiles(
  warehouse: Pick<Warehouse, 'state' | 'landing'>,
  names: readonly string[],
  status: 'quarantined' | 'landed',
  now: Date,
): Promise<readonly string[]> {
  return await inLanding(warehouse, now, async (landing) => {
    let query = landing.state.selectFrom('files').select('name').where('status', '=', status)
    if (names.length > 0) query = query.where('name', 'in', names)
    const found = (await query.distinct().orderBy('name').execute()).map(({ name }) => name)
    const missing = names.filter((name) => !found.includes(name))
    if (missing.length > 0) {
      throw new Problem(
        `the ledger has no ${status} file ${missing.map((name) => `\`${name}\``).join(', ')}`,
        {
          hint: `see \`streamform files list --status ${status}\``,
          exitCode: 2,
        },
      )
    }
    if (found.length > 0) {
      await landing.state
        .updateTable('files')
        .set({ status: 'forgotten' })
        .where('status', '=', status)
        .where('name', 'in', found)
        .execute()
    }
    return found
  })
}
