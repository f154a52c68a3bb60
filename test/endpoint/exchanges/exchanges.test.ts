import { beforeAll, describe, expect, test } from 'vitest'
import { differencesOf } from './differences.ts'
import { parseDiscovery, readDiscovery } from './discovery.ts'
import { type ExchangesResult, proveExchanges } from './exchanges.ts'
import type { Exchange } from './recorder.ts'

describe('what goes over the wire between clients and the endpoint', () => {
  let result: ExchangesResult
  beforeAll(async () => {
    result = await proveExchanges(['Node', 'plain'])
  })

  test('is every method of the API that the endpoint has, each answered as the reference has it', () => {
    expect(result.uncalled).toEqual([])
  })

  test('is what the reference says of calls, too, but for what is known of the clients', () => {
    expect(result.sent).toEqual([
      "Node 9.3.0, jobs.insert: configuration.load.skipLeadingRows is '1', not number",
      'Node 9.3.0, jobs.query: queryParameters[].parameterValue.value is number, not string',
    ])
  })

  const discovery = readDiscovery()
  /** What is found of an exchange of this name if `change` is done to it. */
  const found = (name: RegExp, change: (exchange: Exchange) => Exchange) => {
    const real = result.exchanges.find(
      ({ method, path, status, answer }) =>
        status === 200 && answer !== undefined && name.test(`${method} ${path}`),
    )
    if (real === undefined) throw new Error(`nothing was called as ${name}`)
    return differencesOf([change(real)], discovery).answered
  }
  const table = /GET .*\/tables\/t$/
  const query = /POST .*\/queries$/

  test.each<[what: string, name: RegExp, place: string, value: unknown, difference: string]>([
    ['a field that is not documented', table, 'extra', 1, 'tables.get: extra is not documented'],
    [
      'a nested one',
      /POST .*\/jobs$/,
      'statistics.query.extra',
      1,
      'jobs.insert: statistics.query.extra is not documented',
    ],
    ['an int64 that is a number', table, 'numRows', 1, 'tables.get: numRows is number, not string'],
    [
      'a number that is a text',
      /GET .*\/tables$/,
      'totalItems',
      '1',
      "tables.list: totalItems is '1', not number",
    ],
    [
      'a text that is none of its enum',
      /GET .*\/routines\/twice$/,
      'returnType.typeKind',
      'INTEGER',
      expect.stringMatching(/^routines.get: returnType.typeKind is 'INTEGER', none of .*INT64/),
    ],
    [
      'a type under another name',
      table,
      'schema.fields.0.type',
      'INT64',
      'tables.get: schema.fields[].type is INT64',
    ],
    [
      'a field that is missing',
      /GET .*\/jobs\/[^/]+$/,
      'statistics.endTime',
      undefined,
      'jobs.get: statistics.endTime is missing beside status.state=DONE',
    ],
    ['a timestamp in seconds', query, 'rows.0.f.10.v', '1.7E9', 'jobs.query: f10_, TIMESTAMP, is "1.7E9"'],
    ['a boolean that is one', query, 'rows.0.f.2.v', true, 'jobs.query: f2_, BOOLEAN, is true'],
    ['a list that is null', query, 'rows.0.f.12.v', null, 'jobs.query: the repeated f12_ is no list'],
    [
      'a record that is a list',
      query,
      'rows.0.f.13.v.0.v',
      [],
      'jobs.query: f13_ has not a cell for each of its 2 fields',
    ],
  ])('%s is found', (_, name, place, value, difference) => {
    expect(found(name, (exchange) => exchange)).toEqual([])
    const changed = found(name, (exchange) => ({ ...exchange, answer: put(exchange.answer, place, value) }))
    expect(changed).toContainEqual(difference)
  })

  test('another status, an error without its parts, and a method that is not there are found', () => {
    expect(found(table, (exchange) => ({ ...exchange, status: 201 }))).toEqual([
      'tables.get: the status is 201',
    ])
    expect(found(table, (exchange) => ({ ...exchange, status: 404 }))).toEqual([
      'tables.get: the 404 has no error with errors',
    ])
    const nothing = '/bigquery/v2/projects/p/nothing'
    expect(found(table, (exchange) => ({ ...exchange, path: nothing }))).toEqual([
      `GET ${nothing}: no documented method`,
    ])
  })
})

/** A copy with another value at a place; undefined takes what is there away. */
function put(answer: unknown, place: string, value: unknown): unknown {
  const copy: unknown = structuredClone(answer)
  const keys = place.split('.')
  const last = keys.pop() ?? ''
  const at = keys.reduce((inner, key) => (inner as Record<string, unknown>)[key], copy) as Record<
    string,
    unknown
  >
  if (value === undefined) delete at[last]
  else at[last] = value
  return copy
}

test('the types of the discovery document are read whole', () => {
  const text = `/** Discovery Revision: 7 */ declare namespace bigquery {
    type IA = { /** the a's; all of them */ a?: string; b?: Array<{ c?: 'X' | 'Y' }>; m?: {[key: string]: IA} };
    type IJson = any;
    namespace jobs { type IListParams = { 'x.y'?: | 'P'
      | 'Q'; }; }
  }
  export default bigquery;`
  expect(parseDiscovery(text)).toEqual({
    revision: '7',
    types: new Map<string, unknown>([
      [
        'IA',
        {
          kind: 'record',
          members: new Map<string, unknown>([
            ['a', { kind: 'string' }],
            [
              'b',
              {
                kind: 'list',
                item: { kind: 'record', members: new Map([['c', { kind: 'one of', texts: ['X', 'Y'] }]]) },
              },
            ],
            ['m', { kind: 'map', value: { kind: 'named', name: 'IA' } }],
          ]),
        },
      ],
      ['IJson', { kind: 'any' }],
      [
        'jobs.IListParams',
        { kind: 'record', members: new Map([['x.y', { kind: 'one of', texts: ['P', 'Q'] }]]) },
      ],
    ]),
  })
})
