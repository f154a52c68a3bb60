import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { writeSample } from '../../loaders/sample/sample.ts'
import { freshWarehouse, landFolder, project } from '../loaders/fresh-warehouse.ts'

const folder = mkdtempSync(join(tmpdir(), 'streamform-land-'))
afterAll(() => rmSync(folder, { recursive: true }))

test('the sample lands: every file once, every column in its type, the late file known as late', async () => {
  const warehouse = await freshWarehouse()
  try {
    const day = await writeSample({
      folder,
      seed: '1',
      scale: 0,
      changes: true,
      force: false,
      until: '23:00',
    })
    const first = await landFolder(warehouse, folder)
    const rest = await writeSample({ folder, seed: '1', scale: 0, changes: true, force: false })
    const second = await landFolder(warehouse, folder)
    expect([first.landed, second.landed]).toEqual([day.written, rest.written])
    expect([first.quarantined, second.quarantined]).toEqual([[], []])

    const late = await warehouse.query(`select name, rows from "${project}.streamform".files where late`)
    expect(late).toEqual([{ name: expect.stringContaining('world_x_city/2024/06/01/06/17/'), rows: '3' }])

    const events = rest.events
    // One event and one file of three are delivered twice.
    const counts = await warehouse.query(`
      select count(*) as rows, count(distinct uuid) as events from (
        select uuid from "${project}.world_x_raw".city
        union all select uuid from "${project}.world_x_raw".country
        union all select uuid from "${project}.world_x_raw".countryinfo
        union all select uuid from "${project}.world_x_raw".countrylanguage)`)
    expect(counts).toEqual([{ rows: String(events + 3), events: String(events) }])

    const columns = await warehouse.query(`
      select table_name as name, replace(data_type, '"', '') as type from information_schema.columns
      where table_schema = '${project}.world_x_raw' and column_name = 'payload' order by 1`)
    expect(columns).toEqual([
      {
        name: 'city',
        type: 'STRUCT(ID BIGINT, Name VARCHAR, CountryCode VARCHAR, District VARCHAR, Info VARCHAR)',
      },
      {
        name: 'country',
        type: 'STRUCT(Code VARCHAR, Name VARCHAR, Capital BIGINT, Code2 VARCHAR, Currency VARCHAR)',
      },
      { name: 'countryinfo', type: 'STRUCT(doc VARCHAR, _id VARCHAR, _json_schema VARCHAR)' },
      {
        name: 'countrylanguage',
        type: 'STRUCT(CountryCode VARCHAR, Language VARCHAR, IsOfficial VARCHAR, Percentage DECIMAL(38,9))',
      },
    ])
    const german = await warehouse.query(`
      select payload.Percentage as percentage, source_metadata.primary_keys as key
      from "${project}.world_x_raw".countrylanguage
      where payload.CountryCode = 'CHE' and payload.Language = 'German' and read_method like '%backfill%'`)
    expect(german).toEqual([{ percentage: '76.000000000', key: ['CountryCode', 'Language'] }])
  } finally {
    warehouse.close()
  }
})
