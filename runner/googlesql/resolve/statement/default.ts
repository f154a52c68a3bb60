import type { CatalogColumn } from '../../catalog.ts'
import { parseExpression } from '../../parse/index.ts'
import { type Context, EMPTY_SCOPE } from '../context.ts'
import { coercionCost, convert } from '../expression/coerce.ts'
import { resolveExpression } from '../expression/expression.ts'
import type { Expr } from '../resolved.ts'

/** True if a column that a statement leaves out gets something else than NULL: BigQuery stores no NULL arrays. */
export function hasDefault(column: CatalogColumn): boolean {
  return column.defaultText !== undefined || column.type.kind === 'ARRAY'
}

/** A column's DEFAULT as an expression; NULL (of an array: the empty one) if it has none. */
export function resolveDefault(context: Context, column: CatalogColumn): Expr {
  if (column.defaultText === undefined)
    return { kind: 'literal', type: column.type, value: null, from: 'literal' }
  const source = { ...context.source, text: column.defaultText, file: undefined }
  const expr = resolveExpression(
    { ...context, source, scope: EMPTY_SCOPE, locals: new Map(), aggregates: undefined, windows: undefined },
    parseExpression(column.defaultText),
  )
  return coercionCost(expr, column.type) === undefined
    ? { kind: 'cast', type: column.type, operand: expr, safe: false }
    : convert(expr, column.type)
}
