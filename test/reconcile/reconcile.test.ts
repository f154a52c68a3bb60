import { join } from 'node:path'
import { DuckDBInstance } from '@duckdb/node-api'
import { describe, expect, test } from 'vitest'
import { changeFile, type Person, peopleProject, person } from './people-project.ts'

const arrived = [person(1, 'Anna'), person(2, 'Ben'), person(3, 'Cy')]
/** As the source has them: 2 is gone, 3 is another, 4 has not arrived. */
const there = [
  person(1, 'Anna'),
  person(3, 'Cyril', { mail: 'new@example.com', doc: '{"n": 2}' }),
  person(4, 'Dora'),
]

const columns = ['id', 'name', 'mail', 'score', 'seen', 'doc'] as const
const csv = (people: readonly Person[]): string =>
  [
    columns.join(),
    ...people.map((one) =>
      columns
        .map((name) => (one[name] === null ? '' : `"${String(one[name]).replaceAll('"', '""')}"`))
        .join(),
    ),
  ].join('\n')
const jsonLines = (people: readonly Person[]): string =>
  people.map((one) => JSON.stringify({ ...one, doc: JSON.parse(one.doc) })).join('\n')
const text = (value: string | null) => (value === null ? 'NULL' : `'${value.replaceAll("'", "''")}'`)
const dump = (people: readonly Person[]): string => `CREATE TABLE \`people\` (
  \`id\` int NOT NULL, \`name\` varchar(20), \`mail\` varchar(50), \`score\` varchar(10), \`seen\` datetime, \`doc\` json, PRIMARY KEY (\`id\`)
);
INSERT INTO \`people\` VALUES ${people
  .map(
    (one) =>
      `(${one.id},${text(one.name)},${text(one.mail)},'${one.score}','${one.seen.slice(0, 19).replace('T', ' ')}',${text(one.doc)})`,
  )
  .join(',')};
`

async function parquet(path: string, people: readonly Person[]): Promise<void> {
  const connection = await (await DuckDBInstance.create(':memory:')).connect()
  const rows = people.map(
    (one) =>
      `(${one.id}::BIGINT, ${text(one.name)}, ${text(one.mail)}, ${one.score}::DECIMAL(10,2), '${one.seen}'::TIMESTAMPTZ, ${text(one.doc)})`,
  )
  await connection.run(
    `COPY (SELECT * FROM (VALUES ${rows.join(', ')}) AS t(${columns.join(', ')})) TO '${path}' (FORMAT parquet)`,
  )
}

const files = { 'one.jsonl': changeFile(arrived.slice(0, 2)), 'two.jsonl': changeFile(arrived.slice(2)) }

describe('reconcile', () => {
  test('tells missing, extra and different rows, in which columns, and the change file behind each, whatever the file is', async () => {
    const { write, run, folder } = await peopleProject(files)
    write({ 'people.csv': csv(there), 'people.jsonl': jsonLines(there), 'people.sql': dump(there) })
    await parquet(join(folder, 'people.parquet'), there)
    const at = { changeType: 'INSERT', at: '2024-05-01T12:00:00Z', deleted: false }
    const path = 'shop_people/2024/05/01/12/00'
    for (const source of ['people.csv', 'people.jsonl', 'people.parquet', 'people.sql']) {
      const { code, out, err } = await run('reconcile', 'shop.people', '--source', source, '--json')
      expect({ source, code, err, ...JSON.parse(out || '{}') }).toEqual({
        source,
        code: 1,
        err: '',
        table: 'shop.people',
        sourceRows: 3,
        tableRows: 3,
        missing: 1,
        extra: 1,
        different: 1,
        notCompared: [],
        ranges: null,
        differences: [
          {
            key: '[2]',
            kind: 'extra',
            columns: [],
            newestEvent: { file: `${path}/one.jsonl`, row: 1, ...at },
          },
          {
            key: '[3]',
            kind: 'different',
            columns: [
              ...(source === 'people.jsonl' ? [] : []),
              { name: 'name', source: 'Cyril', table: 'Cy' },
              { name: 'mail' },
              { name: 'doc', source: '{"n":2}', table: '{"n":1}' },
            ].toSorted((one, other) => orderIn(source, one.name) - orderIn(source, other.name)),
            newestEvent: { file: `${path}/two.jsonl`, row: 0, ...at },
          },
          { key: '[4]', kind: 'missing', columns: [], newestEvent: null },
        ],
      })
    }
    const { out } = await run('reconcile', 'shop.people', '--source', 'people.csv')
    expect(out).toContain('shop.people has 3 rows, people.csv 3: 1 missing, 1 extra, 1 different')
    expect(out).toContain('mail (private)')
    expect(out).not.toContain('example.com')
  }, 120_000)

  test('of equal rows says so; as of an instant, and of some columns alone', async () => {
    const { write, run, arrive } = await peopleProject(files)
    write({ 'people.csv': csv(arrived), 'names.csv': 'id,name\n1,Anna\n2,Ben\n3,Cy\n' })
    expect(await run('reconcile', 'shop.people', '--source', 'people.csv')).toEqual({
      code: 0,
      out: 'shop.people is what people.csv says: 3 rows\n',
      err: '',
    })
    const late = changeFile([person(4, 'Dora')]).replace(
      '"source_timestamp":"2024-05-01',
      '"source_timestamp":"2024-06-01',
    )
    arrive('three.jsonl', late)
    expect((await run('build')).code).toBe(0)
    expect((await run('reconcile', 'shop.people', '--source', 'people.csv')).code).toBe(1)
    const asOf = ['--as-of', '2024-05-02']
    expect((await run('reconcile', 'shop.people', '--source', 'people.csv', ...asOf)).code).toBe(0)
    const names = await run('reconcile', 'shop.people', '--source', 'names.csv', ...asOf)
    expect(names.out).toContain('not compared, for names.csv does not have them: mail, score, seen, doc')
  }, 120_000)

  test('a key that is private is not told, by rebuild neither', async () => {
    const { write, run } = await peopleProject(files, 'mail')
    write({ 'people.csv': csv(there), 'twice.csv': 'mail\np1@example.com\np1@example.com\n' })
    for (const flags of [['--json'], []]) {
      const { out } = await run('reconcile', 'shop.people', '--source', 'people.csv', ...flags)
      expect([out.includes('newestEvent') || out.includes('(private)'), out.includes('example.com')]).toEqual(
        [true, false],
      )
    }
    const twice = await run('reconcile', 'shop.people', '--source', 'twice.csv')
    expect(twice.err).toContain('error: a key stands 2 times in twice.csv')
    await run('query', 'DELETE FROM shop.people_state WHERE id = 2')
    const rebuilt = await run('rebuild', 'shop.people', '--dry-run', '--json')
    expect(JSON.parse(rebuilt.out).differences).toEqual([{ key: '(private)', kind: 'missing' }])
  }, 120_000)

  test('compares counts and checksums of ranges', async () => {
    const { write, run } = await peopleProject(files)
    // As MySQL answers: SELECT MIN(id), MAX(id), COUNT(*), BIT_XOR(CAST(CONV(LEFT(MD5(CONCAT(id, '|', name)), 15), 16, 10) AS UNSIGNED))
    write({
      'ranges.csv': `first_key,last_key,rows,checksum\n1,2,2,${xor('1|Anna', '2|Ben')}\n3,9,1,${xor('3|Cyril')}\n`,
    })
    const { code, out } = await run(
      'reconcile',
      'shop.people',
      '--source',
      'ranges.csv',
      '--ranges',
      '--columns',
      'id',
      '--columns',
      'name',
      '--json',
    )
    expect([code, JSON.parse(out).ranges]).toEqual([
      1,
      [{ first: '3', last: '9', sourceRows: 1, tableRows: 1, sameContent: false }],
    ])
  }, 120_000)

  test('refuses what it cannot compare, and says why', async () => {
    const { write, run } = await peopleProject(files)
    write({
      'twice.csv': 'id,name\n1,Anna\n1,Ben\n',
      'other.csv': 'id,nam\n1,Anna\n',
      'keyless.csv': 'name\nAnna\n',
      'wrong.csv': 'id,seen\n1,yesterday\n',
      'people.xls': '',
    })
    const wrong = async (source: string) =>
      (await run('reconcile', 'shop.people', '--source', source)).err.split('\n')[0]
    expect(await wrong('twice.csv')).toBe('error: key [1] stands 2 times in twice.csv: (id) is no key there')
    expect(await wrong('other.csv')).toBe(
      'error: other.csv has a column `nam`, which the table has not; did you mean `name`?',
    )
    expect(await wrong('keyless.csv')).toBe('error: keyless.csv lacks `id` of the key')
    expect(await wrong('wrong.csv')).toBe(
      'error: wrong.csv has values that cannot be read: 1 of `seen` as TIMESTAMP',
    )
    expect(await wrong('people.xls')).toBe(
      'error: people.xls: what it is cannot be told by the end of its name',
    )
    expect(await wrong('none.csv')).toBe('error: none.csv is not there')
  }, 120_000)
})

const orderIn = (source: string, name: string): number =>
  source === 'people.jsonl' || source === 'people.sql'
    ? [...columns].sort().indexOf(name as (typeof columns)[number])
    : columns.indexOf(name as (typeof columns)[number])

import { createHash } from 'node:crypto'

const xor = (...rows: readonly string[]): bigint =>
  rows.reduce((sum, row) => sum ^ BigInt(`0x${createHash('md5').update(row).digest('hex').slice(0, 15)}`), 0n)
