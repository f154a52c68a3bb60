import type { Kysely } from 'kysely'
import type { StateTables } from '../../runner/warehouse/state.ts'
import type { ObjectStore, StoredObject } from '../store/store.ts'
import { entriesOf, type FileEntry } from './ledger.ts'

/** Several pages at once: on BigQuery a question takes a second, whatever it asks; it has at most 10,000 parameters. */
const namesPerQuery = 4000

/** Every object of the store and what the ledger says of it as it is now; undefined: it is still to be landed. */
export async function* storeStatus(
  store: ObjectStore,
  state: Kysely<StateTables>,
  signal: AbortSignal,
): AsyncGenerator<{ readonly object: StoredObject; readonly status: FileEntry['status'] | undefined }> {
  const known = async (objects: readonly StoredObject[]) => {
    const entries = await entriesOf(
      state,
      objects.map(({ name }) => name),
    )
    return objects.map((object) => ({ object, status: knownStatus(store, entries.get(object.name), object) }))
  }
  let waiting: StoredObject[] = []
  for await (const page of store.list()) {
    signal.throwIfAborted()
    waiting.push(...page)
    if (waiting.length < namesPerQuery) continue
    yield* await known(waiting)
    waiting = []
  }
  if (waiting.length > 0) yield* await known(waiting)
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
