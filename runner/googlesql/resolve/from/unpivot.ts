import type { Path, Unpivot, UnpivotSource } from '../../parse/ast.ts'
import { equalTypes } from '../../types/equal.ts'
import type { SqlType } from '../../types/type.ts'
import { callBuiltin } from '../call/builtin.ts'
import { type Context, newColumn, plainContext, problemAt } from '../context.ts'
import { convert } from '../expression/coerce.ts'
import { conjunction, resolveExpression } from '../expression/expression.ts'
import { resolvePath } from '../expression/path.ts'
import type { Expr, Scan } from '../resolved.ts'
import { columnRef, fieldOf, type NamedColumn, rowRelation, starColumns } from '../scope.ts'
import { exprKey } from '../statement/key.ts'
import type { From } from './from.ts'

/** UNPIVOT: each row once for each source, its values in the value columns and the source's label beside them. */
export function resolveUnpivot(context: Context, from: From, node: Unpivot): From {
  const inner = plainContext({ ...context, scope: { names: from.names, outer: undefined } }, 'UNPIVOT')
  if (from.names.columns.some(({ row }) => row !== undefined))
    throw problemAt(context, node, 'UNPIVOT is not allowed on value tables')
  checkWidths(context, node)
  const sources = node.sources.map((source) => ({
    source,
    values: source.columns.map((column) => resolvePath(inner, column)),
  }))
  checkColumns(context, from, sources)
  const types = node.values.map((_, index) => typeOf(context, sources, index))
  const labels = sources.map(({ source }) => label(inner, source))
  const labelType = labels[0]?.type ?? { kind: 'STRING' }
  const other = labels.findIndex(({ type }) => type.kind !== labelType.kind)
  if (other >= 0) {
    throw problemAt(
      context,
      node.sources[other] ?? node,
      'All UNPIVOT labels must be the same type; when non-string labels are present then all labels must be explicitly provided',
    )
  }
  const fields = [
    ...node.values.map((path, index) => ({ name: nameOf(path), type: types[index] ?? labelType })),
    { name: nameOf(node.name), type: labelType },
  ]
  const type = { kind: 'STRUCT' as const, fields }
  const elements = sources.map(
    ({ values }, at): Expr => ({
      kind: 'struct',
      type,
      values: [
        ...values.map((value, index) => convert(value, types[index] ?? value.type)),
        convert(labels[at] ?? textLiteral(''), labelType),
      ],
    }),
  )
  const element = newColumn(context, 'unpivoted', type)
  const array: Expr = { kind: 'array', type: { kind: 'ARRAY', element: type }, elements }
  const unnested: Scan = {
    kind: 'unnest',
    input: from.scan,
    arrays: [array],
    columns: [element],
    offset: undefined,
    outer: false,
    condition: undefined,
  }
  const used = new Set(sources.flatMap(({ values }) => values.map(exprKey)))
  const kept = starColumns(from.names.columns).filter((column) => !used.has(exprKey(column.expr)))
  const added = fields.map(
    ({ name, type: own }, index): NamedColumn => ({ name, expr: fieldOf(columnRef(element), index, own) }),
  )
  const columns = [...kept, ...added]
  const scan = node.nulls === 'INCLUDE' ? unnested : withoutNulls(context, node, unnested, added.slice(0, -1))
  return {
    scan,
    names: { columns, relations: node.alias === undefined ? [] : [rowRelation(node.alias.name, columns)] },
  }
}

interface Source {
  readonly source: UnpivotSource
  readonly values: readonly Expr[]
}

function checkWidths(context: Context, node: Unpivot): void {
  const width = node.sources[0]?.columns.length
  const other = node.sources.find(({ columns }) => columns.length !== width)
  if (other !== undefined) {
    throw problemAt(
      context,
      other.columns[0] ?? other,
      'All column groups in UNPIVOT IN clause must have the same number of columns',
    )
  }
  if (width !== node.values.length) {
    throw problemAt(
      context,
      node.values[0] ?? node,
      'The number of new columns introduced as value columns must be the same as the number of columns in the column groups of UNPIVOT IN clause',
    )
  }
}

/** Sources are columns of the table, each of them once. */
function checkColumns(context: Context, from: From, sources: readonly Source[]): void {
  const own = new Set(from.names.columns.map(({ expr }) => exprKey(expr)))
  const seen = new Set<string>()
  for (const { source, values } of sources) {
    for (const [index, value] of values.entries()) {
      const key = exprKey(value)
      const place = source.columns[index] ?? source
      if (!own.has(key))
        throw problemAt(
          context,
          place,
          'UNPIVOT IN clause cannot have expressions, only column names are allowed',
        )
      if (seen.has(key))
        throw problemAt(context, place, 'Column names in UNPIVOT IN clause cannot be repeated')
      seen.add(key)
    }
  }
}

/** The one type that the sources' columns of a position have. */
function typeOf(context: Context, sources: readonly Source[], index: number): SqlType {
  const type = sources[0]?.values[index]?.type ?? { kind: 'STRING' }
  for (const { source, values } of sources) {
    const found = values[index]?.type ?? type
    if (equalTypes(found, type)) continue
    throw problemAt(
      context,
      source.columns[index] ?? source,
      `The datatype of column does not match with other datatypes in the IN clause. Expected ${type.kind}, Found ${found.kind}`,
    )
  }
  return type
}

function nameOf(path: Path): string {
  return path.parts.at(-1)?.name ?? ''
}

function textLiteral(value: string): Expr {
  return { kind: 'literal', type: { kind: 'STRING' }, value, from: 'literal' }
}

/** `AS 'label'`, or the column's name; several columns' names are joined by `_`. */
function label(context: Context, source: UnpivotSource): Expr {
  if (source.label !== undefined) return resolveExpression(context, source.label)
  return textLiteral(source.columns.map(nameOf).join('_'))
}

/** Rows whose values are all NULL are left out. */
function withoutNulls(context: Context, node: Unpivot, input: Scan, values: readonly NamedColumn[]): Scan {
  const present = values.map(({ expr }) => callBuiltin(context, node, 'IS NOT NULL', [expr]))
  const [only] = present
  if (only === undefined) return input
  return { kind: 'filter', input, condition: present.length === 1 ? only : conjunction('OR', present) }
}
