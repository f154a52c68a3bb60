import type { Argument, Expression, Span, TableCall } from '../../parse/ast.ts'
import { sqlName } from '../../quote.ts'
import { typeName } from '../../types/print.ts'
import { type Context, didYouMean, problemAt, unsupportedAt } from '../context.ts'
import type { OutputColumn } from '../resolved.ts'
import { resolveDerived } from './derived.ts'
import { type From, namesOf } from './from.ts'

type Method = 'null' | 'linear' | 'locf'

interface ValueColumn {
  readonly name: string
  readonly method: Method
  readonly type: OutputColumn['column']['type']
}

/** What a call says, in GoogleSQL texts. */
interface Given {
  readonly source: string
  readonly time: string
  readonly kind: 'DATE' | 'DATETIME' | 'TIMESTAMP'
  readonly width: string
  readonly origin: string
  readonly partitions: readonly string[]
  readonly values: readonly ValueColumn[]
  readonly ignoreNulls: boolean
}

/**
 * GAP_FILL: a row for every bucket between the first and the last moment of each partition, with values carried over
 * or drawn as a line between their neighbours (time-series-functions#gap_fill).
 */
export function resolveGapFill(context: Context, node: TableCall): From {
  const query = resolveDerived(context, node, queryText(readCall(context, node)))
  return { scan: query.scan, names: namesOf(query.columns, node.alias?.name, false) }
}

const NAMES = [
  'ts_column',
  'bucket_width',
  'partitioning_columns',
  'value_columns',
  'origin',
  'ignore_null_values',
]

function readCall(context: Context, node: TableCall): Given {
  const [table, ...rest] = node.args
  if (table === undefined)
    throw problemAt(context, node, 'GAP_FILL takes a table, ts_column and bucket_width')
  const named = new Map<string, Argument>()
  for (const [index, arg] of rest.entries()) {
    const name = arg.kind === 'namedArgument' ? arg.name.name.toLowerCase() : (NAMES[index] ?? '')
    if (!NAMES.includes(name)) {
      throw problemAt(context, arg, `GAP_FILL has no argument ${name}${didYouMean(name, NAMES)}`)
    }
    named.set(name, arg.kind === 'namedArgument' ? arg.value : arg)
  }
  const need = (name: string): Argument => {
    const found = named.get(name)
    if (found === undefined) throw problemAt(context, node, `GAP_FILL needs the argument ${name}`)
    return found
  }
  const source = sourceText(context, table)
  const { columns } = resolveDerived(context, table, `SELECT * FROM ${source}`)
  const column = (at: Span, name: string): OutputColumn => {
    const found = columns.find((output) => output.name.toLowerCase() === name.toLowerCase())
    if (found !== undefined) return found
    const near = didYouMean(
      name,
      columns.map((output) => output.name),
    )
    throw problemAt(context, at, `Column ${name} is not in the table that GAP_FILL is given${near}`)
  }
  const time = column(need('ts_column'), text(context, need('ts_column')))
  const { kind } = time.column.type
  if (kind !== 'DATE' && kind !== 'DATETIME' && kind !== 'TIMESTAMP') {
    throw problemAt(
      context,
      need('ts_column'),
      `ts_column must be of type DATE, DATETIME or TIMESTAMP, found ${typeName(time.column.type)}`,
    )
  }
  const origin = named.get('origin')
  const partitions = named.get('partitioning_columns')
  const values = named.get('value_columns')
  return {
    source,
    time: time.name,
    kind,
    width: widthText(context, need('bucket_width')),
    origin: origin === undefined ? `${kind} '1950-01-01'` : written(context, origin),
    partitions:
      partitions === undefined
        ? []
        : elements(context, partitions).map((e) => column(e, text(context, e)).name),
    values: values === undefined ? [] : elements(context, values).map((e) => valueColumn(context, e, column)),
    ignoreNulls: flag(context, named.get('ignore_null_values')),
  }
}

function valueColumn(
  context: Context,
  node: Expression,
  column: (at: Span, name: string) => OutputColumn,
): ValueColumn {
  const fields =
    node.kind === 'tuple' ? node.elements : node.kind === 'struct' ? node.fields.map((f) => f.value) : []
  const [name, method] = fields
  if (name === undefined || method === undefined) {
    throw problemAt(context, node, 'value_columns must be an array of pairs: (column, method)')
  }
  const how = text(context, method).toLowerCase()
  if (how !== 'null' && how !== 'linear' && how !== 'locf') {
    throw problemAt(context, method, `The method of a value column must be null, linear or locf, got ${how}`)
  }
  const found = column(name, text(context, name))
  const { type } = found.column
  if (how === 'linear' && type.kind !== 'INT64' && type.kind !== 'FLOAT64') {
    throw unsupportedAt(context, node, `GAP_FILL with linear for type ${typeName(type)}`)
  }
  return { name: found.name, method: how, type }
}

function widthText(context: Context, node: Argument): string {
  if (node.kind === 'interval' && node.to === undefined) return written(context, node)
  throw unsupportedAt(context, node, 'a bucket_width that is not INTERVAL with one part')
}

function flag(context: Context, node: Argument | undefined): boolean {
  if (node === undefined) return true
  if (node.kind === 'boolean') return node.value
  throw problemAt(context, node, 'ignore_null_values must be TRUE or FALSE')
}

function elements(context: Context, node: Argument): readonly Expression[] {
  if (node.kind === 'array') return node.elements
  throw problemAt(context, node, 'an array written out is expected')
}

function text(context: Context, node: Argument): string {
  if (node.kind === 'string') return node.value
  throw problemAt(context, node, 'a literal of type STRING is expected')
}

const written = (context: Context, span: Span): string => context.source.text.slice(span.start, span.end)

function sourceText(context: Context, arg: Argument): string {
  if (arg.kind === 'tableArgument') return written(context, arg.path)
  if (arg.kind === 'subquery') return `(${written(context, arg.query)})`
  throw problemAt(context, arg, 'the first argument must be TABLE name or a query in parentheses')
}

/** The buckets of each partition and the rows given, in one order; then what each bucket sees around it. */
function queryText(given: Given): string {
  const { kind, width, origin, ignoreNulls } = given
  const by = given.partitions.map(sqlName)
  const keys = by.map((name) => `${name}, `).join('')
  const time = sqlName(given.time)
  const [lowest, bucket] = ['MIN(`[t`)', `${kind}_BUCKET(MIN(\`[t\`), ${width}, ${origin})`]
  const first = `IF(${bucket} < ${lowest}, ${kind}_ADD(${bucket}, ${width}), ${bucket})`
  const group = by.length === 0 ? '' : ` GROUP BY ${by.join(', ')}`
  const spread =
    kind === 'DATETIME'
      ? `UNNEST(GENERATE_TIMESTAMP_ARRAY(TIMESTAMP(\`[from\`, 'UTC'), TIMESTAMP(\`[to\`, 'UTC'), ${width})) AS \`[b\``
      : `UNNEST(GENERATE_${kind}_ARRAY(\`[from\`, \`[to\`, ${width})) AS \`[b\``
  const start = kind === 'DATETIME' ? "DATETIME(`[b`, 'UTC')" : '`[b`'
  const columns = given.values.map(({ name }, index) => `${sqlName(name)} AS \`[v${index}\``)
  const nothing = given.values.map((_, index) => `NULL AS \`[v${index}\``)
  const over = `OVER (${by.length === 0 ? '' : `PARTITION BY ${by.join(', ')} `}ORDER BY \`[t\`, \`[bucket\` ROWS BETWEEN`
  const around = given.values.flatMap((_, index) => {
    const there = ignoreNulls ? `NOT \`[bucket\` AND \`[v${index}\` IS NOT NULL` : 'NOT `[bucket`'
    const point = `IF(${there}, STRUCT(\`[t\` AS t, \`[v${index}\` AS v), NULL) IGNORE NULLS`
    return [
      `LAST_VALUE(${point}) ${over} UNBOUNDED PRECEDING AND CURRENT ROW) AS \`[p${index}\``,
      `FIRST_VALUE(${point}) ${over} CURRENT ROW AND UNBOUNDED FOLLOWING) AS \`[n${index}\``,
    ]
  })
  const once = `COUNTIF(NOT \`[bucket\`) OVER (PARTITION BY ${[...by, '`[t`', '`[bucket`'].join(', ')})`
  const results = given.values.map(
    (value, index) => `${filled(value, index, kind)} AS ${sqlName(value.name)}`,
  )
  return `
    WITH \`[rows\` AS (
      SELECT ${keys}IFNULL(${time}, ERROR('a NULL in ts_column of GAP_FILL is not supported locally')) AS \`[t\`,
        ${[...columns, 'FALSE AS `[bucket`'].join(', ')} FROM ${given.source} AS \`[source\`),
    \`[bounds\` AS (SELECT ${keys}${first} AS \`[from\`, MAX(\`[t\`) AS \`[to\` FROM \`[rows\`${group}),
    \`[all\` AS (
      SELECT ${[keys === '' ? '' : by.join(', '), '`[t`', ...given.values.map((_, i) => `\`[v${i}\``), '`[bucket`'].filter((x) => x !== '').join(', ')} FROM \`[rows\`
      UNION ALL SELECT ${keys}${[start, ...nothing, 'TRUE'].join(', ')} FROM \`[bounds\`, ${spread})
    SELECT ${[`\`[t\` AS ${time}`, ...by, ...results].join(', ')}
    FROM (SELECT *, ${[...around, `${once} AS \`[same\``].join(', ')} FROM \`[all\`)
    WHERE IF(\`[same\` > 1, ERROR('GAP_FILL over rows of the same moment is not supported locally'), \`[bucket\`)`
}

/** A bucket's value by its method; a row at the very moment gives its own. */
function filled({ method, type }: ValueColumn, index: number, kind: Given['kind']): string {
  const [before, after] = [`\`[p${index}\``, `\`[n${index}\``]
  if (method === 'locf') return `${before}.v`
  if (method === 'null') return `IF(${before}.t = \`[t\`, ${before}.v, NULL)`
  const unit = kind === 'DATE' ? 'DAY' : 'MICROSECOND'
  const share = `${kind}_DIFF(\`[t\`, ${before}.t, ${unit}) / ${kind}_DIFF(${after}.t, ${before}.t, ${unit})`
  const line = `${before}.v + (${after}.v - ${before}.v) * (${share})`
  if (type.kind === 'FLOAT64') return `IF(${before}.t = \`[t\`, ${before}.v, ${line})`
  const half = `ABS(${line} - TRUNC(${line})) = 0.5`
  const rounded = `IF(${half}, ERROR('GAP_FILL with linear of INT64 at exactly half between two numbers is not supported locally'), CAST(ROUND(${line}) AS INT64))`
  return `IF(${before}.t = \`[t\`, ${before}.v, ${rounded})`
}
