import type { Expression, Query } from '../parse/ast.ts'

/** `SELECT expression`, at the expression's own place. */
export function selectOf(expression: Expression): Query {
  const { start, end } = expression
  return {
    kind: 'query',
    start,
    end,
    body: {
      kind: 'select',
      start,
      end,
      items: [{ kind: 'selectExpression', start, end, expression }],
      windows: [],
    },
    orderBy: [],
    pipes: [],
  }
}
