import type { BigQueryOptions } from './bigquery/client.ts'
import type { Warehouse } from './warehouse.ts'

export type OpenWarehouseOptions = OpenDuckDb | OpenBigQuery

export interface OpenDuckDb {
  readonly kind: 'duckdb'
  /** The file, absolute, or `:memory:`. */
  readonly path: string
  /** The project of names that give none. */
  readonly defaultProject: string
}

export interface OpenBigQuery extends BigQueryOptions {
  readonly kind: 'bigquery'
  /** The project of names that give none. */
  readonly defaultProject: string
}

/**
 * Opens the warehouse that the settings name. The engine is loaded only here, so that commands that need none start
 * at once.
 *
 * @throws Problem for a file that is locked, read-only, missing its folder or foreign, and for a client that is not installed
 */
export async function openWarehouse(options: OpenWarehouseOptions): Promise<Warehouse> {
  if (options.kind === 'bigquery') {
    const { openBigQueryWarehouse } = await import('./bigquery/warehouse.ts')
    return openBigQueryWarehouse(options)
  }
  const { openDuckDbWarehouse } = await engine()
  return openDuckDbWarehouse({ path: options.path, defaultProject: options.defaultProject })
}

const engine = () => import('./duckdb/warehouse.ts')

/**
 * Begins to load the engine, for those who will open the warehouse when something else is done. Opens nothing; what goes
 * wrong is for `openWarehouse` to say.
 */
export function loadEngine({ kind }: Pick<OpenWarehouseOptions, 'kind'>): void {
  if (kind === 'duckdb') engine().catch(() => undefined)
}
