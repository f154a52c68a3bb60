import { BYTES, INT64, STRING } from '../types/scalars.ts'
import type { SqlType } from '../types/type.ts'
import { aggregate, notNull } from './aggregate-sql.ts'
import { given, optional, plain, scalar, signature } from './define.ts'
import type { Call, FunctionEntry, Parameter, Signature } from './function.ts'

const page = 'hll_functions'
const precision: Parameter = { ...optional(INT64), literal: true }

function initOf(type: SqlType, place: (value: string, precision: string) => string): Signature {
  return signature([type, precision], BYTES, ([value = '', written], call) => {
    const bits = given(written, '15')
    const places = aggregate('list', [`DISTINCT ${place(value, bits)}`], call, notNull(value))
    return `googlesql_hll_sketch(${places}, ${bits}, '${type.kind}')`
  })
}

const mergedOf = (sketch: string, call: Call): string =>
  `googlesql_hll_merge(${aggregate('list', [sketch], call, notNull(sketch))})`

function hll(name: string, signatures: readonly Signature[]): FunctionEntry {
  const full = `HLL_COUNT.${name}`
  return {
    name: full,
    kind: 'aggregate',
    page: `${page}#hll_count${name.toLowerCase()}`,
    signatures,
    clauses: {},
  }
}

const ofDecimals = (type: SqlType): Signature => ({
  ...signature([type, precision], BYTES, () => 'NULL'),
  refused: `how BigQuery fingerprints ${type.kind} is not published`,
})

/** HyperLogLog++ of few different values, as BigQuery estimates them; the sketches' bytes are ours, not BigQuery's. */
export const hllFunctions: readonly FunctionEntry[] = [
  hll('INIT', [
    initOf(INT64, (value, bits) => `googlesql_hll_place_int64(${value}, ${bits})`),
    initOf(STRING, (value, bits) => `googlesql_hll_place_bytes(encode(${value}), ${bits})`),
    initOf(BYTES, (value, bits) => `googlesql_hll_place_bytes(${value}, ${bits})`),
    ofDecimals({ kind: 'NUMERIC' }),
    ofDecimals({ kind: 'BIGNUMERIC' }),
  ]),
  hll('MERGE', [
    signature(
      [BYTES],
      INT64,
      ([sketch = ''], call) => `coalesce(googlesql_hll_extract(${mergedOf(sketch, call)}), 0)`,
    ),
  ]),
  hll('MERGE_PARTIAL', [signature([BYTES], BYTES, ([sketch = ''], call) => mergedOf(sketch, call))]),
  scalar('HLL_COUNT.EXTRACT', `${page}#hll_countextract`, [
    plain([BYTES], INT64, (sketch) => `coalesce(googlesql_hll_extract(${sketch}), 0)`),
  ]),
]
