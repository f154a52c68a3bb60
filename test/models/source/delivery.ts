import fc from 'fast-check'
import type { RawEvent } from '../raw-events.ts'
import type { Simulation, SourceEvent } from './simulated-source.ts'
import type { SourceKind } from './step.ts'

/** In how many landings a history arrives. */
export const landings = 6

/** How a history's events are put into files, and how those arrive. */
export interface Delivery {
  readonly how: 'in order' | 'shuffled' | 'at once'
  /** Events of each file, over and over. */
  readonly fileSizes: readonly number[]
  /** Of each file, over and over, the landing that it comes with; looked at only where `shuffled`. */
  readonly landing: readonly number[]
  /** Files that come again: in which landing, and whether by another name. */
  readonly again: readonly { readonly file: number; readonly landing: number; readonly renamed: boolean }[]
}

export const delivery = (how: Delivery['how']): fc.Arbitrary<Delivery> =>
  fc.record({
    how: fc.constant(how),
    fileSizes: fc.array(fc.integer({ min: 1, max: 5 }), { minLength: 1, maxLength: 5 }),
    landing: fc.array(fc.nat(landings - 1), { minLength: 1, maxLength: 12 }),
    again: fc.array(fc.record({ file: fc.nat(20), landing: fc.nat(landings - 1), renamed: fc.boolean() }), {
      maxLength: 4,
    }),
  })

/** The raw events of each landing. */
export function deliver(
  { events, story }: Simulation,
  { how, fileSizes, landing, again }: Delivery,
  slot: number,
): readonly (readonly RawEvent[])[] {
  const files: (readonly SourceEvent[])[] = []
  const arriving = events.filter(({ lost }) => !lost)
  for (let at = 0; at < arriving.length; ) {
    const size = fileSizes[files.length % fileSizes.length] ?? 1
    files.push(arriving.slice(at, at + size))
    at += size
  }
  const landed: RawEvent[][] = Array.from({ length: landings }, () => [])
  const put = (number: number, at: number, name: string) =>
    landed[at]?.push(
      ...(files[number] ?? []).map((event) => ({
        ...rawEvent(event, story.source, story.firstFile, slot),
        file: `${slot}/${name}`,
      })),
    )
  for (const number of files.keys()) {
    const inOrder = Math.floor((number * landings) / files.length)
    const at = {
      'in order': inOrder,
      shuffled: landing[number % landing.length] ?? 0,
      'at once': landings - 1,
    }[how]
    put(number, at, `file ${number}`)
  }
  for (const { file, landing: at, renamed } of again) {
    const number = file % Math.max(1, files.length)
    put(number, how === 'at once' ? landings - 1 : at, `file ${number}${renamed ? ' copied' : ''}`)
  }
  // The last comes first: within a landing, too, order means nothing.
  return landed.map((list) => (how === 'in order' ? list : list.toReversed()))
}

export const storyBegan = Date.UTC(2024, 4, 1, 20)
export const milliseconds = (seconds: number): number => storyBegan + Math.round(seconds * 1e6) / 1000

/** An event as Datastream would write it. Its keys and its places are those of one history among others: `slot`. */
export function rawEvent(event: SourceEvent, source: SourceKind, firstFile: number, slot: number): RawEvent {
  const { row, place, stamp, readTime, deletes, changeType, content } = event
  return {
    uuid: `${slot}-${event.uuid}`,
    time: milliseconds(stamp),
    readTime: milliseconds(readTime),
    readMethod: readMethods[source][place === undefined ? 'backfill' : 'change'],
    changeType,
    // Oracle's delete half of a key change says that nothing was deleted.
    isDeleted: deletes && !(source === 'oracle' && changeType === 'UPDATE-DELETE'),
    ...(place === undefined ? noPlace(source) : placeOf(place, source, firstFile, slot)),
    // PostgreSQL tells a deleted row's key and nothing else.
    row: { key: row, ...(deletes && source === 'postgresql' ? { value: null, note: null } : { ...content }) },
  }
}

const readMethods: Readonly<Record<SourceKind, Readonly<Record<'backfill' | 'change', string>>>> = {
  mysql: { backfill: 'mysql-backfill-fulldump', change: 'mysql-cdc-binlog' },
  'mysql-gtid': { backfill: 'mysql-backfill-incremental', change: 'mysql-cdc-binlog' },
  postgresql: { backfill: 'postgresql-backfill', change: 'postgresql-cdc' },
  oracle: { backfill: 'oracle-backfill', change: 'oracle-cdc-logminer' },
  sqlserver: { backfill: 'sqlserver-backfill', change: 'sqlserver-cdc' },
  documents: { backfill: 'backfill', change: 'cdc' },
}

const noPlace = (source: SourceKind): Partial<RawEvent> =>
  source === 'mysql' ? { logFile: '', logPosition: 0 } : {}

const hex = (number: number): string => number.toString(16).toUpperCase()

function placeOf(
  { epoch, file, offset }: NonNullable<SourceEvent['place']>,
  source: SourceKind,
  firstFile: number,
  slot: number,
): Partial<RawEvent> {
  // Names whose order is not that of the epochs.
  const name = `${['m', 'z', 'b', 'y', 'a'][epoch % 5]}${epoch}-${slot}-bin.${String(file).padStart(6, '0')}`
  const turn = file - firstFile
  switch (source) {
    case 'mysql':
      return { logFile: name, logPosition: offset }
    case 'mysql-gtid':
      return { binlogFile: name, binlogPosition: offset }
    case 'postgresql':
      return { lsn: `${hex(slot * 64 + 9 + turn * 7)}/${hex(offset)}` }
    case 'oracle':
      return {
        scn: slot * 1_000_000 + 95 + turn * 10,
        rsId: ` 0x000004.${hex(offset).padStart(8, '0')}.0010 `,
        ssn: 0,
      }
    case 'sqlserver':
      return { lsn: `${hex(slot + 1)}:${hex(9 + turn * 7)}:${hex(offset).padStart(4, '0')}` }
    case 'documents':
      return {}
  }
}
