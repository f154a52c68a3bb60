import { deepStrictEqual } from 'node:assert/strict'
import fc from 'fast-check'
import type { Action } from '../../runner/project/compiled-graph.ts'
import type { Warehouse } from '../../runner/warehouse/warehouse.ts'
import { currentValues } from './current-oracle.ts'
import { type Delivered, delivered, rawEvent } from './histories.ts'
import { actionOf, build, modelsOf, type Row, rowsOf } from './model-project.ts'
import { createRaw, land } from './raw-events.ts'

const payload = { id: 'STRING', value: 'STRING' }
const marginMs = 60 * 60_000
const tables = ['account_log', 'account_state', 'account'] as const

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
  }

  async land(landing: number, events: Parameters<typeof rawEvent>[0][]): Promise<void> {
    await land(this.warehouse, 'account', payload, landing, events.map(rawEvent))
  }

  async build({ fullRefresh = false, only = tables as readonly string[] } = {}): Promise<void> {
    for (const name of only) await build(this.warehouse, actionOf(this.models, name), { fullRefresh })
  }

  /** Every row of log, state and current table. */
  async rows(): Promise<Readonly<Record<(typeof tables)[number], readonly Row[]>>> {
    const all = (name: string) => rowsOf(this.warehouse, `SELECT * FROM \`shop.${name}\``)
    return {
      account_log: await all('account_log'),
      account_state: await all('account_state'),
      account: await all('account'),
    }
  }
}

/**
 * Checks one history, delivered in one way: the increments equal a full refresh, the log has each event once, and the
 * current table is what the plain rule says.
 * @throws AssertionError with what differs
 */
async function checkHistory(account: Account, { events, landings }: Delivered): Promise<void> {
  await account.clear()
  for (const [landing, { batch, build }] of landings.entries()) {
    await account.land(
      landing,
      batch.flatMap((at) => events[at] ?? []),
    )
    if (build === 'refresh') await account.build({ fullRefresh: true })
    if (build === 'log') await account.build({ only: ['account_log'] })
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
