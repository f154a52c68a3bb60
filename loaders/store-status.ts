import type { Kysely } from 'kysely'
import type { StateTables } from '../runner/warehouse/state.ts'
import { entriesOf, type FileEntry } from './ledger.ts'
import type { ObjectStore, StoredObject } from './store/store.ts'

/** Every object of the store and what the ledger says of it as it is now; undefined: it is still to be landed. */
export async function* storeStatus(
  store: ObjectStore,
  state: Kysely<StateTables>,
  signal: AbortSignal,
): AsyncGenerator<{ readonly object: StoredObject; readonly status: FileEntry['status'] | undefined }> {
  for await (const page of store.list()) {
    signal.throwIfAborted()
    const entries = await entriesOf(
      state,
      page.map(({ name }) => name),
    )
    for (const object of page) yield { object, status: knownStatus(store, entries.get(object.name), object) }
  }
}

/** What the ledger's entries of a name say of the object as it is now; undefined for what is to be landed. */
export function knownStatus(
  store: ObjectStore,
  entries: readonly FileEntry[] | undefined,
  { version }: StoredObject,
): FileEntry['status'] | undefined {
  const known = entries?.find(
    ({ generation, status }) =>
      status !== 'forgotten' &&
      status !== 'replaced' &&
      (generation === version || store.isVersionOf(generation, version)),
  )
  return known?.status
}
