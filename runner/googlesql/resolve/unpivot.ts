import type { Path, Unpivot, UnpivotSource } from '../parse/ast.ts'
import type { SqlType } from '../types/type.ts'
import { callBuiltin } from './builtin.ts'
import { commonType, convert } from './coerce.ts'
import { type Context, newColumn, plainContext, problemAt } from './context.ts'
import { conjunction, resolveExpression } from './expression.ts'
import type { From } from './from.ts'
import { exprKey } from './key.ts'
import { resolvePath } from './path.ts'
import type { Expr, Scan } from './resolved.ts'
import { columnRef, fieldOf, type NamedColumn, rowRelation, starColumns } from './scope.ts'

/** UNPIVOT: each row once for each source, its values in the value columns and the source's label beside them. */
export function resolveUnpivot(context: Context, from: From, node: Unpivot): From {
  const inner = plainContext({ ...context, scope: { names: from.names, outer: undefined } }, 'UNPIVOT')
  const sources = node.sources.map((source) => {
    const values = source.columns.map((column) => resolvePath(inner, column))
    if (values.length !== node.values.length) {
      throw problemAt(
        context,
        source,
        `UNPIVOT has ${node.values.length} value columns, this source has ${values.length} columns`,
      )
    }
    return { source, values }
  })
  const types = node.values.map((value, index): SqlType => {
    const type = commonType(sources.flatMap(({ values }) => values[index] ?? []))
    if (type === undefined)
      throw problemAt(context, value, 'The columns of UNPIVOT do not have a common type')
    return type
  })
  const labels = sources.map(({ source }) => label(inner, source))
  const labelType = commonType(labels) ?? { kind: 'STRING' }
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
