import type { Case } from '../case.ts'

/** Answers of GoogleSQL's reference implementation. */
export const cases: readonly Case[] = [
  ['IF(NULL, 1, 2)', { types: 'INT64', values: [2] }],
  ['IFNULL(NULL, 1)', { types: 'INT64', values: [1] }],
  ['NULLIF(1,1)', { types: 'INT64', values: [null] }],
  ["NULLIF(1.0,CAST('nan' AS FLOAT64))", { types: 'FLOAT64', values: [1] }],
  ['COALESCE(NULL, NULL)', { types: 'INT64', values: [null] }],
  ["IF(true, 1, ERROR('x'))", { types: 'INT64', values: [1] }],
  ['IF(false, 1/0, 5)', { types: 'FLOAT64', values: [5] }],
  ['COALESCE(1, 1/0)', { types: 'FLOAT64', values: [1] }],
  ["COALESCE(NUMERIC '1', 1.5)", { types: 'NUMERIC', values: ['1'] }],
  ["IF(true, NUMERIC '1', 1.5)", { types: 'NUMERIC', values: ['1'] }],
  ["IFNULL(x, 0.0) FROM UNNEST([NUMERIC '1']) x", { types: 'NUMERIC', values: ['1'] }],
]
