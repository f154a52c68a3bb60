import type {
  AggregateCall,
  Computed,
  Expr,
  FrameEdge,
  PartArgument,
  ResolvedQuery,
  Scan,
  SortItem,
  WindowCall,
  WindowFrame,
} from './resolved.ts'

/** Gives the replacement of an expression, or undefined to go on inside it. */
export type Replace = (expr: Expr) => Expr | undefined

/** A copy of an expression with every part replaced that `replace` has an answer for, subqueries included. */
export function rewriteExpr(expr: Expr, replace: Replace): Expr {
  const replaced = replace(expr)
  if (replaced !== undefined) return replaced
  const go = (part: Expr) => rewriteExpr(part, replace)
  switch (expr.kind) {
    case 'literal':
    case 'column':
    case 'grouping':
      return expr
    case 'call':
      return { ...expr, args: expr.args.map((arg) => rewriteArgument(arg, replace)) }
    case 'cast':
      return {
        ...expr,
        operand: go(expr.operand),
        ...(expr.format === undefined ? {} : { format: go(expr.format) }),
        ...(expr.timeZone === undefined ? {} : { timeZone: go(expr.timeZone) }),
      }
    case 'case':
      return {
        ...expr,
        whens: expr.whens.map((when) => ({ condition: go(when.condition), result: go(when.result) })),
        otherwise: expr.otherwise && go(expr.otherwise),
      }
    case 'struct':
      return { ...expr, values: expr.values.map(go) }
    case 'array':
      return { ...expr, elements: expr.elements.map(go) }
    case 'field':
      return { ...expr, operand: go(expr.operand) }
    case 'subquery':
      return { ...expr, query: rewriteQuery(expr.query, replace) }
    case 'in subquery':
      return { ...expr, operand: go(expr.operand), query: rewriteQuery(expr.query, replace) }
    case 'let':
      return { ...expr, bindings: expr.bindings.map((b) => rewriteComputed(b, replace)), body: go(expr.body) }
  }
}

export function rewriteQuery(query: ResolvedQuery, replace: Replace): ResolvedQuery {
  return { ...query, scan: rewriteScan(query.scan, replace) }
}

function rewriteArgument(arg: Expr | PartArgument, replace: Replace): Expr | PartArgument {
  return arg.kind === 'part' ? arg : rewriteExpr(arg, replace)
}

function rewriteComputed(computed: Computed, replace: Replace): Computed {
  return { column: computed.column, expr: rewriteExpr(computed.expr, replace) }
}

export function rewriteSort(item: SortItem, replace: Replace): SortItem {
  return { ...item, expr: rewriteExpr(item.expr, replace) }
}

export function rewriteAggregate<T extends AggregateCall>(call: T, replace: Replace): T {
  return {
    ...call,
    args: call.args.map((arg) => rewriteArgument(arg, replace)),
    orderBy: call.orderBy.map((item) => rewriteSort(item, replace)),
    having: call.having && { ...call.having, expr: rewriteExpr(call.having.expr, replace) },
  }
}

export function rewriteWindow(call: WindowCall, replace: Replace): WindowCall {
  const edge = (given: FrameEdge): FrameEdge => ({
    ...given,
    offset: given.offset && rewriteExpr(given.offset, replace),
  })
  const frame: WindowFrame | undefined = call.frame && {
    ...call.frame,
    from: edge(call.frame.from),
    to: edge(call.frame.to),
  }
  return {
    ...rewriteAggregate(call, replace),
    partitionBy: call.partitionBy.map((expr) => rewriteExpr(expr, replace)),
    windowOrder: call.windowOrder.map((item) => rewriteSort(item, replace)),
    frame,
  }
}

/** A copy of a scan with its expressions rewritten, those of its inputs included. */
export function rewriteScan(scan: Scan, replace: Replace): Scan {
  const go = (input: Scan) => rewriteScan(input, replace)
  const expr = (given: Expr) => rewriteExpr(given, replace)
  switch (scan.kind) {
    case 'single':
    case 'table':
    case 'facts':
      return scan
    case 'cte':
      return scan
    case 'rows':
      return { ...scan, rows: scan.rows.map((row) => row.map(expr)) }
    case 'unnest':
      return {
        ...scan,
        input: scan.input && go(scan.input),
        arrays: scan.arrays.map(expr),
        condition: scan.condition && expr(scan.condition),
      }
    case 'join':
      return {
        ...scan,
        left: go(scan.left),
        right: go(scan.right),
        condition: scan.condition && expr(scan.condition),
      }
    case 'filter':
      return { ...scan, input: go(scan.input), condition: expr(scan.condition) }
    case 'project':
      return {
        ...scan,
        input: go(scan.input),
        computed: scan.computed.map((item) => rewriteComputed(item, replace)),
      }
    case 'aggregate':
      return {
        ...scan,
        input: go(scan.input),
        groups: scan.groups.map((item) => rewriteComputed(item, replace)),
        aggregates: scan.aggregates.map((call) => rewriteAggregate(call, replace)),
      }
    case 'window':
      return {
        ...scan,
        input: go(scan.input),
        calls: scan.calls.map((call) => rewriteWindow(call, replace)),
      }
    case 'sort':
      return { ...scan, input: go(scan.input), items: scan.items.map((item) => rewriteSort(item, replace)) }
    case 'limit':
      return { ...scan, input: go(scan.input) }
    case 'set':
      return { ...scan, inputs: scan.inputs.map((input) => ({ ...input, scan: go(input.scan) })) }
    case 'query':
      return { ...scan, query: rewriteQuery(scan.query, replace) }
  }
}
