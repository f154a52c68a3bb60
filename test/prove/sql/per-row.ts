/** Queries that show `{x}`, an expression over a row of `t`: as it is, as text, filtered by, grouped and ordered. */
export const perRow: readonly string[] = [
  'SELECT t.id, {x} AS x FROM {T}',
  'SELECT t.id, {x} AS x, {x} AS y FROM {T}',
  'SELECT t.id FROM {T} WHERE ({x}) IS NOT NULL',
  'SELECT t.id, TO_JSON_STRING({x}) AS x FROM {T}',
  'SELECT t.id, FORMAT("%T", {x}) AS x FROM {T}',
  'SELECT MAX(TO_JSON_STRING({x})) AS x FROM {T} GROUP BY t.k',
  'SELECT * FROM (SELECT t.id, {x} AS x FROM {T}) ORDER BY TO_JSON_STRING(x), id/* in order */',
]
