import { SourceDatabase } from '../database.ts'
import { type Change, eventOf, type ReadMethod } from '../envelope.ts'
import { uuidPrefixOf } from '../random.ts'
import { avroTypes, type Row, type SourceTable } from '../source.ts'
import type { StreamFile } from './stream-file.ts'

const day = Date.UTC(2024, 5, 1)

const table: SourceTable = {
  database: 'crm',
  table: 'users',
  primaryKeys: ['username'],
  columns: [
    { name: 'username', type: avroTypes.string },
    { name: 'full_name', type: avroTypes.string },
    { name: 'email', type: avroTypes.string },
    { name: 'phone', type: avroTypes.string },
    { name: 'pin', type: avroTypes.string },
    { name: 'joined_on', type: avroTypes.string },
    { name: 'profile', type: avroTypes.json },
  ],
}

type Device = readonly [kind: string, os: string, lastSeen: string]

const profile = (
  locale: string,
  city: string,
  country: string,
  newsletter: boolean,
  devices: readonly Device[],
) =>
  JSON.stringify({
    locale,
    address: { city, country },
    consent: { newsletter },
    devices: devices.map(([kind, os, lastSeen]) => ({ kind, os, last_seen: lastSeen })),
  })

const user = (
  username: string,
  name: string,
  phone: string,
  pin: string,
  joined: string,
  details: string,
): Row => ({
  username,
  full_name: name,
  email: `${username}@example.com`,
  phone,
  pin,
  joined_on: joined,
  profile: details,
})

const first: readonly Row[] = [
  user(
    'anna',
    'Anna Keller',
    '+41 31 555 01 12',
    '4711',
    '2023-01-09',
    profile('de-CH', 'Bern', 'CH', true, [
      ['phone', 'iOS', '2024-05-30'],
      ['laptop', 'macOS', '2024-05-31'],
    ]),
  ),
  user(
    'bruno',
    'Bruno Favre',
    '+41 22 555 01 34',
    '0815',
    '2023-03-21',
    profile('fr-CH', 'Geneva', 'CH', false, [['phone', 'Android', '2024-05-29']]),
  ),
  user(
    'carla',
    'Carla Rossi',
    '+39 02 555 01 56',
    '1234',
    '2023-08-02',
    profile('it-IT', 'Milan', 'IT', true, []),
  ),
  user(
    'dmitri',
    'Dmitri Novak',
    '+43 1 555 01 78',
    '9999',
    '2024-02-29',
    profile('de-AT', 'Vienna', 'AT', false, [['tablet', 'Android', '2024-04-01']]),
  ),
]

/** A few hours of a MySQL table of people, as Google Datastream writes it in JSON. */
export function usersStream(): readonly StreamFile[] {
  const changes: Change[] = []
  const database = new SourceDatabase((change) => changes.push(change))
  database.add(table, first)
  database.now = day + 8 * 3_600_000
  database.backfill('users', 10)
  const at = (minutes: number) => {
    database.now = day + (8 * 60 + minutes) * 60_000
  }
  at(31)
  database.insert(
    'users',
    user(
      'elif',
      'Elif Yılmaz',
      '+90 212 555 01 90',
      '2468',
      '2024-06-01',
      profile('tr-TR', 'Istanbul', 'TR', true, [['phone', 'iOS', '2024-06-01']]),
    ),
  )
  at(42)
  // The key itself changes: to the source it is one update, in the stream the end of one row and the begin of another.
  database.update(
    'users',
    { username: 'carla' },
    { username: 'carla.rossi', email: 'carla.rossi@example.com' },
  )
  at(63)
  database.update('users', { username: 'bruno' }, { phone: '+41 22 555 09 99' })
  at(95)
  database.update(
    'users',
    { username: 'anna' },
    { profile: profile('de-CH', 'Zurich', 'CH', true, [['phone', 'iOS', '2024-06-01']]) },
  )
  at(130)
  database.delete('users', { username: 'dmitri' })
  at(131)
  // A name that was given up may be another's.
  database.insert(
    'users',
    user(
      'carla',
      'Carla Meier',
      '+41 44 555 02 10',
      '1357',
      '2024-06-01',
      profile('de-CH', 'Zurich', 'CH', false, []),
    ),
  )
  const events = changes.map((change, number) => ({ change, event: jsonEvent(change, number) }))
  const of = (method: ReadMethod) => events.filter(({ change }) => change.readMethod === method)
  const cdc = of('mysql-cdc-binlog')
  return [
    file(of('mysql-backfill-fulldump'), 'mysql-backfill-fulldump', '08/00'),
    file(cdc.slice(0, 4), 'mysql-cdc-binlog', '08/31'),
    // Delivered again, with what came after.
    file(cdc.slice(2), 'mysql-cdc-binlog', '09/03'),
  ]
}

interface Delivered {
  readonly change: Change
  readonly event: Readonly<Record<string, unknown>>
}

function jsonEvent(change: Change, number: number): Delivered['event'] {
  const uuid = `${uuidPrefixOf('users')}${String(number).padStart(8, '0')}`
  const event = eventOf(change, uuid, 'projects/1/locations/europe-west6/streams/crm') as Record<
    string,
    unknown
  >
  const iso = (time: unknown) => new Date(Number(time)).toISOString()
  return {
    ...event,
    read_timestamp: iso(event['read_timestamp']),
    source_timestamp: iso(event['source_timestamp']),
  }
}

function file(events: readonly Delivered[], method: string, minute: string): StreamFile {
  return {
    path: `crm_users/2024/06/01/${minute}/users_${method}_1_0_0.jsonl`,
    text: events.map(({ event }) => `${JSON.stringify(event)}\n`).join(''),
  }
}
