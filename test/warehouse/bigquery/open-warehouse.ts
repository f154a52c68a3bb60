import { afterEach } from 'vitest'
import { type Endpoint, startEndpoint } from '../../../runner/endpoint/endpoint.ts'
import {
  type BigQueryWarehouse,
  type BigQueryWarehouseOptions,
  openBigQueryWarehouse,
} from '../../../runner/warehouse/bigquery/warehouse.ts'
import { openDuckDbWarehouse } from '../../../runner/warehouse/duckdb/warehouse.ts'
import type { LocalWarehouse } from '../../../runner/warehouse/local-warehouse.ts'

const open: (() => Promise<void>)[] = []

afterEach(async () => {
  for (const close of open.splice(0).reverse()) await close()
})

export interface BigQueryOnEndpoint {
  readonly warehouse: BigQueryWarehouse
  /** What stands behind the endpoint. */
  readonly behind: LocalWarehouse
  readonly endpoint: Endpoint
  /** The calls that were answered: `POST /bigquery/v2/… 200`. */
  readonly calls: string[]
}

/** BigQuery's warehouse, whose BigQuery is the endpoint over an empty DuckDB in memory; closed after the test. */
export async function bigQueryOnEndpoint(
  options: Partial<BigQueryWarehouseOptions> = {},
): Promise<BigQueryOnEndpoint> {
  const behind = await openDuckDbWarehouse({
    path: ':memory:',
    defaultProject: options.defaultProject ?? 'p',
  })
  const calls: string[] = []
  const endpoint = await startEndpoint({ warehouse: behind, onAnswer: (line) => calls.push(line) })
  const warehouse = await openBigQueryWarehouse({
    project: 'p',
    location: 'US',
    endpoint: endpoint.url,
    defaultProject: 'p',
    ...options,
  })
  open.push(
    () => behind.close(),
    () => endpoint.close(),
    () => warehouse.close(),
  )
  return { warehouse, behind, endpoint, calls }
}
