import type { Case } from '../case.ts'

/** Answers of GoogleSQL's reference implementation. */
export const cases: readonly Case[] = [
  ["ERROR('boom')", { error: 'boom' }],
  ['TYPEOF(1)', { types: 'STRING', values: ['INT64'] }],
  ['TYPEOF([STRUCT(1 AS a)])', { types: 'STRING', values: ['ARRAY<STRUCT<a INT64>>'] }],
  ["CAST(ERROR('x') AS STRING)", { error: 'x' }],
  ["LENGTH(SAFE_CAST(ERROR('x') AS STRING))", { error: 'x' }],
]
