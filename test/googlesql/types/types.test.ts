import { describe, expect, test } from 'vitest'
import { castable } from '../../../runner/googlesql/types/cast.ts'
import { coercion } from '../../../runner/googlesql/types/coerce.ts'
import { logicalType, physicalType } from '../../../runner/googlesql/types/physical.ts'
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
  structOf,
  TIME,
  TIMESTAMP,
} from '../../../runner/googlesql/types/scalars.ts'
import { supertype } from '../../../runner/googlesql/types/supertype.ts'

const nested = structOf(['a', INT64], ['b "q"', arrayOf(structOf(['x', STRING], ['select', NUMERIC]))])

describe('a type', () => {
  test('prints in BigQuery’s spelling', () => {
    expect(typeName(nested)).toBe('STRUCT<a INT64, `b "q"` ARRAY<STRUCT<x STRING, select NUMERIC>>>')
    expect(typeName(structOf([undefined, INT64], [undefined, rangeOf(DATE)]))).toBe(
      'STRUCT<INT64, RANGE<DATE>>',
    )
  })

  test('comes back from the DuckDB type that holds it', () => {
    const scalars = [
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
    for (const type of [
      ...scalars,
      ...scalars.map(arrayOf),
      nested,
      rangeOf(DATE),
      structOf([undefined, INT64], ['b', DATE]),
    ]) {
      expect(logicalType(physicalType(type))).toEqual(type)
    }
  })

  test('converts as the conversion rules say', () => {
    expect(coercion(INT64, FLOAT64)).toBe('coerce')
    expect(coercion(FLOAT64, INT64)).toBeUndefined()
    expect(coercion(STRING, DATE)).toBeUndefined()
    expect(coercion(STRING, DATE, { literal: true })).toBe('literal')
    expect(coercion(DATE, DATETIME)).toBe('coerce')
    expect(coercion(DATE, TIMESTAMP)).toBeUndefined()
    expect(coercion(arrayOf(INT64), arrayOf(FLOAT64))).toBeUndefined()
    expect(castable(DATE, TIMESTAMP)).toBe(true)
    expect(castable(TIMESTAMP, INT64)).toBe(false)
    expect(castable(arrayOf(INT64), arrayOf(STRING))).toBe(false)
  })
})

describe('the supertype', () => {
  test('is the narrowest type that all convert to', () => {
    expect(supertype([INT64, NUMERIC, FLOAT64])).toEqual(FLOAT64)
    expect(supertype([INT64, BIGNUMERIC, NUMERIC])).toEqual(BIGNUMERIC)
    expect(supertype([DATE, DATETIME])).toEqual(DATETIME)
    expect(supertype([INT64, STRING])).toBeUndefined()
  })

  test('follows what is no literal', () => {
    expect(supertype([{ type: STRING, literal: true }, { type: DATE }])).toEqual(DATE)
    expect(supertype([{ type: FLOAT64, literal: true }, { type: NUMERIC }])).toEqual(NUMERIC)
    expect(supertype([{ type: null, literal: true }, { type: BYTES }])).toEqual(BYTES)
    expect(supertype([{ type: null, literal: true }])).toEqual(INT64)
  })

  test('of structs keeps the first one’s names', () => {
    expect(supertype([structOf(['a', INT64]), structOf(['b', FLOAT64])])).toEqual(structOf(['a', FLOAT64]))
    expect(supertype([structOf(['a', INT64]), structOf(['a', STRING])])).toBeUndefined()
  })
})
