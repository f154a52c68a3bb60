import { typeName } from '../../../runner/googlesql/types/print.ts'
import {
  arrayOf,
  BIGNUMERIC,
  BOOL,
  BYTES,
  DATE,
  DATETIME,
  FLOAT64,
  INT64,
  INTERVAL,
  JSON_TYPE,
  NUMERIC,
  rangeOf,
  STRING,
  TIME,
  TIMESTAMP,
} from '../../../runner/googlesql/types/scalars.ts'
import type { SqlType } from '../../../runner/googlesql/types/type.ts'
import type { Random } from './random.ts'

export const pair: SqlType = {
  kind: 'STRUCT',
  fields: [
    { name: 'a', type: INT64 },
    { name: 'b', type: STRING },
  ],
}

export const scalarTypes: readonly SqlType[] = [
  BOOL,
  INT64,
  FLOAT64,
  NUMERIC,
  BIGNUMERIC,
  STRING,
  BYTES,
  DATE,
  TIME,
  DATETIME,
  TIMESTAMP,
  INTERVAL,
  JSON_TYPE,
]

/** What expressions are made of: every scalar type, and some of the nested ones. */
export const types: readonly SqlType[] = [
  ...scalarTypes,
  arrayOf(INT64),
  arrayOf(STRING),
  arrayOf(FLOAT64),
  arrayOf(BYTES),
  arrayOf(DATE),
  arrayOf(TIMESTAMP),
  pair,
  rangeOf(DATE),
  rangeOf(TIMESTAMP),
]

const digits29 = '99999999999999999999999999999'
const edges: Partial<Record<SqlType['kind'], readonly string[]>> = {
  BOOL: ['TRUE', 'FALSE'],
  INT64: [
    ...['0', '1', '-1', '2', '3', '5', '7', '-10', '100', '1000', '2147483648', '-2147483649'],
    ...['9223372036854775807', '-9223372036854775808', '1700000000'],
  ],
  FLOAT64: [
    ...['0.0', '1.0', '-1.0', '1.5', '-2.25', '0.1', '2.5', '1e15', '-1e-7', '123456789.125'],
    ...['1.7976931348623157e308', '1e20', "CAST('nan' AS FLOAT64)", "CAST('inf' AS FLOAT64)"],
    "CAST('-inf' AS FLOAT64)",
  ],
  NUMERIC: [
    '0',
    '1',
    '-1',
    '1.5',
    '-2.25',
    '0.000000001',
    '123.456',
    `${digits29}.999999999`,
    `-${digits29}`,
  ].map((text) => `NUMERIC '${text}'`),
  BIGNUMERIC: ['0', '1', '-1.5', '2.5', '1e-38', '123.456', '1e38', '5.7e38'].map(
    (text) => `BIGNUMERIC '${text}'`,
  ),
  STRING: [
    ...["''", "'a'", "'abc'", "'Abc Déf'", "'😀x'", "'ß'", "'  two  '", "'123'", "'-1.5'", "'true'"],
    ...[
      "'2024-02-29'",
      "'12:34:56'",
      "'2024-02-29 12:34:56'",
      "'a_b%'",
      "'a\\\\b'",
      "'line\\nend'",
      "'a,b,,c'",
    ],
    ...['\'{"a":1,"b":[1,2.5,null,"x"]}\'', "'e\\u0301'", "'I'"],
  ],
  BYTES: ["b''", "b'abc'", "b'\\xff\\x00'", "b'\\xe2\\x82\\xac'", "b'ABC abc'", "b'123'"],
  DATE: [
    ...['0001-01-01', '9999-12-31', '2024-02-29', '1970-01-01', '1969-12-31', '2023-12-31', '2000-01-01'],
    ...['1900-03-01', '1582-10-10', '2021-01-03'],
  ].map((text) => `DATE '${text}'`),
  TIME: ['00:00:00', '23:59:59.999999', '12:34:56.789', '01:02:03'].map((text) => `TIME '${text}'`),
  DATETIME: [
    ...[
      '0001-01-01 00:00:00',
      '9999-12-31 23:59:59.999999',
      '2024-02-29 12:34:56.789',
      '1969-12-31 23:59:59',
    ],
    ...['2024-03-31 02:30:00', '2024-01-31 00:00:00.000001'],
  ].map((text) => `DATETIME '${text}'`),
  TIMESTAMP: [
    ...['0001-01-01 00:00:00+00', '9999-12-31 23:59:59.999999+00', '2024-02-29 12:34:56.789+00'],
    ...[
      '1969-12-31 23:59:59.5+00',
      '2024-03-31 01:30:00+00',
      '2024-11-03 06:30:00+00',
      '1970-01-01 00:00:00+00',
    ],
  ].map((text) => `TIMESTAMP '${text}'`),
  INTERVAL: [
    ...[
      'INTERVAL 1 DAY',
      'INTERVAL -1 MONTH',
      'INTERVAL 90 MINUTE',
      'INTERVAL 0 SECOND',
      'INTERVAL 10000 YEAR',
    ],
    ...["INTERVAL '1-2 3 4:5:6.789' YEAR TO SECOND", "INTERVAL '-25' HOUR"],
  ],
  JSON: [
    ...['1', '-2.5', '"x"', '"12"', 'true', 'null', '[]', '{}', '[1,null,"a",{"b":2}]', '1e100'],
    ...['{"a":1,"b":[1,2.5,null,"x"],"c":{"d":"e"}}', '9223372036854775807', '"2024-02-29"'],
  ].map((text) => `JSON '${text}'`),
}

/** A value of a type as a literal, without anything that could raise. */
export function literalOf(random: Random, type: SqlType, nulls = 0.1): string {
  if (random.chance(nulls)) return `CAST(NULL AS ${typeName(type)})`
  return presentLiteral(random, type)
}

function presentLiteral(random: Random, type: SqlType): string {
  switch (type.kind) {
    case 'ARRAY': {
      const items = Array.from({ length: random.between(0, 3) }, () =>
        random.chance(0.95) ? presentLiteral(random, type.element) : 'NULL',
      )
      return `${typeName(type)}[${items.join(', ')}]`
    }
    case 'STRUCT':
      return `${typeName(type)}(${type.fields.map((field) => literalOf(random, field.type)).join(', ')})`
    case 'RANGE': {
      const ends = random.pick([
        '2024-01-01, 2024-02-29',
        'UNBOUNDED, 2000-01-01',
        '1970-01-01, UNBOUNDED',
        '0001-01-01, 9999-12-31',
      ])
      return `${typeName(type)} '[${ends})'`
    }
    default:
      return random.pick(edges[type.kind] ?? [`CAST(NULL AS ${typeName(type)})`])
  }
}
