import type { DuckDBConnection } from '@duckdb/node-api'
import { beforeAll, expect, test } from 'vitest'
import { lowerCast } from '../../../runner/googlesql/functions/casts/cast.ts'
import { FLOAT64, INT64, NUMERIC } from '../../../runner/googlesql/types/scalars.ts'
import { differing, lowered, openLibrary } from './native-library.ts'

/** Numbers by DuckDB's own functions where they agree, against the registered ones. */
let connection: DuckDBConnection

beforeAll(async () => {
  connection = await openLibrary()
  await connection.run(`
    create table floats as
      select (case i % 8
          when 0 then random() when 1 then round(random() * 1000, 3) when 2 then i / 1000 + 0.0005 when 3 then i / 200
          when 4 then random() * 1e15 when 5 then random() * pow(10, i % 40 - 20) when 6 then (i + 0.5) / 1e9
          else i * pow(10, i % 30 - 15) end)::double * (case when i % 3 = 0 then -1 else 1 end) as x
      from range(8000) as r(i)
      union all select (i + 0.5) / 1e9 * pow(10, i % 7) from range(4000) as r(i)
      union all select unnest([0.0, -0.0, 'nan', 'inf', '-inf', 2.675, 1.005, 0.29, 0.57, 1.1, 4.35, 8.2, -0.29, 5e-324, 4503598.9999999995,
        4503599.0000000005, 4503599.5, -4503600.123456789, 9007199254740991, 9007199254740992, 9007199254740993, 1e16, 1e28, 9.9e28,
        123456789.987654321, 1e-9, 5e-10, 4.9e-10, -5e-10, 1.5e-9, 2.5e-9, 0.0000000005, null]::double[]);
    create table numerics as
      select ((hash(i) % 100000000000000000)::decimal(38,0) * 0.000000001::decimal(10,9) * (case when i % 2 = 0 then -1 else 1 end)
          * pow(10, i % 9)::int)::decimal(38,9) as x
      from range(4000) as r(i)
      union all select unnest([0, 0.5, -0.5, 9007199.254740993, 9007198.999999999, 9007199, 0.000000001, -0.000000001, 0.005, -0.005, -0.004, 0.995,
        99999999999999999999999999999.999999999, -99999999999999999999999999999.999999999, 999999998.999999999, 1234567.891, null]::decimal(38,9)[])`)
})

test('FLOAT64 becomes NUMERIC by its exact value', async () => {
  const native = lowerCast('x', FLOAT64, NUMERIC)
  expect(native).toContain('trunc(')
  const held = '(select * from floats where abs(x) < 1e29)'
  expect(await differing(connection, held, native, 'googlesql_numeric_of_float64(x)')).toEqual([])
})

test('NUMERIC becomes the nearest FLOAT64', async () => {
  const native = lowerCast('x', NUMERIC, FLOAT64)
  expect(native).toContain('CAST(x AS DOUBLE)')
  expect(await differing(connection, 'numerics', native, 'CAST(CAST(x AS VARCHAR) AS DOUBLE)')).toEqual([])
})

test.for([0, 1, 2, 5, 9, 11])('TRUNC of FLOAT64 to %d places is that of the exact value', async (digits) => {
  const args = ['x', String(digits)]
  const native = lowered('TRUNC', args, [FLOAT64, INT64], [undefined, BigInt(digits)])
  expect(native).toContain('sign(')
  expect(
    await differing(connection, 'floats', native, `googlesql_float64_round(x, ${digits}, 'TRUNC')`),
  ).toEqual([])
})
