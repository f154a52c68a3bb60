import fc from 'fast-check'
import { expect, test } from 'vitest'
import { Misfit } from '../../loaders/avro/compile-decoder.ts'
import { eventValues } from '../../loaders/datastream/json-event.ts'
import { sourceTable } from '../../loaders/datastream/naming.ts'
import { parseExact } from '../../loaders/datastream/raw-json.ts'
import { defaultDmsSettings } from '../../loaders/dms/settings.ts'
import { defaultEnvelope } from '../../loaders/envelope-settings.ts'
import { ChangeEvents } from '../../loaders/file/change-events.ts'
import { Problem } from '../../runner/problem.ts'
import { postgresMessage, wrapped } from './debezium/messages.ts'

const row = { id: 1, name: 'a', day: 3, price: 'AQ==', at: 5 }
const schema = {
  id: 'int64',
  name: 'string',
  day: 'int32 io.debezium.time.Date',
  price: { type: 'bytes', name: 'org.apache.kafka.connect.data.Decimal', parameters: { scale: '2' } },
  at: 'int64 io.debezium.time.NanoTimestamp',
}
const messages: readonly unknown[] = [
  wrapped(postgresMessage(10, { op: 'u', before: row, after: row }), schema),
  { key: { id: 1 }, value: postgresMessage(10, { op: 'd', before: { id: 1 } }), offset: 1 },
  postgresMessage(10, { after: row, source: { connector: 'mysql', file: 'b.000001', pos: 4, row: 0 } }),
  {
    data: { id: 1, seq: '0'.repeat(35) },
    metadata: { 'record-type': 'data', operation: 'insert', 'schema-name': 's', 'table-name': 't' },
  },
]

/** A message with one value, somewhere in it, that is another. */
const damaged = fc
  .tuple(fc.constantFrom(...messages), fc.nat(10_000), fc.jsonValue({ maxDepth: 2 }))
  .map(([message, at, value]) => {
    const places: (readonly [object, string])[] = []
    const copy = structuredClone(message)
    const walk = (part: unknown) => {
      if (typeof part !== 'object' || part === null) return
      for (const [name, inner] of Object.entries(part)) {
        places.push([part, name])
        walk(inner)
      }
    }
    walk(copy)
    const [part, name] = places[at % places.length] ?? [{}, '']
    Object.assign(part, { [name]: value })
    return parseExact(JSON.stringify(copy))
  })

test('a damaged message is an event, or refused with a reason; nothing else comes of it', () => {
  const settings = { ...defaultEnvelope, dms: { ...defaultDmsSettings, sequenceColumn: 'seq' } }
  const outcomes = { events: 0, refused: 0 }
  fc.assert(
    fc.property(damaged, (message) => {
      try {
        for (const event of new ChangeEvents('a.jsonl', settings).of(message, 0)) {
          sourceTable(event.metadata)
          eventValues(event)
          // A change that has no place in its source's log is refused, not put in the order of times.
          const { lsn, log_position: position } = event.metadata
          const isBackfill = String(event.event['read_method']).includes('backfill')
          expect(isBackfill || lsn !== undefined || position !== undefined).toBe(true)
          outcomes.events++
        }
      } catch (error) {
        if (!(error instanceof Problem) && !(error instanceof Misfit)) throw error
        outcomes.refused++
      }
    }),
    { numRuns: 2000 },
  )
  expect(outcomes.events).toBeGreaterThan(100)
  expect(outcomes.refused).toBeGreaterThan(100)
})
