import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Endpoint, type EndpointOptions, startEndpoint } from '../../runner/endpoint/endpoint.ts'
import { openDuckDbWarehouse } from '../../runner/warehouse/duckdb/warehouse.ts'
import type { LocalWarehouse } from '../../runner/warehouse/local-warehouse.ts'
import { differencesOf } from './exchanges/differences.ts'
import { readDiscovery } from './exchanges/discovery.ts'
import { type Exchange, startRecorder } from './exchanges/recorder.ts'

export const project = 'my-project'

/**
 * An endpoint over an empty warehouse, with a folder of buckets. Closing it fails if any answer that it gave is otherwise
 * than BigQuery's reference has it.
 */
export interface OpenEndpoint extends Endpoint {
  readonly warehouse: LocalWarehouse
  readonly buckets: string
  /** What went over the wire. */
  readonly exchanges: readonly Exchange[]
  /** Calls the API as it stands after `/bigquery/v2/projects/my-project/`. */
  call(method: string, path: string, body?: unknown, headers?: Record<string, string>): Promise<Answer>
  /** Runs a query and gives its whole answer. */
  query(text: string, more?: object): Promise<Answer>
}

export interface Answer {
  readonly status: number
  readonly headers: Headers
  // Parsed JSON, as the client of a test expects it.
  // biome-ignore lint/suspicious/noExplicitAny: answers are compared whole, not typed
  readonly body: any
}

export async function openEndpoint(options: Partial<EndpointOptions> = {}): Promise<OpenEndpoint> {
  const warehouse = await openDuckDbWarehouse({ path: ':memory:', defaultProject: project })
  const buckets = mkdtempSync(join(tmpdir(), 'streamform-buckets-'))
  const endpoint = await startEndpoint({ warehouse, bucketFolder: buckets, ...options })
  const recorder = await startRecorder(endpoint.url)
  const call: OpenEndpoint['call'] = async (method, path, body, headers = {}) => {
    const response = await fetch(`${recorder.url}/bigquery/v2/projects/${project}/${path}`, {
      method,
      headers: { 'content-type': 'application/json', ...headers },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
    const text = await response.text()
    return {
      status: response.status,
      headers: response.headers,
      body: text === '' ? undefined : JSON.parse(text),
    }
  }
  return {
    url: recorder.url,
    exchanges: recorder.exchanges,
    warehouse,
    buckets,
    call,
    query: (text, more = {}) => call('POST', 'queries', { query: text, useLegacySql: false, ...more }),
    async close() {
      await recorder.close()
      await endpoint.close()
      await warehouse.close()
      rmSync(buckets, { recursive: true, force: true })
      const { answered } = differencesOf(recorder.exchanges, readDiscovery())
      if (answered.length > 0)
        throw new Error(`answers are otherwise than documented:\n${answered.join('\n')}`)
    },
  }
}
