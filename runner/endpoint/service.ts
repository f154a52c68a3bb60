import type { LocalWarehouse } from '../warehouse/local-warehouse.ts'
import type { Uploads } from './files/uploads.ts'
import type { JobStore } from './jobs/job-store.ts'
import type { Sessions } from './jobs/sessions.ts'
import type { Turns } from './jobs/turns.ts'
import type { InsertIds } from './tables/insert-ids.ts'
import type { TableTimes } from './tables/table-times.ts'

/** What every route works with. */
export interface Service {
  readonly warehouse: LocalWarehouse
  readonly jobs: JobStore
  readonly uploads: Uploads
  readonly insertIds: InsertIds
  readonly times: TableTimes
  readonly turns: Turns
  readonly sessions: Sessions
  /** The folder whose folders are the buckets of `gs://` URIs; undefined: there are none. */
  readonly bucketFolder: string | undefined
  readonly now: () => Date
}

/** Who everybody is, also to SESSION_USER(). */
export const callerEmail = 'local@streamform'

/** Where everything is, as BigQuery says of a dataset made without a location. */
export const defaultLocation = 'US'
