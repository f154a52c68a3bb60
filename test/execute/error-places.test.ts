import { expect, test } from 'vitest'
import { temporaryProject } from '../commands/temporary-project.ts'

const table = 'config { type: "table" }\n'
const from = 'FROM ${ref("source")}'

/** Files that each have one error, and where it must be told. */
const wrong: Readonly<Record<string, readonly [text: string, error: string]>> = {
  name: [
    'config {\n  type: "table",\n  description: "`x` and \\\\ y"\n}\n\n-- `comment`\nSELECT\n  id,\n  r\'\\d\' AS pattern,\n  nam\n' +
      from,
    '10:3: Unrecognized name: nam; Did you mean name?',
  ],
  syntax: [
    `${table}js { const columns = ["id", "name"]; }\n\nSELECT\n  \${columns.join(",\\n  ")},\n  b b c\n${from}`,
    '6:7: Syntax error: Expected end of input but got identifier "c"',
  ],
  behind_long_lines: [
    `${table}SELECT\n  \${["id", "name"].map((c) => \`\${c} AS \${c}_2\`).join(",\\n\\n  ")}, zz\n${from}`,
    '3:67: Unrecognized name: zz',
  ],
  include: [
    `${table}SELECT \${parts.total("b")} AS t\n${from}`,
    '2:8: Unrecognized name: c (in what `${parts.total("b")}` gives: `+ MAX(c) AS t`)',
  ],
  include_behind_table: [
    `${table}SELECT id\n${from}\n\${parts.where}\n`,
    '4:1: Unrecognized name: nosuch (in what `${parts.where}` gives: `WHERE b > nosuch`)',
  ],
  whole: [
    `${table}\n\${parts.query(ref("source"))}\n`,
    '3:1: Unrecognized name: nope (in what `${parts.query(ref("source"))}` gives: `SELECT nope`)',
  ],
  template: [`${table}\n\${\`SELECT id,\n  nnn ${from}\`}`, '4:3: Unrecognized name: nnn'],
  joined: [
    `${table}SELECT t.id ${from} AS t JOIN \${ref("source")} AS u\n  ON t.id = u.iid`,
    '3:15: Name iid not found inside u; Did you mean id?',
  ],
  before: [
    `config { type: "incremental" }\n\npre_operations {\n  DECLARE n INT64 DEFAULT 1;\n  SET n = n + x\n}\n\nSELECT id ${from}\n`,
    '5:15: Unrecognized name: x',
  ],
  after: [
    `${table}\nSELECT id ${from}\n\npost_operations {\n  INSERT INTO \${self()} (id, nid) VALUES (1, 2)\n}\n`,
    '6:30: Column nid is not present in table ds.af',
  ],
  second: [
    'config { type: "operations" }\n\nCREATE OR REPLACE TABLE ds.o AS SELECT 1 AS a\n---\nSELECT a, aa FROM ds.o\n',
    '5:11: Unrecognized name: aa',
  ],
  missing: [
    `${table}SELECT id\nFROM ds.nothing_here\n`,
    '3:6: Not found: Table proj:ds.nothing_here was not found',
  ],
}

test('an error in SQL that JavaScript makes is told at the line of the macro, or with the line that it made', async () => {
  const project = temporaryProject({
    'macros/parts.js': [
      "const { last } = require('macros/last')",
      'const query = (key) => `SELECT',
      '    ABS(1) AS one,',
      '    ABSS(2) AS two,',
      '    ${key}`',
      'module.exports = { query, last }',
    ].join('\n'),
    'macros/last.js': 'const last = () => `SELECT 1 AS a,\n  nope AS b`\nmodule.exports = { last }',
    'definitions/layers.js': `const { query, last } = require('macros/parts')
publish('far', { type: 'table', schema: 'ds' }).query(() => last())
publish('known', { type: 'table', schema: 'ds' }).query(() => query('3 AS three'))
publish('put_together', { type: 'table', schema: 'ds' }).query(() => query(['noth', 'ing AS three'].join('')).replace('ABSS', 'ABS'))`,
  })
  const { code, out } = await project.streamform('run')
  expect(code).toBe(1)
  expect(out.split('\n').filter((line) => line.startsWith('error: '))).toEqual([
    'error: macros/last.js:2:3: Unrecognized name: nope (in `ds.far` of definitions/layers.js)',
    'error: macros/parts.js:4:5: Function not found: ABSS; Did you mean ABS? (in `ds.known` of definitions/layers.js)',
    'error: definitions/layers.js: Unrecognized name: nothing (line 6, column 5 of its statement: `nothing AS three`)',
  ])
}, 60_000)

test('an error in the SQL of a model is told at the place in its file, through ${} and includes', async () => {
  const project = temporaryProject({
    'includes/parts.js': [
      'const total = (column) => `SUM(${column})\n    + MAX(c)`;',
      'const where = "\\n  WHERE b > nosuch";',
      'const query = (table) => `SELECT nope\n  FROM ${table}`;',
      'module.exports = { total, where, query };',
    ].join('\n'),
    'definitions/source.sqlx': `${table}SELECT 1 AS id, 'x' AS name, 2 AS b`,
    ...Object.fromEntries(Object.entries(wrong).map(([name, [text]]) => [`definitions/${name}.sqlx`, text])),
  })
  const { code, out } = await project.streamform('run')
  expect(code).toBe(1)
  const told = out.split('\n').filter((line) => line.startsWith('error: '))
  const found = Object.keys(wrong).map((name) => {
    const start = `error: definitions/${name}.sqlx:`
    return [name, told.find((line) => line.startsWith(start))?.slice(start.length)]
  })
  const expected = Object.entries(wrong).map(([name, [, error]]) => [name, error])
  const starts = found.map(([name, line], index) => [name, line?.slice(0, expected[index]?.[1]?.length)])
  expect(starts).toEqual(expected)
  expect(told).toHaveLength(expected.length)
}, 60_000)
