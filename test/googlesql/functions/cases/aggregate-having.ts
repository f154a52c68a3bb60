import type { Case } from '../case.ts'

const rows = `UNNEST([STRUCT('a' AS g, 1 AS n, 'x' AS s), ('b', 3, NULL), ('b', 2, 'y'), ('b', 2, 'y')])`

/** Answers of GoogleSQL's reference implementation: HAVING MAX and MIN beside the other clauses of a call. */
export const cases: readonly Case[] = [
  [
    `(SELECT ARRAY_AGG(n HAVING MAX g ORDER BY n DESC) FROM ${rows})`,
    { types: 'ARRAY<INT64>', values: [[3, 2, 2]] },
  ],
  [
    `(SELECT ARRAY_AGG(n HAVING MAX g ORDER BY n DESC LIMIT 1) FROM ${rows})`,
    { types: 'ARRAY<INT64>', values: [[3]] },
  ],
  [`(SELECT STRING_AGG(s, '-' HAVING MAX g ORDER BY n) FROM ${rows})`, { types: 'STRING', values: ['y-y'] }],
  [`(SELECT SUM(DISTINCT n HAVING MAX g) FROM ${rows})`, { types: 'INT64', values: ['5'] }],
  [`(SELECT COUNT(DISTINCT s HAVING MAX g) FROM ${rows})`, { types: 'INT64', values: ['1'] }],
  [`(SELECT COUNT(* HAVING MAX g) FROM ${rows})`, { types: 'INT64', values: ['3'] }],
  [`(SELECT STDDEV_POP(n HAVING MIN g) FROM ${rows})`, { types: 'FLOAT64', values: [0] }],
  [
    `(SELECT ANY_VALUE(n HAVING MAX g) OVER () FROM ${rows} LIMIT 1)`,
    { error: 'HAVING modifier is not supported on analytic functions' },
  ],
]
