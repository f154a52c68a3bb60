import type {
  AlterAction,
  Argument,
  Assignment,
  ColumnChange,
  ColumnDefinition,
  ColumnSchema,
  ColumnTypeNode,
  Comment,
  ConditionalBranch,
  DatePart,
  Expression,
  ForeignReference,
  Frame,
  FrameBound,
  FromItem,
  FunctionParameter,
  GeneratedColumn,
  GroupBy,
  GroupingColumns,
  GroupingItem,
  HavingExtreme,
  Identifier,
  InsertRow,
  InsertValues,
  Limit,
  Membership,
  MergeAction,
  MergeWhen,
  NamedWindow,
  Option,
  OrderItem,
  PipeAggregateItem,
  PipeOperator,
  PipeRenameItem,
  PipeSetItem,
  Pivot,
  QueryBody,
  SelectItem,
  SetOperator,
  Statement,
  StructTypeField,
  StructValue,
  TableConstraint,
  TableOrigin,
  TableSample,
  TypeNode,
  Unpivot,
  UnpivotSource,
  UsingArgument,
  ViewColumn,
  When,
  WindowReference,
  With,
  WithBinding,
  WithEntry,
  WithOffset,
} from '../parse/ast.ts'
import { type Attached, childrenOf } from './comments.ts'
import { cat, type Doc, hardline, suffix } from './doc.ts'

/** Every node that the parser makes. */
export type Node =
  | Statement
  | ExpressionNode
  | QueryNode
  | FromNode
  | PipeNode
  | DmlNode
  | DefinitionNode
  | ScriptNode
  | TypeNode
  | StructTypeField
  | Identifier

export type ExpressionNode =
  | Expression
  | Argument
  | Membership
  | When
  | DatePart
  | HavingExtreme
  | WindowReference
  | Frame
  | FrameBound
  | StructValue
  | WithBinding

export type QueryNode =
  | QueryBody
  | With
  | WithEntry
  | SetOperator
  | SelectItem
  | GroupBy
  | GroupingItem
  | GroupingColumns
  | NamedWindow
  | OrderItem
  | Limit
  | Option

export type FromNode = FromItem | WithOffset | TableSample | Pivot | Unpivot | UnpivotSource
export type PipeNode = PipeOperator | PipeSetItem | PipeRenameItem | PipeAggregateItem
export type DmlNode = InsertValues | InsertRow | Assignment | MergeWhen | MergeAction
export type ScriptNode = ConditionalBranch | UsingArgument
export type DefinitionNode =
  | TableOrigin
  | ColumnDefinition
  | ColumnSchema
  | ColumnTypeNode
  | GeneratedColumn
  | TableConstraint
  | ForeignReference
  | ViewColumn
  | FunctionParameter
  | AlterAction
  | ColumnChange

/** Prints nodes, each with the comments that belong to it. The families of nodes get it to print what is inside them. */
export class Printer {
  private readonly ready = new Map<Node, Doc>()
  private readonly decorated = new Set<Node>()
  private readonly attached: ReadonlyMap<object, Attached>
  private readonly family: (node: Node, printer: Printer) => Doc

  constructor(attached: ReadonlyMap<object, Attached>, family: (node: Node, printer: Printer) => Doc) {
    this.attached = attached
    this.family = family
  }

  of(node: Node): Doc {
    return this.ready.get(node) ?? this.decorate(node, this.family(node, this))
  }

  /**
   * The document of a whole tree, with every comment of it. One that nests too deep for the stack is printed from its leaves up, so that each
   * node finds what is inside it printed already.
   */
  whole(root: Node): Doc {
    const doc = this.deep(root)
    const missed = [...this.attached].filter(([node]) => !this.decorated.has(node as Node))
    const comments = missed.flatMap(([, { leading, trailing }]) => [...leading, ...trailing])
    // A few nodes are written by the ones around them, which have no place for a comment.
    return cat(...comments.map(printLeading), doc)
  }

  private deep(root: Node): Doc {
    try {
      return this.of(root)
    } catch (error) {
      if (!(error instanceof RangeError)) throw error
    }
    for (const node of nodesOf(root).reverse()) this.ready.set(node, this.of(node))
    return this.of(root)
  }

  /** Adds a node's comments to its document. */
  decorate(node: Node, doc: Doc): Doc {
    this.decorated.add(node)
    const comments = this.attached.get(node)
    return comments === undefined ? doc : withComments(comments, doc)
  }

  hasComments(node: Node): boolean {
    return this.attached.has(node)
  }

  /** The document of an optional node. */
  maybe(node: Node | undefined): Doc | undefined {
    return node === undefined ? undefined : this.of(node)
  }

  all(nodes: readonly Node[]): readonly Doc[] {
    return nodes.map((node) => this.of(node))
  }
}

/** The tree's nodes, each before the ones inside it. */
function nodesOf(root: Node): Node[] {
  const nodes: Node[] = [root]
  for (let index = 0; index < nodes.length; index += 1)
    nodes.push(...(childrenOf(nodes[index] as Node) as Node[]))
  return nodes
}

function withComments({ leading, trailing }: Attached, doc: Doc): Doc {
  return cat(...leading.map(printLeading), doc, ...trailing.map(printTrailing))
}

function isLineComment(comment: Comment): boolean {
  return !comment.text.startsWith('/*')
}

function printLeading(comment: Comment): Doc {
  const alone = isLineComment(comment) || (comment.startsLine && comment.endsLine)
  return cat(comment.text, alone ? hardline : ' ')
}

function printTrailing(comment: Comment): Doc {
  if (isLineComment(comment) || comment.startsLine) return suffix(comment.text, comment.startsLine)
  return ` ${comment.text}`
}
