import type { BigQuery } from '@google-cloud/bigquery'
import { afterAll } from 'vitest'
import { nodeClient } from './node-client.ts'
import { type OpenEndpoint, openEndpoint } from './open-endpoint.ts'

/** An endpoint for one file of tests, closed at their end, Google's client of it, and a dataset `d`. */
export async function endpointWithClient(): Promise<{
  readonly endpoint: OpenEndpoint
  readonly client: BigQuery
}> {
  const endpoint = await openEndpoint()
  afterAll(() => endpoint.close())
  const client = nodeClient(endpoint)
  await client.createDataset('d')
  return { endpoint, client }
}
