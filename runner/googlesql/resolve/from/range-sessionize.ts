import type { Argument, TableCall } from '../../parse/ast.ts'
import { sqlName } from '../../quote.ts'
import { type Context, problemAt } from '../context.ts'
import { resolveDerived } from './derived.ts'
import { type From, namesOf } from './from.ts'

/**
 * RANGE_SESSIONIZE(table, range column, partitioning columns[, 'MEETS' | 'OVERLAPS']): every row with the range of its
 * session beside it (range-functions#range_sessionize). A row without a range counts as one that never ends, as BigQuery
 * has it, and gets no session's range.
 */
export function resolveRangeSessionize(context: Context, node: TableCall): From {
  const [table, range, partitions, option, ...more] = node.args.map((arg) =>
    arg.kind === 'namedArgument' ? arg.value : arg,
  )
  if (table === undefined || range === undefined || partitions === undefined || more.length > 0) {
    throw problemAt(context, node, 'RANGE_SESSIONIZE takes a table, a range column and partitioning columns')
  }
  const column = sqlName(text(context, range, 'range_column'))
  const by = names(context, partitions).map(sqlName)
  const kind = option === undefined ? 'MEETS' : text(context, option, 'sessionize_option').toUpperCase()
  if (kind !== 'MEETS' && kind !== 'OVERLAPS') {
    throw problemAt(context, node, `RANGE_SESSIONIZE option must be MEETS or OVERLAPS, got ${kind}`)
  }
  const query = sessions(sourceText(context, table), column, by, kind === 'MEETS' ? '>' : '>=')
  const resolved = resolveDerived(context, node, query)
  return { scan: resolved.scan, names: namesOf(resolved.columns, node.alias?.name, false) }
}

function sessions(source: string, column: string, by: readonly string[], after: '>' | '>='): string {
  const partition = by.length === 0 ? '' : `PARTITION BY ${by.join(', ')}`
  const before = `OVER (${partition} ORDER BY ${column} ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING)`
  const here = `OVER (${partition} ORDER BY ${column} ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW)`
  const within = `OVER (PARTITION BY ${[...by, '`[session`'].join(', ')})`
  const open = (end: 'START' | 'END') =>
    `COUNTIF(${column} IS NOT NULL AND RANGE_${end}(${column}) IS NULL) ${within} > 0`
  return `
    SELECT * EXCEPT (\`[session\`, \`[new\`),
      IF(${column} IS NULL, NULL, RANGE(
        IF(${open('START')}, NULL, MIN(RANGE_START(${column})) ${within}),
        IF(${open('END')}, NULL, MAX(RANGE_END(${column})) ${within}))) AS session_range
    FROM (
      SELECT *, COUNTIF(\`[new\`) ${here} AS \`[session\`
      FROM (
        SELECT *, COUNTIF(RANGE_END(${column}) IS NULL) ${before} = 0
          AND RANGE_START(${column}) ${after} MAX(RANGE_END(${column})) ${before} AS \`[new\`
        FROM ${source} AS \`[source\`))`
}

function sourceText(context: Context, arg: Argument): string {
  const written = (span: { readonly start: number; readonly end: number }) =>
    context.source.text.slice(span.start, span.end)
  if (arg.kind === 'tableArgument') return written(arg.path)
  if (arg.kind === 'subquery') return `(${written(arg.query)})`
  throw problemAt(context, arg, 'the first argument must be TABLE name or a query in parentheses')
}

function text(context: Context, arg: Argument, name: string): string {
  if (arg.kind === 'string') return arg.value
  throw problemAt(context, arg, `argument ${name} must be a literal of type STRING`)
}

function names(context: Context, arg: Argument): readonly string[] {
  if (arg.kind !== 'array') {
    throw problemAt(context, arg, 'argument partitioning_columns must be an array of STRING literals')
  }
  return arg.elements.map((element) => text(context, element, 'partitioning_columns'))
}
