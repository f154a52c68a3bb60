import type { Expression } from './expression.ts'
import type { FromItem, Join, Pivot, TableCall, TableSample, Unpivot } from './from.ts'
import type { Identifier, Span } from './node.ts'
import type {
  GroupBy,
  Limit,
  NamedWindow,
  OrderItem,
  Query,
  Select,
  SelectItem,
  SetOperator,
  With,
} from './query.ts'

/** One `|> OPERATOR …`. WINDOW, the old word for EXTEND with window functions, is EXTEND. */
export type PipeOperator =
  | (Span & { readonly kind: 'pipeSelect'; readonly select: Select })
  | (Span & {
      readonly kind: 'pipeExtend'
      readonly items: readonly SelectItem[]
      readonly windows: readonly NamedWindow[]
    })
  | (Span & { readonly kind: 'pipeSet'; readonly items: readonly PipeSetItem[] })
  | (Span & { readonly kind: 'pipeDrop'; readonly columns: readonly Identifier[] })
  | (Span & { readonly kind: 'pipeRename'; readonly items: readonly PipeRenameItem[] })
  | (Span & { readonly kind: 'pipeAs'; readonly alias: Identifier })
  | (Span & { readonly kind: 'pipeWhere'; readonly condition: Expression })
  | (Span & { readonly kind: 'pipeOrderBy'; readonly orderBy: readonly OrderItem[] })
  | (Span & { readonly kind: 'pipeLimit'; readonly limit: Limit })
  | PipeAggregate
  | (Span & { readonly kind: 'pipeDistinct' })
  | PipeJoin
  | PipeSetOperation
  | (Span & { readonly kind: 'pipeCall'; readonly call: TableCall })
  | (Span & { readonly kind: 'pipeTableSample'; readonly sample: TableSample })
  | (Span & { readonly kind: 'pipePivot'; readonly pivot: Pivot })
  | (Span & { readonly kind: 'pipeUnpivot'; readonly unpivot: Unpivot })
  | (Span & { readonly kind: 'pipeWith'; readonly with: With })
  | (Span & {
      readonly kind: 'pipeAssert'
      readonly condition: Expression
      readonly payload: readonly Expression[]
    })

export interface PipeSetItem extends Span {
  readonly kind: 'pipeSetItem'
  readonly column: Identifier
  readonly value: Expression
}

export interface PipeRenameItem extends Span {
  readonly kind: 'pipeRenameItem'
  readonly from: Identifier
  readonly to: Identifier
}

export interface PipeAggregate extends Span {
  readonly kind: 'pipeAggregate'
  readonly items: readonly PipeAggregateItem[]
  readonly groupBy?: GroupBy | undefined
}

/** With an order when GROUP AND ORDER BY is not used: `AGGREGATE SUM(x) AS s DESC`. */
export interface PipeAggregateItem extends Span {
  readonly kind: 'pipeAggregateItem'
  readonly expression: Expression
  readonly alias?: Identifier | undefined
  readonly direction?: 'ASC' | 'DESC' | undefined
  readonly nulls?: 'FIRST' | 'LAST' | undefined
}

/** The left side is the pipe's input. */
export interface PipeJoin extends Span {
  readonly kind: 'pipeJoin'
  readonly type: Exclude<Join['type'], 'COMMA'>
  readonly right: FromItem
  readonly on?: Expression | undefined
  readonly using?: readonly Identifier[] | undefined
}

/** `|> UNION ALL (q1), (q2)`. */
export interface PipeSetOperation extends Span {
  readonly kind: 'pipeSetOperation'
  readonly operation: SetOperator
  readonly queries: readonly Query[]
}
