import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, describe, expect, test } from 'vitest'
import { type DumpOptions, readDump } from '../../loaders/sample/dump/read.ts'
import { sampleStream } from '../../loaders/sample/stream.ts'
import { Problem } from '../../runner/problem.ts'
import { shared } from '../shared.ts'
import { finalRows, readFiles } from './read-stream.ts'

const folder = mkdtempSync(join(tmpdir(), 'streamform-dump-'))
afterAll(() => rmSync(folder, { recursive: true }))

function dumpFile(text: string | Buffer): string {
  const file = join(
    folder,
    `${Math.abs(Number(BigInt.asIntN(50, BigInt(text.length) * 7919n)))}-${files++}.sql`,
  )
  writeFileSync(file, text)
  return file
}
let files = 0

const items = (text: string | Buffer, options: Omit<DumpOptions, 'file'> = {}) => [
  ...readDump({ file: dumpFile(text), database: 'shop', ...options }),
]
const rows = (text: string | Buffer, options: Omit<DumpOptions, 'file'> = {}) =>
  items(text, options).flatMap((item) => (item.kind === 'row' ? [item.row] : []))
const problem = (text: string, options: Omit<DumpOptions, 'file'> = {}): string => {
  try {
    items(text, options)
  } catch (error) {
    if (error instanceof Problem) return error.toString().replace(/^.*\.sql:?/, '')
    throw error
  }
  return 'no problem'
}

describe('a dump', () => {
  test("gives each type of MySQL's as Datastream writes it", () => {
    const given = items(`
CREATE TABLE \`t\` (
  \`tiny\` tinyint unsigned, \`flag\` tinyint(1), \`small\` smallint, \`medium\` mediumint unsigned, \`i\` int NOT NULL, \`iu\` int unsigned,
  \`big\` bigint, \`bigu\` bigint(20) unsigned zerofill, \`b\` bit(8), \`f\` float, \`d\` double, \`dec\` decimal(10,2), \`plain\` decimal,
  \`day\` date, \`dt\` datetime(6), \`ts\` timestamp NULL DEFAULT CURRENT_TIMESTAMP ON UPDATE CURRENT_TIMESTAMP, \`tm\` time, \`y\` year,
  \`c\` char(3) CHARACTER SET latin1 COLLATE latin1_bin, \`v\` varchar(20) DEFAULT 'x,)', \`txt\` longtext COMMENT 'a, (b',
  \`e\` enum('a','b)') NOT NULL, \`s\` set('x','y'), \`bin\` binary(4), \`vb\` varbinary(8), \`bl\` blob, \`j\` json, \`g\` point,
  PRIMARY KEY (\`i\`,\`c\`(2)) USING BTREE, UNIQUE KEY \`u\` (\`v\`), KEY \`x\` ((lower(\`v\`))),
  CONSTRAINT \`k\` CHECK ((\`i\` > 0)), CONSTRAINT \`fk\` FOREIGN KEY (\`i\`) REFERENCES \`o\` (\`i\`)
) ENGINE=InnoDB AUTO_INCREMENT=5 DEFAULT CHARSET=utf8mb4 COMMENT='x;y' /*!50100 PARTITION BY HASH (\`i\`) PARTITIONS 4 */;
INSERT INTO \`t\` VALUES (255,1,-5,16777215,7,4294967295,-9223372036854775808,00000000000000000042,b'101',1.5,-2.5e-3,-12.30,42,
 '2024-02-29','9999-12-31 23:59:59.999999','1970-01-01 00:00:01','-838:59:59.5',2024,
 'abc','l\\'été \\\\ "x" ''y'' \\n','','b)','x,y',0x0102,_binary 'A\\0B','','{"a": 1}',NULL),
 (0,0,NULL,NULL,8,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,'d',NULL,NULL,'a','',x'ff',NULL,NULL,NULL,NULL);`)
    const [table, first, second] = given
    expect(table).toEqual({
      kind: 'table',
      table: expect.objectContaining({ database: 'shop', table: 't', primaryKeys: ['i', 'c'] }),
    })
    const types = table?.kind === 'table' ? table.table.columns.map(({ name, type }) => [name, type]) : []
    const timestamp = { type: 'long', logicalType: 'timestamp-micros' }
    expect(types).toEqual([
      ...['tiny', 'flag', 'small', 'medium', 'i'].map((name) => [name, 'int']),
      ['iu', 'long'],
      ['big', 'long'],
      ['bigu', { type: 'string', logicalType: 'number' }],
      ['b', 'long'],
      ['f', 'float'],
      ['d', 'double'],
      ['dec', { type: 'bytes', logicalType: 'decimal', precision: 10, scale: 2 }],
      ['plain', { type: 'bytes', logicalType: 'decimal', precision: 10, scale: 0 }],
      ['day', timestamp],
      ['dt', timestamp],
      ['ts', timestamp],
      ['tm', { type: 'long', logicalType: 'time-interval-micros' }],
      ['y', 'int'],
      ...['c', 'v', 'txt', 'e', 's', 'bin', 'vb', 'bl'].map((name) => [name, 'string']),
      ['j', { type: 'string', logicalType: 'json' }],
      ['g', { type: 'null', logicalType: 'unsupported' }],
    ])
    expect(first).toEqual({
      kind: 'row',
      row: {
        tiny: 255,
        flag: 1,
        small: -5,
        medium: 16777215,
        i: 7,
        iu: 4294967295n,
        big: -9223372036854775808n,
        bigu: '42',
        b: 5n,
        f: 1.5,
        d: -0.0025,
        dec: Buffer.from('fb32', 'hex'),
        plain: Buffer.from('2a', 'hex'),
        day: 1709164800000000n,
        dt: 253402300799999999n,
        ts: 1000000n,
        tm: -3020399500000n,
        y: 2024,
        c: 'abc',
        v: "l'été \\ \"x\" 'y' \n",
        txt: '',
        e: 'b)',
        s: 'x,y',
        bin: '01020000',
        vb: '410042',
        bl: '',
        j: '{"a": 1}',
        g: null,
      },
    })
    expect(second).toMatchObject({ row: { tiny: 0, small: null, bin: 'ff000000', e: 'a' } })
  })

  test('is read whatever stands between: comments, settings, views, triggers, other delimiters', () => {
    const text = `-- MySQL dump 10.13
-- Host: localhost    Database: from_comment
/*M!999999\\- enable the sandbox mode */
/*!40101 SET NAMES utf8mb4 */; # a comment; with ' a quote
/* another ; ' */
DROP TABLE IF EXISTS \`a b\`;
CREATE TABLE IF NOT EXISTS \`a b\` (\`id\` int PRIMARY KEY, \`größe "x"\` text);
LOCK TABLES \`a b\` WRITE;
/*!40000 ALTER TABLE \`a b\` DISABLE KEYS */;
INSERT  IGNORE INTO \`a b\` (\`größe "x"\`, \`id\`) VALUES ('ß',1);
INSERT INTO \`a b\` VALUES (2,'zwei');
/*!40000 ALTER TABLE \`a b\` ENABLE KEYS */;
UNLOCK TABLES;
/*!50001 CREATE ALGORITHM=UNDEFINED VIEW \`v\` AS select 1 AS \`x\` */;
DELIMITER ;;
/*!50003 CREATE*/ /*!50017 DEFINER=\`r\`@\`%\`*/ /*!50003 TRIGGER t BEFORE INSERT ON x FOR EACH ROW BEGIN
  INSERT INTO nowhere VALUES (1); SET NEW.a = ';;x';
END */;;
DELIMITER ;
USE \`other\`;
CREATE TABLE t (id int);
INSERT INTO t VALUES (1);
`
    const all = [...readDump({ file: dumpFile(text) })]
    expect(
      all.map((item) =>
        item.kind === 'row' ? item.row : [item.table.database, item.table.table, item.table.primaryKeys],
      ),
    ).toEqual([
      ['from_comment', 'a b', ['id']],
      { 'größe "x"': 'ß', id: 1 },
      { 'größe "x"': 'zwei', id: 2 },
      ['other', 't', []],
      { id: 1 },
    ])
  })

  test('may hold binary strings that are no text, across any boundary of the reader', () => {
    const filler = `INSERT INTO t VALUES ${Array.from({ length: 4_000 }, (_, i) => `(${i},'${'x'.repeat(300)}')`).join(',')};\n`
    const bytes = Buffer.concat([
      Buffer.from(`CREATE TABLE t (id int, b blob);\n${filler}INSERT INTO t VALUES (-1,_binary '`),
      Buffer.from([0xff, 0xfe, 0x5c, 0x27, 0x00, 0x80]),
      Buffer.from("');"),
    ])
    const read = rows(bytes)
    expect(read).toHaveLength(4_001)
    expect(read.at(-1)).toEqual({ id: -1, b: 'fffe270080' })
    expect(read.map((row) => row['id'])).toEqual([...Array(4_000).keys(), -1])
  })

  test('gives back every text and every byte that MySQL escapes', () => {
    const codes: Record<string, string> = { '\0': '0', '\n': 'n', '\r': 'r', '\x1a': 'Z' }
    const escaped = (bytes: Buffer) =>
      [...bytes.toString('latin1')]
        .map((each) => (each in codes || '\\\'"'.includes(each) ? `\\${codes[each] ?? each}` : each))
        .join('')
    const text = fc.string({ unit: 'binary', maxLength: 40 })
    const bytes = fc.uint8Array({ maxLength: 40 }).map((each) => Buffer.from(each))
    fc.assert(
      fc.property(fc.array(fc.tuple(text, bytes), { minLength: 1, maxLength: 20 }), (pairs) => {
        const values = pairs.map(
          ([a, b]) => `('${escaped(Buffer.from(a))}',_binary '${escaped(b)}',0x${b.toString('hex') || '00'})`,
        )
        const dump = `CREATE TABLE t (a text, b blob, c blob);\nINSERT INTO t VALUES ${values.join(',')};`
        expect(rows(Buffer.from(dump, 'latin1'))).toEqual(
          pairs.map(([a, b]) => ({ a, b: b.toString('hex'), c: b.toString('hex') || '00' })),
        )
      }),
      { numRuns: 100 },
    )
  })

  test('gives generated columns what MySQL computes, where that can be done exactly', () => {
    const text = `CREATE TABLE c (
  doc json DEFAULT NULL,
  _id varbinary(32) GENERATED ALWAYS AS (json_unquote(json_extract(\`doc\`,_utf8mb4'$._id'))) STORED NOT NULL,
  _json_schema json GENERATED ALWAYS AS (_utf8mb4'{"type":"object","a":[1,2]}') VIRTUAL,
  deep varchar(9) AS (\`doc\`->>'$.a."b c"[1]'),
  sub json AS (json_extract(\`doc\`,'$.a')),
  PRIMARY KEY (\`_id\`));
INSERT INTO c (doc) VALUES ('{"_id": 12345678901234567890.50, "a": {"b c": [1, true, 1.10]}}'),('{"_id": "x1", "a": {"b c": [1, "two"]}}'),('{"_id": "x2"}'),('{"_id": "x3", "a": {"b c": [1, 2]}}');`
    expect(rows(text).map(({ doc: _, ...generated }) => generated)).toEqual([
      {
        _id: Buffer.from('12345678901234567890.50').toString('hex'),
        _json_schema: '{"a": [1, 2], "type": "object"}',
        deep: 'true',
        sub: '{"b c": [1, true, 1.10]}',
      },
      {
        _id: '7831',
        _json_schema: '{"a": [1, 2], "type": "object"}',
        deep: 'two',
        sub: '{"b c": [1, "two"]}',
      },
      { _id: '7832', _json_schema: '{"a": [1, 2], "type": "object"}', deep: null, sub: null },
      { _id: '7833', _json_schema: '{"a": [1, 2], "type": "object"}', deep: '2', sub: '{"b c": [1, 2]}' },
    ])
  })

  test('may leave columns to their defaults', () => {
    const text =
      "CREATE TABLE t (id int, a varchar(3) DEFAULT 'abc', n int DEFAULT NULL, z int NOT NULL DEFAULT '0');\nINSERT INTO t (id) VALUES (1);"
    expect(rows(text)).toEqual([{ id: 1, a: 'abc', n: null, z: 0 }])
  })

  test('becomes the backfill of its tables, tables without a key too', async () => {
    const text = `CREATE TABLE \`order items\` (\`order\` int, \`größe\` varchar(9));
INSERT INTO \`order items\` VALUES (1,'L'),(2,NULL);`
    const [file, ...more] = await readFiles(
      sampleStream({
        seed: '1',
        scale: 1,
        changes: true,
        dump: { file: dumpFile(text), database: 'my shop' },
      }),
    )
    expect(more).toEqual([])
    expect(file?.path).toMatch(/^my shop_order items\/2024\/06\/01\/00\/00\//)
    expect(
      file?.events.map((event) => [
        event.object,
        event.source_metadata.table,
        event.source_metadata.primary_keys,
        { ...event.payload },
      ]),
    ).toEqual([
      ['my shop_order items', 'order items', [], { order: 1, gr__e: 'L' }],
      ['my shop_order items', 'order items', [], { order: 2, gr__e: null }],
    ])
  })
})

describe('a dump that is not understood says where and why', () => {
  const table = 'CREATE TABLE t (id int, at datetime, name varchar(5));\n'
  test.each([
    [
      'a value that does not fit',
      `${table}INSERT INTO t VALUES\n (1,NULL,'a'),\n ('x',NULL,'b');`,
      '4:3: "x" does not fit column `id` of type int',
    ],
    [
      'too large a number',
      `${table}INSERT INTO t VALUES (2147483648,NULL,'a');`,
      '2:23: "2147483648" does not fit column `id` of type int',
    ],
    [
      'no date',
      `${table}INSERT INTO t VALUES (1,'2023-02-30 00:00:00','a');`,
      '2:25: "2023-02-30 00:00:00" does not fit column `at` of type datetime',
    ],
    [
      'a zero date',
      `${table}INSERT INTO t VALUES (1,'0000-00-00 00:00:00','a');`,
      '2:25: column `at` holds `0000-00-00 00:00:00`, which is no date\n  --zero-dates null writes NULL for such dates',
    ],
    ['too few values', `${table}INSERT INTO t VALUES (1,NULL);`, '2:29: expected `,`: the row has 3 columns'],
    [
      'too many values',
      `${table}INSERT INTO t VALUES (1,NULL,'a',2);`,
      '2:33: expected `)`: the row has 3 columns',
    ],
    [
      'an expression',
      `${table}INSERT INTO t VALUES (1,now(),'a');`,
      '2:25: `now` is no constant\n  only constants are understood as values',
    ],
    [
      'a fraction of a bit',
      'CREATE TABLE t (b bit(4));\nINSERT INTO t VALUES (1.5);',
      '2:23: "1.5" does not fit column `b` of type bit',
    ],
    [
      'a time that is none',
      "CREATE TABLE t (b time);\nINSERT INTO t VALUES ('10:60:00');",
      '2:23: "10:60:00" does not fit column `b` of type time',
    ],
    [
      'a change of a table',
      `${table}ALTER TABLE t ADD PRIMARY KEY (id);`,
      '2:1: `ALTER TABLE` is not understood\n  make the dump with mysqldump, whose CREATE TABLE says everything',
    ],
    ['a type', 'CREATE TABLE t (id uuid);', '1:20: unknown type `uuid` of column `id`'],
    [
      'rows of no table',
      'INSERT INTO x VALUES (1);',
      '1:13: rows for table `x`, which the dump does not create',
    ],
    [
      'another statement',
      `${table}UPDATE t SET id = 2;`,
      '2:1: `UPDATE` is no statement of a mysqldump file',
    ],
    ['no dump at all', 'id,name\n1,a\n', '1:1: `id` is no statement of a mysqldump file'],
    [
      'a file that is cut off',
      `${table}INSERT INTO t VALUES (1,NULL,'a`,
      '2:30: the file ends within a quoted text\n  the dump is cut off: make it again',
    ],
    [
      'another encoding',
      'SET NAMES latin1;',
      '1:5: the dump is written in `latin1`\n  make it with --default-character-set=utf8mb4',
    ],
    [
      'a generated column that cannot be computed',
      'CREATE TABLE t (a int, b int AS (`a` + 1));',
      '1:1: generated column `b`: `a + 1` cannot be computed here\n  only constants, columns and members of JSON columns can: leave the table out with --without TABLE',
    ],
    [
      'no tables',
      '-- nothing\n',
      ' the file creates no table\n  make it with `mysqldump DATABASE`, without --no-create-info',
    ],
  ])('%s', (_, text, expected) => expect(problem(text)).toBe(expected))

  test('a table that no database is named for', () => {
    expect(() => [...readDump({ file: dumpFile(table) })]).toThrow(
      'the dump does not say which database `t` is in',
    )
  })

  test('but zero dates become NULL, and tables are left out, where that is asked for', () => {
    const text = `${table}INSERT INTO t VALUES (1,'0000-00-00 00:00:00','a');\nCREATE TABLE u (g int AS (id+1));\nINSERT INTO u VALUES (1);`
    expect(rows(text, { zeroDates: 'null', without: ['shop.u'] })).toEqual([{ id: 1, at: null, name: 'a' }])
  })
})

const worldX = shared('data/world_x.sql')

describe.skipIf(worldX === undefined)('the real world_x dump (skipped where it is absent)', () => {
  const options = { seed: '1', scale: 1, dump: { file: worldX ?? '' } }
  const counts = { country: 239, city: 4079, countrylanguage: 984, countryinfo: 239 }

  test('has as many rows in its backfill as MySQL has', async () => {
    const read = await readFiles(sampleStream({ ...options, changes: false }))
    for (const [table, count] of Object.entries(counts)) {
      const events = read
        .flatMap((file) => file.events)
        .filter((event) => event.source_metadata.table === table)
      expect([table, events.length, finalRows(read, table).size]).toEqual([table, count, count])
      expect(new Set(events.map((event) => event.read_method))).toEqual(new Set(['mysql-backfill-fulldump']))
    }
  })

  test('has those rows, and the same ranking of languages, after the scripted day', async () => {
    const read = await readFiles(sampleStream({ ...options, changes: true }))
    for (const [table, count] of Object.entries(counts))
      expect([table, finalRows(read, table).size]).toEqual([table, count])
    const spoken = [...finalRows(read, 'countrylanguage').values()].filter(
      (row) => Number(row['Percentage']) >= 50,
    )
    const ranking = [...Map.groupBy(spoken, (row) => String(row['Language']))]
      .map(([language, countries]) => [language, countries.length] as const)
      .filter(([, countries]) => countries >= 2)
      .sort((left, right) => right[1] - left[1])
    expect(ranking).toHaveLength(17)
    expect(ranking.slice(0, 7)).toEqual([
      ['Spanish', 20],
      ['Arabic', 16],
      ['English', 11],
      ['Creole English', 8],
      ['Creole French', 6],
      ['German', 4],
      ['Serbo-Croatian', 3],
    ])
  })
})
