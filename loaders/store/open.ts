import { bucketAddress } from './bucket-address.ts'
import { localStore } from './local.ts'
import { readAhead } from './read-ahead.ts'
import type { ObjectStore } from './store.ts'

/**
 * The store of a stream's path: a folder of this machine, or `gs://bucket/prefix`. The client of Cloud Storage is
 * loaded only for the latter.
 *
 * @throws Problem for a URL of another kind, or if the client is not installed
 * @example await openStore('gs://shop-cdc/mysql')
 */
export async function openStore(path: string): Promise<ObjectStore> {
  const address = bucketAddress(path)
  if (address === undefined) return localStore(path)
  const { gcsStore } = await import('./gcs.ts')
  return readAhead(await gcsStore(address))
}
