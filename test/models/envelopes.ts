import fc from 'fast-check'
import { lines } from '../loaders/debezium/messages.ts'

/** A change of the table `shop.item`, as the source knows it; a changed key is one change. */
export interface SourceChange {
  readonly kind: 'insert' | 'update' | 'key change' | 'delete'
  /** Of PostgreSQL's log, and the order of the changes. */
  readonly lsn: number
  /** Milliseconds since 1970. */
  readonly time: number
  readonly before: Item | undefined
  readonly after: Item | undefined
}

export interface Item {
  readonly id: number
  readonly value: string | null
}

/** What a stream delivers of a source: its rows at some moment, and changes from a moment that is no later. */
export interface SourceHistory {
  readonly snapshot: { readonly time: number; readonly rows: readonly Item[] }
  readonly changes: readonly SourceChange[]
  /** The table at the end. */
  readonly table: readonly Item[]
}

const step = fc.record({
  id: fc.integer({ min: 1, max: 4 }),
  otherId: fc.integer({ min: 1, max: 4 }),
  value: fc.constantFrom(null, '', 'NULL', 'a', 'b,"c"', 'two\nlines', 'ä'),
  deletes: fc.boolean(),
  minutes: fc.constantFrom(0, 0, 1, 59, 61, 90),
})

/** Changes of a small table, the moment of its snapshot, and the moment from which changes are delivered. */
export const sourceHistory: fc.Arbitrary<SourceHistory> = fc
  .tuple(fc.array(step, { minLength: 1, maxLength: 12 }), fc.nat(12), fc.nat(12))
  .map(([steps, snapshotAt, from]) => {
    // JSON without a schema has no column of which nothing but NULL was seen: one row always has a value.
    const table = new Map<number, Item>([[9, { id: 9, value: 'always' }]])
    const changes: SourceChange[] = []
    let time = Date.UTC(2024, 5, 1, 8)
    let snapshot: SourceHistory['snapshot'] = { time, rows: [...table.values()] }
    for (const [at, { id, otherId, value, deletes, minutes }] of steps.entries()) {
      time += minutes * 60_000
      const change = changeOf(table.get(id), { id, value }, deletes, table.has(otherId) ? id : otherId)
      changes.push({ ...change, lsn: 0xffff_fff0 + at * 16, time })
      if (change.before !== undefined) table.delete(change.before.id)
      if (change.after !== undefined) table.set(change.after.id, change.after)
      if (at <= snapshotAt) snapshot = { time: time + 1, rows: [...table.values()] }
    }
    return {
      snapshot,
      changes: changes.slice(Math.min(from, snapshotAt + 1)),
      table: [...table.values()].sort((left, right) => left.id - right.id),
    }
  })

function changeOf(
  before: Item | undefined,
  row: Item,
  deletes: boolean,
  newId: number,
): Pick<SourceChange, 'kind' | 'before' | 'after'> {
  if (before === undefined) return { kind: 'insert', before, after: row }
  if (deletes) return { kind: 'delete', before, after: undefined }
  const after = { id: newId, value: row.value }
  return { kind: newId === row.id ? 'update' : 'key change', before, after }
}

/** One event's text, or the snapshot's rows; what is delivered in one file, in one order or another. */
export interface Envelope {
  readonly name: string
  readonly snapshot: (history: SourceHistory) => readonly unknown[]
  readonly change: (change: SourceChange) => readonly unknown[]
  readonly file: (
    events: readonly unknown[],
    kind: 'snapshot' | 'changes',
    number: number,
  ) => [string, string]
}

const jsonFile: Envelope['file'] = (events, kind, number) => [
  `shop_item/2024/06/01/08/00/${kind}-${number}.jsonl`,
  lines(events),
]

const datastreamEvent = (
  uuid: string,
  time: number,
  lsn: number | undefined,
  changeType: string,
  row: Item,
) => ({
  uuid,
  read_timestamp: new Date(time + 700).toISOString(),
  source_timestamp: new Date(time).toISOString(),
  object: 'shop_item',
  read_method: lsn === undefined ? 'postgresql-backfill' : 'postgresql-cdc',
  stream_name: 'stream',
  source_metadata: {
    schema: 'shop',
    table: 'item',
    change_type: changeType,
    is_deleted: changeType === 'DELETE' || changeType === 'UPDATE-DELETE',
    ...(lsn === undefined ? {} : { lsn: lsnText(lsn) }),
  },
  payload: row,
})

const lsnText = (lsn: number): string =>
  `${Math.floor(lsn / 2 ** 32).toString(16)}/${(lsn % 2 ** 32).toString(16)}`.toUpperCase()

const datastream: Envelope = {
  name: 'Datastream',
  file: jsonFile,
  snapshot: ({ snapshot: { time, rows } }) =>
    rows.map((row) => datastreamEvent(`backfill ${row.id}`, time, undefined, 'INSERT', row)),
  change: ({ kind, lsn, time, before, after }) => {
    const event = (type: string, row: Item | undefined) =>
      row === undefined ? [] : [datastreamEvent(`${lsn} ${type}`, time, lsn, type, row)]
    if (kind === 'insert') return event('INSERT', after)
    if (kind === 'update') return event('UPDATE', after)
    if (kind === 'delete') return event('DELETE', before)
    return [...event('UPDATE-DELETE', before), ...event('UPDATE-INSERT', after)]
  },
}

const debeziumMessage = (
  op: string,
  time: number,
  lsn: number,
  before: unknown,
  after: Item | undefined | null,
) => ({
  before,
  after: after ?? null,
  source: {
    connector: 'postgresql',
    name: 'stream',
    ts_ms: time,
    snapshot: op === 'r' ? 'true' : 'false',
    db: 'postgres',
    schema: 'shop',
    table: 'item',
    txId: 1,
    lsn,
  },
  op,
  ts_ms: time + 700,
})

const debezium: Envelope = {
  name: 'Debezium',
  file: jsonFile,
  snapshot: ({ snapshot: { time, rows } }) =>
    rows.map((row) => debeziumMessage('r', time, 0xffff_0000, null, row)),
  change: ({ kind, lsn, time, before, after }) => {
    // The replica identity is the key alone.
    const key = before === undefined ? null : { id: before.id }
    if (kind === 'insert') return [debeziumMessage('c', time, lsn, null, after)]
    if (kind === 'update') return [debeziumMessage('u', time, lsn, null, after)]
    if (kind === 'delete') return [debeziumMessage('d', time, lsn, key, null), null]
    return [debeziumMessage('d', time, lsn, key, null), null, debeziumMessage('c', time, lsn, null, after)]
  },
}

const csvField = (value: string | number | null | undefined): string => {
  if (value === null || value === undefined) return '\\N'
  const text = String(value)
  return /[",\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}

const dmsTime = (time: number): string => new Date(time).toISOString().replace('T', ' ').replace('Z', '000')

const dms: Envelope = {
  name: 'AWS DMS',
  file: (events, kind, number) => {
    const name =
      kind === 'snapshot' ? `LOAD${String(number).padStart(8, '0')}.csv` : `20240601-08000${number}123.csv`
    const text = events.map((fields) => `${(fields as string[]).join(',')}\n`).join('')
    return [`shop/item/${name}`, `Op,id,value,BI_id,sequence,changed_at\n${text}`]
  },
  snapshot: ({ snapshot: { time, rows } }) =>
    rows.map(({ id, value }) => ['I', String(id), csvField(value), '\\N', '', dmsTime(time)]),
  change: ({ kind, lsn, time, before, after }) => {
    const { id, value } = after ?? before ?? { id: 0, value: null }
    const op = kind === 'insert' ? 'I' : kind === 'delete' ? 'D' : 'U'
    const old = op === 'U' ? csvField(before?.id) : '\\N'
    const sequence = `2024060108000000${String(lsn).padStart(19, '0')}`
    return [[op, String(id), csvField(value), old, sequence, dmsTime(time)]]
  },
}

export const envelopes: readonly Envelope[] = [datastream, debezium, dms]
