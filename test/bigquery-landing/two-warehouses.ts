import { setTimeout as wait } from 'node:timers/promises'
import type { AuthClient } from 'google-auth-library'
import { type LandOptions, type LandReport, land } from '../../loaders/land.ts'
import { localStore } from '../../loaders/store/local.ts'
import type { Effects } from '../../runner/effects.ts'
import { type Endpoint, startEndpoint } from '../../runner/endpoint/endpoint.ts'
import { type BigQueryClient, openClient } from '../../runner/warehouse/bigquery/client.ts'
import { openLanding } from '../../runner/warehouse/bigquery/landing.ts'
import { createLandingTables } from '../../runner/warehouse/bigquery/landing-turn.ts'
import { runQuery } from '../../runner/warehouse/bigquery/query.ts'
import { type RunStatement, stateOver } from '../../runner/warehouse/bigquery/state.ts'
import { openDuckDbWarehouse } from '../../runner/warehouse/duckdb/warehouse.ts'
import type { LocalWarehouse } from '../../runner/warehouse/local-warehouse.ts'
import type { Warehouse } from '../../runner/warehouse/warehouse.ts'

export const project = 'my-project'

/** Waiting takes next to no time: only the order of things counts. */
const clock = {
  now: () => performance.now(),
  sleep: (milliseconds: number) => wait(Math.min(milliseconds, 5)),
  random: () => 0,
}

export type Landable = Pick<Warehouse, 'state' | 'landing'>

/** What `call` of a loader's client becomes: it may fail, before the call or after it. */
export type Disturb = (call: BigQueryClient['call']) => BigQueryClient['call']

export interface LoaderOptions {
  readonly disturb?: Disturb
  /** Loaders of one host wait for each other, as those of one process do. */
  readonly host?: string
  /** In place of the endpoint's own: of a proxy before it. */
  readonly url?: string
  readonly authClient?: AuthClient
  /** The project that it lands in; one endpoint has any number. */
  readonly project?: string
}

/** A local BigQuery, and the embedded warehouse that is behind it. */
export interface LocalBigQuery {
  readonly endpoint: Endpoint
  readonly tables: LocalWarehouse
  /** A loader of its own, with the real client. */
  loader(options?: LoaderOptions): Promise<Landable>
  close(): Promise<void>
}

export async function openLocalBigQuery(): Promise<LocalBigQuery> {
  const tables = await openDuckDbWarehouse({ path: ':memory:', defaultProject: project })
  const endpoint = await startEndpoint({ warehouse: tables })
  return {
    endpoint,
    tables,
    async loader({
      disturb = (call) => call,
      host = '127.0.0.1',
      url,
      authClient,
      project: own = project,
    }: LoaderOptions = {}) {
      const real = await openClient({
        project: own,
        location: 'US',
        endpoint: url ?? endpoint.url.replace('127.0.0.1', host),
        clock,
        requestTimeout: 20_000,
        ...(authClient === undefined ? {} : { authClient }),
      })
      const client: BigQueryClient = { ...real, call: disturb(real.call) }
      const run: RunStatement = (text, parameters) =>
        runQuery(client, text, { defaultProject: own, parameters })
      return {
        state: stateOver(own, async (text, parameters) => {
          try {
            return await run(text, parameters)
          } catch (error) {
            if (!/not found/i.test(String(error))) throw error
            await run(createLandingTables(own), [])
            return await run(text, parameters)
          }
        }),
        landing: (now) => openLanding({ client, project: own, now, run }),
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

const effectsAt = (now: Date): Effects => ({
  print: () => undefined,
  note: () => undefined,
  now: () => now,
  interactive: false,
  environment: {},
  workingFolder: process.cwd(),
  signal: new AbortController().signal,
})

export const landIn = (
  warehouse: Landable,
  folder: string,
  now: Date,
  options: Partial<LandOptions> = {},
): Promise<LandReport> =>
  land({ store: localStore(folder), warehouse, project, maxDeadLetters: 1000, ...options }, effectsAt(now))

/** Every raw table and the ledger, row by row as JSON; columns by name, so that their order does not matter. */
export async function everything(
  warehouse: LocalWarehouse,
  of = project,
): Promise<Record<string, readonly string[]>> {
  const found: Record<string, readonly string[]> = {}
  for (const dataset of await warehouse.datasets(of)) {
    if (dataset === 'streamform_staging') continue
    for (const { name } of await warehouse.tables(of, dataset)) {
      if (name === 'landing_turn' || name === 'runs') continue
      const { rows } = await warehouse.execute(
        `SELECT TO_JSON_STRING(t) FROM \`${of}.${dataset}.${name}\` AS t`,
      )
      const table = await warehouse.table({ database: of, schema: dataset, name })
      const types = (table?.columns ?? []).map((column) => `${column.name} ${JSON.stringify(column.type)}`)
      found[`${dataset}.${name}`] = [...types, ...rows.map(([row]) => String(row)).sort()]
    }
  }
  return found
}
