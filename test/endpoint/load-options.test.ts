import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { endpointWithClient } from './endpoint-with-client.ts'
import { project } from './open-endpoint.ts'

const { endpoint } = await endpointWithClient()

function put(path: string, text: string): void {
  const file = join(endpoint.buckets, 'b', path)
  mkdirSync(dirname(file), { recursive: true })
  writeFileSync(file, text)
}

/** Loads into a table; gives the error's message, or the table's rows in order of the first column. */
async function load(tableId: string, more: object): Promise<unknown> {
  const destinationTable = { projectId: project, datasetId: 'd', tableId }
  const { body } = await endpoint.call('POST', 'jobs', {
    configuration: { load: { destinationTable, ...more } },
  })
  if (body.error !== undefined) return body.error.message
  const { jobId } = body.jobReference
  let job = body
  while (job.status.state !== 'DONE') job = (await endpoint.call('GET', `jobs/${jobId}`)).body
  if (job.status.errorResult !== undefined) return job.status.errorResult.message
  const { columns, rows } = await endpoint.warehouse.execute(`SELECT * FROM d.${tableId} ORDER BY 1`)
  return { columns: columns.map(({ name, type }) => `${name} ${type.kind}`), rows }
}

const field = (name: string, type: string, more: object = {}) => ({ name, type, ...more })

describe('formats of dates and times', () => {
  const fields = [field('d', 'DATE'), field('dt', 'DATETIME'), field('t', 'TIME'), field('ts', 'TIMESTAMP')]
  const formats = {
    dateFormat: 'DD/MM/YYYY',
    datetimeFormat: 'YYYYMMDD HH24:MI',
    timeFormat: 'HH24.MI',
    timestampFormat: 'YYYY/MM/DD HH24:MI:SS',
  }
  const expected = {
    columns: ['d DATE', 'dt DATETIME', 't TIME', 'ts TIMESTAMP'],
    rows: [
      [null, null, null, null],
      ['2024-02-01', '2024-01-02T03:04:00', '05:06:00', '2024-01-02T01:04:05Z'],
    ],
  }
  const shared = { schema: { fields }, ...formats, timeZone: 'Europe/Helsinki' }

  test('are those of CAST … FORMAT, in CSV and JSON, in a table that is made or there', async () => {
    put('dates.csv', '01/02/2024,20240102 03:04,05.06,2024/01/02 03:04:05\n,"",,\n')
    put(
      'dates.json',
      '{"d": "01/02/2024", "dt": "20240102 03:04", "t": "05.06", "ts": "2024/01/02 03:04:05"}\n{}\n',
    )
    expect(await load('dates', { ...shared, sourceUris: ['gs://b/dates.csv'] })).toEqual(expected)
    expect(
      await load('dates', {
        ...formats,
        timeZone: 'Europe/Helsinki',
        sourceFormat: 'NEWLINE_DELIMITED_JSON',
        sourceUris: ['gs://b/dates.json'],
        writeDisposition: 'WRITE_TRUNCATE',
        schema: { fields },
      }),
    ).toEqual(expected)
    const { rows } = expected
    expect(
      await load('dates', { ...formats, timeZone: 'Europe/Helsinki', sourceUris: ['gs://b/dates.csv'] }),
    ).toEqual({
      ...expected,
      rows: rows.flatMap((row) => [row, row]),
    })
  })

  test('a text that is not of its format fails the job, and nothing arrives', async () => {
    put('wrong.csv', '2024-01-02\n')
    const schema = { fields: [field('d', 'DATE')] }
    const wrong = { schema, dateFormat: 'DD/MM/YYYY', sourceUris: ['gs://b/wrong.csv'] }
    expect(await load('wrong', wrong)).toContain('Failed to parse input')
    expect((await endpoint.call('GET', 'datasets/d/tables/wrong')).status).toBe(404)
  })

  test.each([
    [{ autodetect: true }, 'configuration.load.autodetect beside formats of dates'],
    [{ maxBadRecords: 1 }, 'configuration.load.maxBadRecords beside formats of dates'],
    [{ sourceFormat: 'PARQUET' }, 'formats of dates are for CSV and JSON, not for PARQUET'],
    [
      {
        sourceFormat: 'NEWLINE_DELIMITED_JSON',
        schema: { fields: [field('r', 'RECORD', { fields: [field('d', 'DATE')] })] },
      },
      'formats of dates inside of the column r',
    ],
    [{ dateFormat: '', timeZone: 'Asia/Tokyo' }, 'timeZone Asia/Tokyo without timestampFormat'],
    [
      { sourceFormat: 'ORC' },
      'loading ORC is not supported locally; CSV, NEWLINE_DELIMITED_JSON, AVRO, PARQUET are',
    ],
  ])('are refused where they would be lost: %j', async (more, message) => {
    put('dates.json', '{"r": {"d": "01/02/2024"}}\n')
    const base = { schema: { fields: [field('d', 'DATE')] }, dateFormat: 'DD/MM/YYYY' }
    expect(await load('refused', { ...base, sourceUris: ['gs://b/dates.json'], ...more })).toContain(message)
  })
})

describe('keys in the names of folders', () => {
  const uris = { sourceUris: ['gs://b/keyed/*'] }
  const keys = (mode: string, more = '') => ({
    hivePartitioningOptions: { mode, sourceUriPrefix: `gs://b/keyed${more}` },
  })
  const put3 = () => {
    put('keyed/day=2024-01-02/n=01/a.csv', 'v,w\n1,x\n')
    put('keyed/day=2024-01-03/n=2/b.csv', 'v,w\n2.5,y\n')
    put('keyed/day=__HIVE_DEFAULT_PARTITION__/n=3/c.csv', 'v,w\n3,z\n')
  }

  test('become columns behind those of the files, of the types that all their values look like', async () => {
    put3()
    expect(await load('auto', { ...uris, ...keys('AUTO'), autodetect: true })).toEqual({
      columns: ['v FLOAT64', 'w STRING', 'day DATE', 'n INT64'],
      rows: [
        [1, 'x', '2024-01-02', 1n],
        [2.5, 'y', '2024-01-03', 2n],
        [3, 'z', null, 3n],
      ],
    })
  })

  test('have the types that the job says, and a schema is of the files alone', async () => {
    put3()
    const schema = { fields: [field('v', 'NUMERIC'), field('w', 'STRING', { mode: 'REQUIRED' })] }
    const rows = [
      ['1', 'x', '2024-01-02', '01'],
      ['2.5', 'y', '2024-01-03', '2'],
      ['3', 'z', null, '3'],
    ]
    const csv = { ...uris, schema, skipLeadingRows: 1 }
    expect(await load('custom', { ...csv, ...keys('CUSTOM', '/{day:DATE}/{n:STRING}') })).toEqual({
      columns: ['v NUMERIC', 'w STRING', 'day DATE', 'n STRING'],
      rows,
    })
    expect(await load('strings', { ...csv, ...keys('STRINGS') })).toEqual({
      columns: ['v NUMERIC', 'w STRING', 'day STRING', 'n STRING'],
      rows,
    })
    // Again, into the table that is there.
    const again = await load('custom', {
      ...uris,
      ...keys('CUSTOM', '/{day:DATE}/{n:STRING}'),
      skipLeadingRows: 1,
    })
    expect(again).toMatchObject({ rows: rows.flatMap((row) => [row, row]) })
    const { body } = await endpoint.call('GET', 'datasets/d/tables/custom')
    expect(body.schema.fields[1]).toEqual({ name: 'w', type: 'STRING', mode: 'REQUIRED' })
  })

  test('that contradict each other, the job, the table or the files are refused', async () => {
    put3()
    const csv = {
      ...uris,
      schema: { fields: [field('v', 'FLOAT64'), field('w', 'STRING')] },
      skipLeadingRows: 1,
    }
    expect(await load('no', { ...csv, ...keys('CUSTOM', '/{day:DATE}') })).toContain(
      'names the keys (day), the files have (day, n)',
    )
    expect(await load('no', { ...csv, ...keys('CUSTOM', '/{day:INT64}/{n:INT64}') })).toContain(
      "Could not parse '2024-01-02' as INT64 for field day",
    )
    expect(await load('no', { ...csv, ...keys('OTHER') })).toContain('AUTO, STRINGS or CUSTOM')
    await endpoint.warehouse.execute(
      'CREATE OR REPLACE TABLE d.other (v FLOAT64, w STRING, day STRING, n INT64)',
    )
    expect(await load('other', { ...uris, ...keys('AUTO'), skipLeadingRows: 1 })).toContain(
      'Field day has changed type from STRING to DATE',
    )
    put('keyed/n=4/day=2024-01-02/d.csv', 'v,w\n4,z\n')
    expect(await load('no', { ...csv, ...keys('AUTO') })).toContain('Incompatible partition schemas')
    put('clash/day=2024-01-02/a.csv', 'day\n1\n')
    expect(
      await load('no', {
        sourceUris: ['gs://b/clash/*'],
        autodetect: true,
        hivePartitioningOptions: { mode: 'AUTO', sourceUriPrefix: 'gs://b/clash' },
      }),
    ).toContain('the files have a column day, which is a key of their folders, too')
  })
})
