import { type Context, newColumn } from '../context.ts'
import type { Column, Computed, Expr, OutputColumn, ResolvedQuery, Scan } from '../resolved.ts'
import { type NamedColumn, pipedColumns } from '../scope.ts'

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

/** Named expressions as a query's result; the row of a value table alone stays one. */
export function materialize(context: Context, scan: Scan, columns: readonly NamedColumn[]): ResolvedQuery {
  const computed: Computed[] = []
  const piped = pipedColumns(columns)
  const isValue = piped.length === 1 && piped[0]?.row !== undefined
  const outputs = piped.map((named): OutputColumn => {
    const made = asColumn(context, named.name === '' ? 'value' : named.name, named.expr)
    computed.push(...made.computed)
    const anonymous = isValue || named.anonymous === true
    return { name: named.name, anonymous, column: made.column }
  })
  return { scan: project(scan, computed), columns: outputs, isValue }
}

/** NULL: stands where nothing is known yet. */
export const placeholder: Expr = {
  kind: 'literal',
  type: { kind: 'INT64' },
  value: null,
  from: 'literal',
  untyped: true,
}
