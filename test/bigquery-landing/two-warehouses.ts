import { readdirSync } from 'node:fs'
import { type LandOptions, type LandReport, land } from '../../loaders/land.ts'
import { localStore } from '../../loaders/store/local.ts'
import { type Endpoint, startEndpoint } from '../../runner/endpoint/endpoint.ts'
import { type BigQueryClient, openClient } from '../../runner/warehouse/bigquery/client.ts'
import { openLanding } from '../../runner/warehouse/bigquery/landing.ts'
import { createLandingTables } from '../../runner/warehouse/bigquery/landing-turn.ts'
import { runQuery } from '../../runner/warehouse/bigquery/query.ts'
import { type RunStatement, stateOver } from '../../runner/warehouse/bigquery/state.ts'
import { openDuckDbWarehouse } from '../../runner/warehouse/duckdb/warehouse.ts'
import type { LocalWarehouse } from '../../runner/warehouse/local-warehouse.ts'
import type { Warehouse } from '../../runner/warehouse/warehouse.ts'
import { recordingEffects } from '../loaders/fresh-warehouse.ts'

export const project = 'my-project'

/** Waiting takes no time: only the order of things counts. */
const clock = {
  now: () => performance.now(),
  sleep: () => new Promise<void>((resolve) => setImmediate(resolve)),
  random: () => 0,
}

export type Landable = Pick<Warehouse, 'state' | 'landing'>

/** What `call` of a loader's client becomes: it may fail, before the call or after it. */
export type Disturb = (call: BigQueryClient['call']) => BigQueryClient['call']

/** A local BigQuery, and the embedded warehouse that is behind it. */
export interface LocalBigQuery {
  readonly endpoint: Endpoint
  readonly tables: LocalWarehouse
  /** A loader of its own, with the real client. */
  loader(disturb?: Disturb, host?: string): Promise<Landable>
  close(): Promise<void>
}

export async function openLocalBigQuery(): Promise<LocalBigQuery> {
  const tables = await openDuckDbWarehouse({ path: ':memory:', defaultProject: project })
  const endpoint = await startEndpoint({ warehouse: tables })
  return {
    endpoint,
    tables,
    async loader(disturb = (call) => call, host = '127.0.0.1') {
      const address = endpoint.url.replace('127.0.0.1', host)
      const real = await openClient({ project, location: 'US', endpoint: address, clock })
      const client: BigQueryClient = { ...real, call: disturb(real.call) }
      const run: RunStatement = (text, parameters) =>
        runQuery(client, text, { defaultProject: project, parameters })
      return {
        state: stateOver(project, async (text, parameters) => {
          try {
            return await run(text, parameters)
          } catch (error) {
            if (!/not found/i.test(String(error))) throw error
            await run(createLandingTables(project), [])
            return await run(text, parameters)
          }
        }),
        landing: (now) => openLanding({ client, project, now, run }),
      }
    },
    async close() {
      await endpoint.close()
      await tables.close()
    },
  }
}

/** An embedded warehouse alone: what it holds after a landing is what BigQuery must. */
export const openEmbedded = (): Promise<LocalWarehouse> =>
  openDuckDbWarehouse({ path: ':memory:', defaultProject: project })

export const landIn = (
  warehouse: Landable,
  folder: string,
  now: Date,
  options: Partial<LandOptions> = {},
): Promise<LandReport> =>
  land(
    { store: localStore(folder), warehouse, project, maxDeadLetters: 1000, ...options },
    recordingEffects(now),
  )

/** Every raw table and the ledger, row by row as JSON; columns by name, so that their order does not matter. */
export async function everything(warehouse: LocalWarehouse): Promise<Record<string, readonly string[]>> {
  const found: Record<string, readonly string[]> = {}
  for (const dataset of await warehouse.datasets(project)) {
    if (dataset === 'streamform_staging') continue
    for (const { name } of await warehouse.tables(project, dataset)) {
      if (name === 'landing_turn' || name === 'runs') continue
      const { rows } = await warehouse.execute(
        `SELECT TO_JSON_STRING(t) FROM \`${project}.${dataset}.${name}\` AS t`,
      )
      const table = await warehouse.table({ database: project, schema: dataset, name })
      const types = (table?.columns ?? []).map((column) => `${column.name} ${JSON.stringify(column.type)}`)
      found[`${dataset}.${name}`] = [...types, ...rows.map(([row]) => String(row)).sort()]
    }
  }
  return found
}

export const filesBelow = (folder: string): readonly string[] =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => entry.name)
