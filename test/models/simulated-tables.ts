import type { Action } from '../../runner/project/compile/compiled-graph.ts'
import type { Warehouse } from '../../runner/warehouse/warehouse.ts'
import { actionOf, build, project } from './model-project.ts'
import { createRaw, land, type Payload, type RawEvent } from './raw-events.ts'
import { milliseconds, storyBegan } from './source/delivery.ts'
import type { SourceRow } from './source/simulated-source.ts'

/** How rows of a history are found among those of others: the key's columns, and what a key's number is in them. */
export interface KeyKind {
  readonly name: string
  readonly key: readonly string[]
  readonly columns: Payload
  values(slot: number, row: number): Readonly<Record<string, string | number | null>>
  /** The slot of a key, as its list of values. */
  slotOf(key: readonly unknown[]): number
}

const letters = ['a', 'A', 'ä', '', '"a",', 'null']
export const keyKinds: readonly KeyKind[] = [
  {
    name: 'text',
    key: ['id'],
    columns: { id: 'STRING' },
    values: (slot, row) => ({ id: `${slot}:${letters[row]}` }),
    slotOf: ([id]) => Number.parseInt(String(id), 10),
  },
  {
    name: 'number',
    key: ['id'],
    columns: { id: 'INT64' },
    values: (slot, row) => ({ id: slot * 10 + row }),
    slotOf: ([id]) => Math.floor(Number(id) / 10),
  },
  {
    name: 'pair',
    key: ['code', 'tenant'],
    columns: { tenant: 'INT64', code: 'STRING' },
    values: (slot, row) => ({ tenant: slot, code: [null, ...letters][row] ?? null }),
    slotOf: ([, tenant]) => Number(tenant),
  },
]

/** What is built after each landing, in turn: all of it, some, nothing; by increments or anew. */
export type Builds = readonly (readonly { readonly model: string; readonly fullRefresh: boolean }[])[]
export const built = ['landings', 'log', 'state', 'versions'] as const
/** The tables of one kind of key in a warehouse. */
export class Tables {
  readonly kind: KeyKind
  private readonly warehouse: Warehouse
  private readonly models: ReadonlyMap<string, Action>
  private payload: Payload = {}

  constructor(warehouse: Warehouse, kind: KeyKind, models: ReadonlyMap<string, Action>) {
    this.warehouse = warehouse
    this.kind = kind
    this.models = models
  }

  private action = (model: string): Action => actionOf(this.models, `${this.kind.name}_${model}`)

  async clear(): Promise<void> {
    this.payload = { ...this.kind.columns, value: 'STRING' }
    await createRaw(this.warehouse, this.kind.name, this.payload)
    for (const model of built) await build(this.warehouse, this.action(model), { fullRefresh: true })
    await build(this.warehouse, actionOf(this.models, this.kind.name))
    for (const model of ['history', 'as_of', 'changes']) await build(this.warehouse, this.action(model))
  }

  async land(landing: number, events: readonly RawEvent[]): Promise<void> {
    // The table gains its column when the first event has it.
    if (!('note' in this.payload) && events.some(({ row }) => typeof row?.['note'] === 'string'))
      await this.widen()
    await land(this.warehouse, this.kind.name, this.payload, landing, events)
  }

  private async widen(): Promise<void> {
    const target = { database: project, schema: 'shop_raw', name: this.kind.name }
    const landing = await this.warehouse.landing(new Date(storyBegan))
    const columns = await landing.columns(target)
    await landing.ensure(
      target,
      (columns ?? []).map(({ name, type }) =>
        name === 'payload' && type.kind === 'STRUCT'
          ? { name, type: { ...type, fields: [...type.fields, { name: 'note', type: { kind: 'STRING' } }] } }
          : { name, type },
      ),
    )
    await landing.commit()
    this.payload = { ...this.payload, note: 'STRING' }
  }

  async build(steps: Builds[number]): Promise<void> {
    for (const { model, fullRefresh } of steps)
      await build(this.warehouse, this.action(model), { fullRefresh })
  }

  /** Every row of log, state and versions as text, sorted; `delivered`: also the columns that tell of its delivery. */
  async contents(delivered: boolean): Promise<Readonly<Record<string, readonly string[]>>> {
    const contents: Record<string, readonly string[]> = {}
    for (const model of built) {
      if (model === 'landings' && !delivered) continue
      const table = await this.warehouse.table(this.action(model).target)
      const columns = (table?.columns ?? [])
        .map(({ name }) => name)
        .filter((name) => delivered || !/^_metadata_(file|loaded_at|taken_at)$/.test(name))
        .sort()
      contents[model] = await this.texts(
        `SELECT TO_JSON_STRING(STRUCT(${columns.join(', ')})) FROM shop.${this.kind.name}_${model}`,
      )
    }
    return contents
  }

  private async texts(query: string): Promise<readonly string[]> {
    const { rows } = await this.warehouse.execute(query)
    return rows.map(([text]) => String(text)).sort()
  }

  /** Rows of a table or function as texts of their columns: those of `from` that have the names of the payload's. */
  async rows(from: string): Promise<readonly string[]> {
    return this.texts(
      `SELECT TO_JSON_STRING(STRUCT(${Object.keys(this.payload).join(', ')})) FROM shop.${this.kind.name}${from}`,
    )
  }

  async changes(since: number, until: number): Promise<readonly string[]> {
    const row = (side: string) =>
      `IF(${side} IS NULL, NULL, TO_JSON_STRING(STRUCT(${Object.keys(this.payload)
        .map((column) => `${side}.${column} AS ${column}`)
        .join(', ')})))`
    const span = [since, until]
      .map((at) => `TIMESTAMP_MICROS(${Math.round(milliseconds(at) * 1000)})`)
      .join(', ')
    return this.texts(
      `SELECT CONCAT(change, ' ', COALESCE(${row('before')}, ''), ' ', COALESCE(${row('after')}, '')) FROM shop.${this.kind.name}_changes(${span})`,
    )
  }

  /** The versions of the history, of each slot. */
  async versions(): Promise<ReadonlyMap<number, readonly Version[]>> {
    const { rows } = await this.warehouse.execute(
      `SELECT _metadata_key, TO_JSON_STRING(STRUCT(${Object.keys(this.payload).join(', ')})), UNIX_MICROS(valid_from), UNIX_MICROS(valid_to)
      FROM shop.${this.kind.name}_history`,
    )
    const versions = new Map<number, Version[]>()
    for (const [key, text, from, until] of rows) {
      const slot = this.kind.slotOf(JSON.parse(String(key)))
      const known = versions.get(slot) ?? []
      known.push({
        text: String(text),
        from: Number(from),
        until: until === null ? Number.POSITIVE_INFINITY : Number(until),
      })
      versions.set(slot, known)
    }
    return versions
  }

  /** As `rows` gives it. */
  text(slot: number, row: number, content: SourceRow): string {
    const all: Readonly<Record<string, unknown>> = { ...this.kind.values(slot, row), ...content }
    return JSON.stringify(Object.fromEntries(Object.keys(this.payload).map((name) => [name, all[name]])))
  }
}

/** Times in microseconds. */
export interface Version {
  readonly text: string
  readonly from: number
  readonly until: number
}
