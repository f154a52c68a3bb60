import type { Span } from '../../parse/ast.ts'
import { callBuiltin } from '../call/builtin.ts'
import { type Context, newColumn } from '../context.ts'
import { coerceTo } from '../expression/coerce.ts'
import type { Column, Cte, Expr, OutputColumn, ResolvedQuery, Scan } from '../resolved.ts'
import { columnRef } from '../scope.ts'
import { project } from './project.ts'

/** BigQuery's limit (query-syntax#recursive_cte_iteration_limit). */
const MOST = 500

/**
 * A recursive query whose rows know in which iteration they came, so that one too many raises as in BigQuery instead of
 * going on for ever. Of UNION DISTINCT rows do not: a number in them would make no two the same.
 *
 * @param self the number of the row that the recursive term reads
 */
export function countIterations(
  context: Context,
  node: Span,
  cte: Cte,
  self: Column,
  step: ResolvedQuery,
): ResolvedQuery {
  if (!carries(step.scan, cte)) return step
  const integer = (value: bigint): Expr => ({
    kind: 'literal',
    type: { kind: 'INT64' },
    value,
    from: 'value',
  })
  const last = columnRef(self)
  const message = `A recursive CTE has reached the maximum number of iterations: ${MOST}`
  const text: Expr = { kind: 'literal', type: { kind: 'STRING' }, value: message, from: 'value' }
  const failure = coerceTo(context, node, callBuiltin(context, node, 'ERROR', [text]), self.type)
  const condition = callBuiltin(context, node, '>=', [last, integer(BigInt(MOST))])
  const expr: Expr = {
    kind: 'case',
    type: self.type,
    whens: [{ condition, result: failure }],
    otherwise: callBuiltin(context, node, '+', [last, integer(1n)]),
  }
  cte.query = numbered(context, cte.query, integer(0n))
  return numbered(context, step, expr)
}

function numbered(context: Context, query: ResolvedQuery, expr: Expr): ResolvedQuery {
  const column = newColumn(context, 'iteration', expr.type)
  const output: OutputColumn = { name: 'iteration', anonymous: false, column }
  return { ...query, scan: project(query.scan, [{ column, expr }]), columns: [...query.columns, output] }
}

/** True if a column of the query's own reading can be seen above all steps: a set operation hides it. */
function carries(scan: Scan, cte: Cte): boolean {
  switch (scan.kind) {
    case 'cte':
      return scan.cte === cte
    case 'filter':
    case 'project':
      return carries(scan.input, cte)
    case 'unnest':
      return scan.input !== undefined && carries(scan.input, cte)
    case 'join':
      return carries(scan.left, cte) || carries(scan.right, cte)
    case 'query':
      return carries(scan.query.scan, cte)
    default:
      return false
  }
}
