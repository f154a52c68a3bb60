import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { changeOf, rewriteTable } from '../../runner/warehouse/bigquery/landing-table.ts'
import type { RawColumn } from '../../runner/warehouse/landing.ts'
import { minutePath, mysqlFile } from '../loaders/events.ts'
import { freshFolder, writeFiles } from '../loaders/fresh-warehouse.ts'
import { type LocalBigQuery, landIn, openLocalBigQuery, project } from './two-warehouses.ts'

// Whole landings and projects, on a machine that may have other things to do.
vi.setConfig({ testTimeout: 300_000, hookTimeout: 300_000 })

let bigquery: LocalBigQuery
beforeAll(async () => {
  bigquery = await openLocalBigQuery()
})
afterAll(() => bigquery?.close())

test('a table that is written anew for a wider type keeps what was said of it', async () => {
  const folder = freshFolder()
  const loader = await bigquery.loader()
  const file = (type: unknown, v: unknown, first: number) =>
    mysqlFile(
      [
        { name: 'id', type: 'long' },
        { name: 'v', type },
      ],
      [{ id: first, v }],
      { first },
    )
  await writeFiles(folder, { [minutePath('2024/06/01/00/01', 'a.avro')]: file('long', 5, 1) })
  await landIn(loader, folder, new Date('2024-06-02T00:00:00Z'))
  const name = `\`${project}.shop_raw.item\``
  await bigquery.tables.execute(
    `ALTER TABLE ${name} SET OPTIONS (description = 'Items, "as" they came', labels = [('team', 'x'), ('kind', 'raw')])`,
  )
  const resource = async () => {
    const answer = await fetch(
      `${bigquery.endpoint.url}/bigquery/v2/projects/${project}/datasets/shop_raw/tables/item`,
    )
    const { description, labels, timePartitioning, schema } = (await answer.json()) as Record<string, unknown>
    return { description, labels, timePartitioning, schema }
  }
  const before = await resource()
  await writeFiles(folder, { [minutePath('2024/06/01/00/02', 'b.avro')]: file('string', 'text', 2) })
  await landIn(loader, folder, new Date('2024-06-02T00:01:00Z'))
  const after = await resource()
  expect(before.timePartitioning).toEqual({ type: 'DAY', field: '_loaded_at' })
  expect({ ...after, schema: undefined }).toEqual({ ...before, schema: undefined })
  expect(JSON.stringify(after.schema)).toContain('{"name":"v","type":"STRING"}')
  const { rows } = await bigquery.tables.execute(`SELECT payload.id, payload.v FROM ${name} ORDER BY 1`)
  expect(rows).toEqual([
    [1n, '5'],
    [2n, 'text'],
  ])
})

describe('a table that BigQuery has', () => {
  const target = { database: 'p', schema: 'd_raw', name: 't' }
  const columns: readonly RawColumn[] = [
    { name: 'payload', type: { kind: 'STRUCT', fields: [{ name: 'x', type: { kind: 'INT64' } }] } },
    { name: '_loaded_at', type: { kind: 'TIMESTAMP' } },
  ]
  const wanted: readonly RawColumn[] = [
    {
      name: 'payload',
      type: {
        kind: 'STRUCT',
        fields: [
          { name: 'x', type: { kind: 'STRING' } },
          { name: 'order', type: { kind: 'BOOL' } },
        ],
      },
    },
    { name: '_loaded_at', type: { kind: 'TIMESTAMP' } },
  ]

  test('is copied over itself with all that the API says of it', () => {
    const resource = {
      timePartitioning: { type: 'DAY', field: '_loaded_at', expirationMs: '864000000' },
      clustering: { fields: ['_file'] },
      friendlyName: 'T',
      encryptionConfiguration: { kmsKeyName: 'projects/p/locations/l/keyRings/r/cryptoKeys/k' },
      requirePartitionFilter: true,
    }
    expect(changeOf(columns, wanted)).toBe('rewrite')
    expect(rewriteTable({ target, columns, resource }, wanted)).toBe(
      [
        'CREATE OR REPLACE TABLE `p.d_raw.t` PARTITION BY TIMESTAMP_TRUNC(`_loaded_at`, DAY) CLUSTER BY `_file` ',
        'OPTIONS (friendly_name = "T", kms_key_name = "projects/p/locations/l/keyRings/r/cryptoKeys/k", ',
        'partition_expiration_days = 10, require_partition_filter = TRUE) AS\n',
        'SELECT IF(`payload` IS NULL, NULL, STRUCT(CAST(`payload`.`x` AS STRING) AS `x`, CAST(NULL AS BOOL) AS `order`)) AS `payload`, `_loaded_at`\n',
        'FROM `p.d_raw.t`;\n',
      ].join(''),
    )
  })

  test('is left alone where the copy would lose what guards it', () => {
    const tagged = {
      schema: {
        fields: [{ name: 'payload', type: 'RECORD', fields: [{ name: 'x', policyTags: { names: ['t'] } }] }],
      },
    }
    expect(() => rewriteTable({ target, columns, resource: tagged }, wanted)).toThrow(
      'd_raw.t must be written anew for a wider type, and its column payload.x has policy tags, which that would lose',
    )
    const ranged = { rangePartitioning: { field: 'x', range: { start: '0', end: '9', interval: '1' } } }
    expect(() => rewriteTable({ target, columns, resource: ranged }, wanted)).toThrow(
      'is partitioned by a range',
    )
    const ingested = { timePartitioning: { type: 'DAY' } }
    expect(() => rewriteTable({ target, columns, resource: ingested }, wanted)).toThrow('by ingestion time')
  })
})
