import { deepStrictEqual } from 'node:assert/strict'
import fc from 'fast-check'
import type { Action } from '../../runner/project/compile/compiled-graph.ts'
import type { Warehouse } from '../../runner/warehouse/warehouse.ts'
import { currentValues, type KnownEvent } from './current-oracle.ts'
import { type Delivered, delivered, rawEvent } from './histories.ts'
import { beginnings, valuesAt } from './history-oracle.ts'
import { actionOf, build, modelsOf, type Row, rowsOf, sorted } from './model-project.ts'
import { createRaw, land } from './raw-events.ts'

const payload = { id: 'STRING', value: 'STRING' }
const marginMs = 60 * 60_000
const tables = [
  'account_landings',
  'account_log',
  'account_state',
  'account',
  'account_versions',
  'account_history',
] as const
const functions = ['account_as_of', 'account_changes'] as const

/** A table `shop.account` and its models in a warehouse, empty. */
export class Account {
  private readonly warehouse: Warehouse
  private readonly models: ReadonlyMap<string, Action>

  private constructor(warehouse: Warehouse, models: ReadonlyMap<string, Action>) {
    this.warehouse = warehouse
    this.models = models
  }

  static async in(warehouse: Warehouse): Promise<Account> {
    return new Account(warehouse, await modelsOf({ account: { key: ['id'] } }))
  }

  /** Forgets everything. */
  async clear(): Promise<void> {
    await createRaw(this.warehouse, 'account', payload)
    await this.build({ fullRefresh: true })
    for (const name of functions) await build(this.warehouse, actionOf(this.models, name))
  }

  async land(landing: number, events: Parameters<typeof rawEvent>[0][]): Promise<void> {
    await land(this.warehouse, 'account', payload, landing, events.map(rawEvent))
  }

  async build({ fullRefresh = false, only = tables as readonly string[] } = {}): Promise<void> {
    for (const name of only) await build(this.warehouse, actionOf(this.models, name), { fullRefresh })
  }

  /** The value of each key as it stood. */
  async valuesAt(instant: number): Promise<ReadonlyMap<string, string>> {
    const rows = await rowsOf(
      this.warehouse,
      `SELECT id, value FROM \`shop.account_as_of\`(TIMESTAMP_MILLIS(${instant}))`,
    )
    return new Map(rows.map(({ id, value }) => [String(id), String(value)]))
  }

  /** What became of each key between two instants. */
  async changes(since: number, until: number): Promise<readonly Row[]> {
    return rowsOf(
      this.warehouse,
      `SELECT after.id AS id_after, before.id AS id_before, change, before.value AS before, after.value AS after
      FROM \`shop.account_changes\`(TIMESTAMP_MILLIS(${since}), TIMESTAMP_MILLIS(${until}))`,
    )
  }

  /** Every row of every table and view. */
  async rows(): Promise<Readonly<Record<(typeof tables)[number], readonly Row[]>>> {
    const all = (name: string) => rowsOf(this.warehouse, `SELECT * FROM \`shop.${name}\``)
    return Object.fromEntries(
      await Promise.all(tables.map(async (name) => [name, await all(name)] as const)),
    ) as Awaited<ReturnType<Account['rows']>>
  }
}

/**
 * Checks one history, delivered in one way: the increments equal a full refresh, the log has each event once, and the
 * current table, the table as of some instants and the changes between them are what the plain rules say.
 * @throws AssertionError with what differs
 */
async function checkHistory(account: Account, { events, landings, instants }: Delivered): Promise<void> {
  await account.clear()
  for (const [landing, { batch, build }] of landings.entries()) {
    await account.land(
      landing,
      batch.flatMap((at) => events[at] ?? []),
    )
    if (build === 'refresh') await account.build({ fullRefresh: true })
    if (build === 'log') await account.build({ only: ['account_landings', 'account_log'] })
    if (build === 'all') await account.build()
  }
  await account.build()
  const increments = await account.rows()
  await account.build({ fullRefresh: true })
  deepStrictEqual(increments, await account.rows())

  const current = new Map(increments.account.map(({ id, value }) => [id, value]))
  deepStrictEqual(current, currentValues(events, marginMs))
  const logged = increments.account_log.map(({ _metadata_uuid: uuid }) => uuid)
  deepStrictEqual(logged.sort(), events.map(({ uuid }) => uuid).sort())
  await checkInstants(account, events, instants)
}

async function checkInstants(
  account: Account,
  events: readonly KnownEvent[],
  [since, until]: Delivered['instants'],
): Promise<void> {
  deepStrictEqual(await account.valuesAt(Date.UTC(2030, 0)), currentValues(events, marginMs))
  const first = Math.min(...beginnings(events, marginMs).values())
  for (const instant of [since, until].filter((at) => at >= first)) {
    deepStrictEqual(await account.valuesAt(instant), valuesAt(events, instant, marginMs))
  }
  const earlier = valuesAt(events, since, marginMs)
  const later = valuesAt(events, until, marginMs)
  const expected = [...new Set([...earlier.keys(), ...later.keys()])].flatMap((id) => {
    const [before, after] = [earlier.get(id) ?? null, later.get(id) ?? null]
    if (before === after) return []
    const change = before === null ? 'inserted' : after === null ? 'deleted' : 'updated'
    return [{ id_before: before && id, id_after: after && id, change, before, after }]
  })
  deepStrictEqual(await account.changes(since, until), sorted(expected))
}

export interface Convergence {
  readonly histories: number
  /** Events delivered, repetitions included. */
  readonly deliveries: number
}

/**
 * Checks `runs` random histories.
 * @throws Error with the seed and the shortest history that was found to differ
 */
export async function proveConvergence(
  warehouse: Warehouse,
  { runs, seed }: { readonly runs: number; readonly seed: number },
): Promise<Convergence> {
  const account = await Account.in(warehouse)
  let deliveries = 0
  const property = fc.asyncProperty(delivered, async (history) => {
    deliveries += history.landings.reduce((sum, { batch }) => sum + batch.length, 0)
    await checkHistory(account, history)
  })
  await fc.assert(property, { numRuns: runs, seed })
  return { histories: runs, deliveries }
}
