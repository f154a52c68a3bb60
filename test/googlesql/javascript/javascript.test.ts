import { afterAll, describe, expect, test } from 'vitest'
import { Isolate } from '../../../runner/googlesql/lower/library/javascript/isolate.ts'
import { openDuckDbWarehouse } from '../../../runner/warehouse/duckdb/warehouse.ts'
import { problemOf, rowsOf } from '../../warehouse/fresh-warehouse.ts'

const warehouse = await openDuckDbWarehouse({ path: ':memory:', defaultProject: 'p', defaultDataset: 'd' })
afterAll(() => warehouse.close())
const temporary = (head: string, body: string, select: string) =>
  `CREATE TEMP FUNCTION ${head} LANGUAGE js AS r"""${body}
"""; SELECT ${select}`

describe('a JavaScript function', () => {
  test.each<readonly [name: string, sql: string, rows: unknown]>([
    [
      'has FLOAT64 as numbers, the special ones too, STRING as strings, and NULL as null',
      temporary(
        'f(x FLOAT64, s STRING) RETURNS STRING',
        'return `${x} ${1 / x} ${s} ${s === null}`',
        "f(1.5, 'é'), f(-0.0, NULL), f(CAST('nan' AS FLOAT64), ''), f(CAST('-inf' AS FLOAT64), ''), f(NULL, '')",
      ),
      [
        [
          '1.5 0.6666666666666666 é false',
          '0 -Infinity null true',
          'NaN NaN  false',
          '-Infinity 0  false',
          'null Infinity  false',
        ],
      ],
    ],
    [
      'has a NUMERIC as a number where that is exact and whole, else as text',
      temporary(
        'f(x NUMERIC) RETURNS STRING',
        'return `${typeof x} ${x}`',
        "f(12), f(1.5), f(9007199254740992), f(9007199254740993), f(NUMERIC '-0.000000001')",
      ),
      [
        [
          'number 12',
          'string 1.5',
          'number 9007199254740992',
          'string 9007199254740993',
          'string -0.000000001',
        ],
      ],
    ],
    [
      'has a BIGNUMERIC so too',
      temporary(
        'f(x BIGNUMERIC) RETURNS BIGNUMERIC',
        'return typeof x === "string" ? x : x + 1',
        "f(1), f(BIGNUMERIC '0.00000000000000000000000000000000000001')",
      ),
      [['2', '0.00000000000000000000000000000000000001']],
    ],
    [
      'has INT64 as numbers',
      temporary(
        'f(x INT64, a ARRAY<INT64>) RETURNS INT64',
        'return x === 1 ? a.reduce((b, c) => b + c, x) : a',
        'f(1, [2, -9007199254740992])',
      ),
      [[-9007199254740989]],
    ],
    [
      'has BYTES as base64',
      temporary('f(x BYTES) RETURNS STRING', 'return x', "f(b'ab\\xff'), f(b'')"),
      [['YWL/', '']],
    ],
    [
      'gives BYTES as base64',
      temporary('f(x STRING) RETURNS BYTES', 'return x', "TO_HEX(f('YWL/'))"),
      [['6162ff']],
    ],
    [
      'has dates and timestamps as Date, and gives them',
      temporary(
        'f(d DATE, t TIMESTAMP) RETURNS STRUCT<d DATE, t TIMESTAMP, s STRING>',
        'return { d, t, s: d.toISOString() + t.getTime() }',
        "TO_JSON_STRING(f('0001-01-01', '9999-12-31 23:59:59.999'))",
      ),
      [['{"d":"0001-01-01","t":"9999-12-31T23:59:59.999Z","s":"0001-01-01T00:00:00.000Z253402300799999"}']],
    ],
    [
      'has and gives JSON as objects',
      temporary(
        'f(j JSON) RETURNS JSON',
        'return { keys: Object.keys(j), j }',
        `f(JSON '{"b":[1,{"a":null}],"a":"x"}')`,
      ),
      [['{"j":{"a":"x","b":[1,{"a":null}]},"keys":["a","b"]}']],
    ],
    [
      'has and gives arrays of structs',
      temporary(
        'f(a ARRAY<STRUCT<k STRING, v ARRAY<FLOAT64>>>) RETURNS ARRAY<STRUCT<k STRING, n INT64, b BOOL>>',
        'return a.map(({ k, v }) => ({ k: k + `\'"\\\\`, n: v.length, b: v[0] > 1, more: 1 }))',
        "ARRAY_LENGTH(r), r[0].k, r[0].n, r[1].b FROM (SELECT f([STRUCT('x' AS k, [1.0, 2] AS v), STRUCT('y', [3.0])]) AS r)",
      ),
      [[2, 'x\'"\\', 2, true]],
    ],
    [
      'gives INT64 as whole numbers and as texts of any size',
      temporary(
        'f(x STRING) RETURNS INT64',
        'return x.length < 3 ? Number(x) : x',
        "f('12'), CAST(f('9223372036854775807') AS STRING), CAST(f('-9223372036854775808') AS STRING)",
      ),
      [[12, '9223372036854775807', '-9223372036854775808']],
    ],
    [
      'gives NULL for null and undefined',
      temporary('f(x BOOL) RETURNS FLOAT64', 'if (x) return null', 'f(TRUE), f(FALSE)'),
      [[null, null]],
    ],
    [
      'is called for every row of a long table, once each',
      temporary(
        'f(x FLOAT64) RETURNS FLOAT64',
        'return x * 2',
        'SUM(f(x)), COUNT(DISTINCT f(x)) FROM UNNEST(GENERATE_ARRAY(1, 5000)) AS x WHERE f(x) > 2',
      ),
      [[25004998, 4999]],
    ],
  ])('%s', async (_name, sql, rows) => {
    expect(await rowsOf(warehouse, sql)).toEqual(rows)
  })

  test.each<readonly [name: string, sql: string, error: RegExp]>([
    ['a DATETIME', temporary('f(x DATETIME) RETURNS BOOL', 'return 1', 'f(NULL)'), /type DATETIME/],
    ['a result of type TIME', temporary('f() RETURNS TIME', 'return 1', 'f()'), /cannot return type TIME/],
    [
      'a library',
      `CREATE TEMP FUNCTION f() RETURNS BOOL LANGUAGE js OPTIONS (library = 'gs://a/b.js') AS 'return g()'; SELECT f()`,
      /OPTIONS\(library = …\).*not supported locally/,
    ],
    [
      'half a number as INT64',
      temporary('f() RETURNS INT64', 'return 1.5', 'f()'),
      /Error: Failed to coerce output value 1.5 to type INT64 at f\(\)/,
    ],
    [
      'half a number as INT64 in an array',
      temporary('f() RETURNS ARRAY<INT64>', 'return ["1.5"]', 'f()'),
      /Failed to coerce output value 1.5 to type INT64/,
    ],
    ['an object as STRING', temporary('f() RETURNS STRING', 'return {}', 'f()'), /to type STRING/],
    ['a text as DATE', temporary('f() RETURNS DATE', 'return "2024-01-01"', 'f()'), /to type DATE/],
    [
      'microseconds',
      temporary('f(t TIMESTAMP) RETURNS BOOL', 'return true', "f('2024-01-01 00:00:00.000001')"),
      /TIMESTAMP with microseconds is not supported locally/,
    ],
    [
      'an INT64 that JavaScript has not',
      temporary('f(x ARRAY<INT64>) RETURNS BOOL', 'return true', 'f([9007199254740993])'),
      /an INT64 beyond 2\^53 is not supported locally/,
    ],
    [
      'a Promise',
      temporary('f() RETURNS JSON', 'return Promise.resolve(1)', 'f()'),
      /gives a Promise is not supported locally/,
    ],
    [
      'an error of its own',
      temporary('f() RETURNS BOOL', 'throw new RangeError("no")', 'f()'),
      /RangeError: no at f\(\) line 1, column 1/,
    ],
    [
      'text that is no JavaScript',
      temporary('f() RETURNS BOOL', 'return (', 'f()'),
      /SyntaxError: .* at f\(\)/,
    ],
  ])('refuses %s', async (_name, sql, error) => {
    expect(await problemOf(warehouse.execute(sql))).toMatch(error)
  })

  test('is kept in its dataset', async () => {
    await rowsOf(warehouse, 'CREATE SCHEMA js')
    await rowsOf(
      warehouse,
      'CREATE FUNCTION js.twice(x FLOAT64) RETURNS FLOAT64 DETERMINISTIC LANGUAGE js AS "return 2 * x"',
    )
    expect(await rowsOf(warehouse, 'SELECT js.twice(x) FROM UNNEST([1, 2]) AS x ORDER BY 1')).toEqual([
      [2],
      [4],
    ])
  })
})

describe('the isolate', () => {
  const isolate = new Isolate({ milliseconds: 1000, megabytes: 48 })
  const string = { kind: 'STRING', name: 'STRING' }
  const run = (body: string, rows: readonly unknown[][] = [[]]) =>
    isolate.run({
      body,
      names: [],
      types: JSON.stringify({ parameters: [], returns: string }),
      rows: JSON.stringify(rows),
    })
  const fine = { values: ['fine'] }
  const evalError = {
    error: 'EvalError: Code generation from strings disallowed for this context',
  }

  test('has nothing but the language', () => {
    const names = [
      'process',
      'require',
      'module',
      'fetch',
      'setTimeout',
      'queueMicrotask',
      'Buffer',
      'WebAssembly',
    ]
    expect(run(`return [${names.map((name) => `typeof ${name}`)}].join()`)).toEqual({
      values: [names.map(() => 'undefined').join()],
    })
    expect(run('return typeof Uint8Array + typeof ArrayBuffer + typeof Atomics')).toEqual({
      values: ['undefinedundefinedundefined'],
    })
  })

  test.each([
    'return this.constructor.constructor("return process")()',
    'return (() => {}).constructor("return process")()',
    'return (async () => {}).constructor("return process")()',
    'return Reflect.construct(Function, ["return process"])()',
    'return eval("process")',
    'try { null.x } catch (error) { return error.constructor.constructor("return process")() }',
    'const f = () => f(); try { f() } catch (error) { return error.constructor.constructor("return process")() }',
  ])('makes no code of text, whatever is reached: %s', (body) => {
    expect(run(body)).toMatchObject(evalError)
  })

  test.each([
    'return typeof arguments.callee.caller + (arguments.callee.caller === null)',
    'let seen = []; Error.prepareStackTrace = (_, frames) => { seen = frames; return "" }; new Error().stack; return "object" + (seen.length === 0)',
    'return "object" + (new Proxy({}, {}).constructor === Object)',
  ])('shows nothing of who calls: %s', (body) => {
    expect(run(body)).toEqual({ values: ['objecttrue'] })
  })

  test('imports nothing', () => {
    const error = { error: 'the word import is not supported locally' }
    expect(run('return import("node:fs")')).toEqual(error)
    expect(run('return import /**/ ("node:fs")')).toEqual(error)
    expect(run('return im\\u0070ort("node:fs")')).toMatchObject({
      error: expect.stringContaining('SyntaxError'),
    })
  })

  test('ends a loop without end, also one that comes later, and works on', () => {
    const late = { error: 'it took more than 1 s' }
    expect(run('for (;;) {}')).toEqual(late)
    expect(run('return "fine"')).toEqual(fine)
    expect(run('Promise.resolve().then(() => { for (;;) {} }); return "fine"')).toEqual(late)
    expect(run('return "fine"')).toEqual(fine)
    expect(run('return { toString() { for (;;) {} } }')).toMatchObject({ error: expect.anything() })
    expect(run('throw { get message() { for (;;) {} }, toString() { for (;;) {} } }')).toEqual(late)
    expect(run('return "fine"')).toEqual(fine)
  })

  test('ends what takes too much memory, and works on', () => {
    expect(run('const all = []; for (;;) all.push(new Array(100000).fill(1.5))')).toEqual({
      error: 'it took more than 48 MB of memory',
    })
    expect(run('return "x".repeat(2 ** 29) + "y".repeat(2 ** 29)')).toMatchObject({
      error: expect.stringMatching(/Invalid string length|MB of memory/),
    })
    expect(run('return "fine"')).toEqual(fine)
  })

  test('is another realm for every request, and trusts nothing that a function changed', () => {
    // Each statement bears being run twice: rows of a request share a realm.
    const pollution = `
      Object.prototype.polluted = 1; Object.prototype.toJSON = () => "bad"; Object.getPrototypeOf('').toString = () => "bad"
      Array.prototype[0] = "bad"; Array.prototype[Symbol.iterator] = undefined; Array.isArray = () => false
      Object.defineProperty(Array.prototype, 1, { configurable: true, set() { throw 1 } })
      JSON.stringify = () => "bad"; JSON.parse = () => "bad"; Reflect.apply = () => "bad"; String = () => "bad"
      Error.prototype.toString = () => "bad"; return "fine"`
    expect(run(pollution, [[], [], []])).toEqual({ values: ['fine', 'fine', 'fine'] })
    expect(
      run('return typeof ({}).polluted === "undefined" && [1, 2].length === 2 ? "fine" : "bad"'),
    ).toEqual(fine)
  })

  test('tells an error that cannot be told', () => {
    expect(run('throw { toString() { throw 1 } }')).toEqual({ error: 'an error that cannot be shown' })
    expect(run('throw null')).toEqual({ error: 'null' })
    expect(run('}); (function () { return 1')).toMatchObject({
      error: expect.stringContaining('SyntaxError'),
    })
  })
})
