import { type Context, newColumn } from './context.ts'
import type { Column, Computed, Expr, OutputColumn, ResolvedQuery, Scan } from './resolved.ts'
import type { NamedColumn } from './scope.ts'
import { starColumns } from './scope.ts'

/** An expression as a column: the column itself, if it is one, or a new one that a `project` step computes. */
export function asColumn(
  context: Context,
  name: string,
  expr: Expr,
): { readonly column: Column; readonly computed: readonly Computed[] } {
  if (expr.kind === 'column') return { column: expr.column, computed: [] }
  const column = newColumn(context, name, expr.type)
  return { column, computed: [{ column, expr }] }
}

/** A scan with more columns computed; the scan itself if there is nothing to compute. */
export function project(input: Scan, computed: readonly Computed[]): Scan {
  return computed.length === 0 ? input : { kind: 'project', input, computed }
}

/** Named expressions as a query's result. */
export function materialize(context: Context, scan: Scan, columns: readonly NamedColumn[]): ResolvedQuery {
  const computed: Computed[] = []
  const outputs = starColumns(columns).map((named): OutputColumn => {
    const made = asColumn(context, named.name, named.expr)
    computed.push(...made.computed)
    return { name: named.name, anonymous: named.anonymous === true, column: made.column }
  })
  return { scan: project(scan, computed), columns: outputs, isValue: false }
}

/** NULL: stands where nothing is known yet. */
export const placeholder: Expr = {
  kind: 'literal',
  type: { kind: 'INT64' },
  value: null,
  from: 'literal',
  untyped: true,
}
