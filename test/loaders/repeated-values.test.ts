import fc from 'fast-check'
import { expect, test } from 'vitest'
import { writeAvro } from '../../loaders/avro/write.ts'
import { mysqlEvent, mysqlSchema } from './events.ts'
import { freshFolder, freshWarehouse, landFolder, writeFiles } from './fresh-warehouse.ts'

const schema = mysqlSchema([{ name: 'at', type: { type: 'long', logicalType: 'timestamp-micros' } }])
/** Becomes a byte that no UTF-8 has. */
const marked = 'bad!'
const texts = fc.constantFrom('', 'a', 'backfill', 'größer 🙂', 'x'.repeat(300), marked)
const lists = fc.constantFrom<string[]>([], ['id'], ['id', 'größe'], ['', ''])

const head = fc.record({ object: texts, read_method: texts, stream_name: texts, schema_key: texts })
const source = fc.record({ primary_keys: lists, log_file: fc.option(texts) })
const change = fc.record({
  change_type: fc.option(fc.constantFrom('INSERT', 'DELETE')),
  is_deleted: fc.option(fc.boolean()),
})
/** The same parts come again and again, as they do from a source; some rows do not fit before or after them. */
const events = fc
  .tuple(
    ...[head, source, change].map((part) =>
      fc.array(part as fc.Arbitrary<object>, { minLength: 1, maxLength: 3 }),
    ),
  )
  .chain(([heads = [], sources = [], changes = []]) =>
    fc.array(
      fc.record({
        head: fc.constantFrom(...heads),
        source: fc.constantFrom(...sources),
        change: fc.constantFrom(...changes),
        late: fc.oneof({ arbitrary: fc.constant(false), weight: 9 }, fc.constant(true)),
        wide: fc.oneof({ arbitrary: fc.constant(false), weight: 9 }, fc.constant(true)),
      }),
      { minLength: 1, maxLength: 60 },
    ),
  )

const beyond = 300_000_000_000_000_000n

test('what an event has in common with the one before lands with each, around events that do not fit', async () => {
  await fc.assert(
    fc.asyncProperty(events, fc.integer({ min: 1, max: 30 }), async (given, blockRows) => {
      const rows = given.map(({ head, source, change, late, wide }, index) => {
        const event = mysqlEvent(index, { at: wide ? beyond : BigInt(index) }) as Record<string, object>
        return {
          ...event,
          ...head,
          source_metadata: { ...event['source_metadata'], ...source, ...change },
          ...(late ? { source_timestamp: beyond } : {}),
        }
      })
      const folder = freshFolder()
      await writeFiles(folder, { 'a.avro': invalid(writeAvro(schema, rows, { blockRows })) })
      const warehouse = await freshWarehouse()
      await landFolder(warehouse, folder)
      const fits = given.flatMap((event, row) =>
        event.late || event.wide || JSON.stringify(event).includes(marked) ? [] : [{ ...event, row }],
      )
      const landed =
        fits.length === 0
          ? []
          : await warehouse.query(`select _row as row, object, read_method, stream_name, schema_key,
            source_metadata.primary_keys as primary_keys, source_metadata.log_file as log_file,
            source_metadata.change_type as change_type, source_metadata.is_deleted as is_deleted,
            source_metadata."table" as t, _file
            from "test-project.shop_raw".item order by _row`)
      expect(landed).toEqual(
        fits.map(({ row, head, source, change }) => ({
          row: String(row),
          ...head,
          ...source,
          ...change,
          t: 'item',
          _file: 'a.avro',
        })),
      )
      expect(
        await warehouse.query('select "row" from "test-project.streamform".dead_letters order by "row"'),
      ).toHaveLength(given.length - fits.length)
      warehouse.close()
    }),
    { numRuns: 60, seed: Number(process.env['STREAMFORM_SEED'] ?? 20240601), verbose: 1 },
  )
})

function invalid(file: Buffer): Buffer {
  for (let at = file.indexOf(marked); at >= 0; at = file.indexOf(marked, at)) file[at] = 0xff
  return file
}
