import type {
  Expression,
  FromItem,
  Identifier,
  Pivot,
  TablePath,
  Unpivot,
  WithOffset,
} from '../../parse/ast.ts'
import { typeName } from '../../types/print.ts'
import { type Context, newColumn, plainContext, problemAt, unsupportedAt } from '../context.ts'
import { resolveExpression } from '../expression/expression.ts'
import { resolvePath } from '../expression/path.ts'
import type { Column, Expr, Scan } from '../resolved.ts'
import { columnRef, type NameList, valueNames } from '../scope.ts'
import type { From } from './from.ts'

/** An array in a FROM clause. */
export interface UnnestSource {
  readonly node: FromItem
  readonly arguments: readonly Expression[]
  readonly alias: Identifier | undefined
  /** Of a path without AS: its last name. */
  readonly implicitAlias?: string
  readonly offset: WithOffset | undefined
  readonly pivots: readonly (Pivot | Unpivot)[]
}

/** `t.items` in a FROM clause. */
export function arrayOfPath(context: Context, node: TablePath): UnnestSource {
  if (node.systemTime !== undefined) {
    throw problemAt(context, node.systemTime, 'FOR SYSTEM_TIME AS OF cannot be used with an array')
  }
  const last = node.path.parts.at(-1)?.name
  return {
    node,
    arguments: [node.path],
    alias: node.alias,
    ...(last === undefined ? {} : { implicitAlias: last }),
    offset: node.offset,
    pivots: node.pivots,
  }
}

export interface ResolvedUnnest {
  readonly arrays: readonly Expr[]
  readonly columns: readonly Column[]
  readonly offset: Column | undefined
  readonly names: NameList
}

/** The arrays of an UNNEST with the names of their elements; `context.scope` has what they may refer to. */
export function resolveUnnest(context: Context, source: UnnestSource): ResolvedUnnest {
  const plain = plainContext(context, 'UNNEST')
  const [argument] = source.arguments
  if (argument === undefined) throw unsupportedAt(context, source.node, 'UNNEST of several arrays')
  const array = argument.kind === 'path' ? resolvePath(plain, argument) : resolveExpression(plain, argument)
  if (array.type.kind !== 'ARRAY') {
    throw problemAt(
      context,
      argument,
      `Values referenced in UNNEST must be arrays. UNNEST contains expression of type ${typeName(array.type)}`,
    )
  }
  const alias = source.alias?.name ?? source.implicitAlias
  const column = newColumn(context, alias ?? 'element', array.type.element)
  const names = valueNames(columnRef(column), alias)
  if (source.offset === undefined) return { arrays: [array], columns: [column], offset: undefined, names }
  const offsetName = source.offset.alias?.name ?? 'offset'
  if (names.relations.some(({ name }) => name.toLowerCase() === offsetName.toLowerCase()))
    throw problemAt(context, source.offset, `Duplicate alias ${offsetName} found`)
  const offset = newColumn(context, offsetName, { kind: 'INT64' })
  const value = columnRef(offset)
  return {
    arrays: [array],
    columns: [column],
    offset,
    names: {
      columns: [...names.columns, { name: offsetName, expr: value }],
      relations: [...names.relations, { name: offsetName, columns: [], value }],
    },
  }
}

/** An UNNEST that is no join's right side. */
export function unnestAlone(context: Context, source: UnnestSource): From {
  const { names, arrays, columns, offset } = resolveUnnest(context, source)
  const [pivot] = source.pivots
  if (pivot !== undefined)
    throw problemAt(context, pivot, `${pivot.kind.toUpperCase()} is not allowed with array scans`)
  const scan: Scan = {
    kind: 'unnest',
    input: undefined,
    arrays,
    columns,
    offset,
    outer: false,
    condition: undefined,
  }
  return { scan, names }
}
