import { decimalBytes } from '../../avro/write.ts'
import { type Random, seededRandom } from '../random.ts'
import type { StreamFile } from './stream-file.ts'

const day = Date.UTC(2024, 5, 1)
const minute = 60_000

const zones = [
  [1, 'Old Town', 'Market'],
  [2, 'Old Town', 'Station'],
  [3, 'North', 'University'],
  [4, 'North', 'Hospital'],
  [5, 'South', 'Airport'],
  [6, 'South', 'Harbour'],
] as const

interface Trip {
  readonly id: number
  readonly vehicle: string
  readonly pickup_zone_id: number
  readonly dropoff_zone_id: number | null
  readonly picked_up_at: string
  readonly dropped_off_at: string | null
  readonly passengers: number
  /** NUMERIC(8,2), as the JSON converter writes it: the unscaled value's bytes in base64. */
  readonly fare: string | null
}

type Row = Readonly<Record<string, unknown>>

/** A change before it has its place in the log. */
interface Change {
  readonly table: 'zone' | 'trip'
  readonly time: number
  readonly op: 'r' | 'c' | 'u' | 'd'
  readonly row: Row
}

const optional = (type: string, field: string, more: Row = {}): Row => ({
  type,
  optional: true,
  ...more,
  field,
})
const zoned = { name: 'io.debezium.time.ZonedTimestamp', version: 1 }
const money = {
  name: 'org.apache.kafka.connect.data.Decimal',
  version: 1,
  parameters: { scale: '2', 'connect.decimal.precision': '8' },
}

const columns: Readonly<Record<Change['table'], readonly Row[]>> = {
  zone: [
    { type: 'int32', optional: false, field: 'id' },
    optional('string', 'borough'),
    optional('string', 'name'),
  ],
  trip: [
    { type: 'int64', optional: false, field: 'id' },
    optional('string', 'vehicle'),
    optional('int32', 'pickup_zone_id'),
    optional('int32', 'dropoff_zone_id'),
    optional('string', 'picked_up_at', zoned),
    optional('string', 'dropped_off_at', zoned),
    optional('int16', 'passengers'),
    optional('bytes', 'fare', money),
  ],
}

/** A morning of taxis in a PostgreSQL database, as Debezium's connector and a sink of Kafka Connect write it. */
export function taxiStream(): readonly StreamFile[] {
  const changes = [...nightTrips(), ...morning(seededRandom('taxi'))].sort(
    (left, right) => left.time - right.time,
  )
  const zoneRows = zones.map(([id, borough, name]) => ({ id, borough, name }))
  const all: readonly Change[] = [
    ...zoneRows.map((row): Change => ({ table: 'zone', time: day + 300 * minute, op: 'r', row })),
    ...changes,
    // A zone is given another name, for all its trips.
    {
      table: 'zone',
      time: day + 600 * minute,
      op: 'u',
      row: { id: 6, borough: 'South', name: 'New Harbour' },
    },
  ]
  const messages = all.map((change, at) => ({ change, message: messageOf(change, 0x1a2b3c00 + at * 0x48) }))
  const trips = messages.filter(({ change }) => change.table === 'trip')
  const lines = (some: readonly (typeof messages)[number][]) =>
    some.flatMap(({ change, message }) =>
      // A delete is followed by a tombstone, which tells Kafka to forget the key.
      change.op === 'd' ? [JSON.stringify(message), 'null'] : [JSON.stringify(message)],
    )
  const file = (table: string, offset: number, some: readonly (typeof messages)[number][]): StreamFile => ({
    path: `topics/city.taxi.${table}/partition=0/city.taxi.${table}+0+${String(offset).padStart(10, '0')}.json`,
    text: `${lines(some).join('\n')}\n`,
  })
  const each = Math.ceil(trips.length / 4)
  const parts = [0, 1, 2, 3].map((part) => trips.slice(part * each, (part + 1) * each))
  return [
    file(
      'zone',
      0,
      messages.filter(({ change }) => change.table === 'zone'),
    ),
    ...parts.map((part, at) => file('trip', at * each, part)),
    // The connector was restarted, and sent some changes a second time.
    file('trip', parts.length * each, trips.slice(-20)),
  ]
}

/** Trips that had ended before the connector was started: its snapshot reads them. */
function nightTrips(): Change[] {
  return [1, 2, 3, 4].map((id): Change => {
    const from = day + (240 + id * 11) * minute
    const row = trip(id, { from, minutes: 9 + id, pickup: 5, dropoff: (id % 4) + 1, cents: 1850 + id * 110 })
    return { table: 'trip', time: day + 301 * minute, op: 'r', row }
  })
}

/** From six to noon: trips begin, end, are cancelled, and one fare is put right. */
function morning(random: Random): Change[] {
  const changes: Change[] = []
  for (let id = 5; id <= 84; id++) {
    const from = day + (360 + random.below(340)) * minute + random.below(60) * 1000
    const minutes = 5 + random.below(30)
    const details = {
      from,
      minutes,
      pickup: 1 + random.below(6),
      dropoff: 1 + random.below(6),
      cents: 600 + minutes * 95 + random.below(90),
    }
    const whole = trip(id, details)
    const begun = { ...whole, dropoff_zone_id: null, dropped_off_at: null, fare: null }
    changes.push({ table: 'trip', time: from, op: 'c', row: begun })
    const isCancelled = id % 20 === 0
    const end = from + minutes * minute
    if (isCancelled) changes.push({ table: 'trip', time: from + 2 * minute, op: 'd', row: { id } })
    // Who got in after a quarter past eleven is still on the way.
    else if (from < day + 675 * minute) changes.push({ table: 'trip', time: end, op: 'u', row: whole })
    if (id === 42) {
      const corrected = trip(id, { ...details, cents: 1000 })
      changes.push({ table: 'trip', time: end + 5 * minute, op: 'u', row: corrected })
    }
  }
  return changes
}

interface TripDetails {
  readonly from: number
  readonly minutes: number
  readonly pickup: number
  readonly dropoff: number
  readonly cents: number
}

function trip(id: number, { from, minutes, pickup, dropoff, cents }: TripDetails): Trip & Row {
  return {
    id,
    vehicle: `T-${String(1 + ((id * 7) % 19)).padStart(2, '0')}`,
    pickup_zone_id: pickup,
    dropoff_zone_id: dropoff,
    picked_up_at: new Date(from).toISOString(),
    dropped_off_at: new Date(from + minutes * minute).toISOString(),
    passengers: 1 + (id % 4),
    fare: decimalBytes(BigInt(cents)).toString('base64'),
  }
}

function messageOf({ table, time, op, row }: Change, lsn: number): Row {
  const struct = (field: string) => ({
    type: 'struct',
    fields: columns[table],
    optional: true,
    name: `city.taxi.${table}.Value`,
    field,
  })
  return {
    schema: {
      type: 'struct',
      fields: [struct('before'), struct('after')],
      optional: false,
      name: `city.taxi.${table}.Envelope`,
    },
    payload: {
      // REPLICA IDENTITY DEFAULT: of a deleted row the key alone.
      before: op === 'd' ? row : null,
      after: op === 'd' ? null : row,
      source: {
        version: '2.7.0.Final',
        connector: 'postgresql',
        name: 'city',
        ts_ms: time,
        snapshot: op === 'r' ? 'true' : 'false',
        db: 'city',
        schema: 'taxi',
        table,
        txId: 700 + Math.floor((lsn - 0x1a2b3c00) / 0x48),
        lsn,
      },
      op,
      ts_ms: time + 350,
    },
  }
}
