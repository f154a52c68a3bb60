import type {
  GroupBy,
  GroupingExpression,
  OrderItem,
  Query,
  Select,
  SelectStar,
  SetOperation,
  SetOperator,
} from '../parse/ast.ts'
import {
  cat,
  clause,
  column,
  type Doc,
  filled,
  group,
  hardline,
  headed,
  indent,
  isBroken,
  join,
  line,
  list,
} from './doc.ts'
import { conditionDoc, subquery } from './expression.ts'
import { base } from './precedence.ts'
import type { Node, Printer } from './printer.ts'

export function printQuery(node: Node, p: Printer): Doc | undefined {
  switch (node.kind) {
    case 'query':
      return group(queryLines(node, p))
    case 'parenthesizedQuery':
      return subquery('(', p.of(node.query))
    case 'fromQuery':
      return cat('FROM ', p.of(node.from))
    case 'select':
      return printSelect(node, p)
    case 'setOperation':
      return printSetOperation(node, p)
    case 'setOperator':
      return printSetOperator(node, p)
    case 'with':
      return cat(
        node.recursive ? 'WITH RECURSIVE' : 'WITH',
        indent(hardline, join(cat(',', hardline), p.all(node.entries))),
      )
    case 'withEntry':
      return cat(p.of(node.name), ' AS ', subquery('(', p.of(node.query)))
    default:
      return printSelectPart(node, p) ?? printOrderPart(node, p)
  }
}

/** The clauses, each on a line of its own unless the whole query fits on one. */
function queryLines(node: Query, p: Printer): Doc {
  const pipes = node.pipes.map((pipe) => cat(hardline, '|> ', p.of(pipe)))
  return cat(
    node.with && cat(p.of(node.with), hardline),
    p.of(node.body),
    node.orderBy.length === 0 ? undefined : cat(line, clause('ORDER BY', p.all(node.orderBy))),
    node.limit && cat(line, p.of(node.limit)),
    ...pipes,
  )
}

function printSelect(node: Select, p: Printer): Doc {
  return cat(
    selectList(node, p),
    node.from && cat(line, 'FROM ', p.of(node.from)),
    node.where && cat(line, headed('WHERE', conditionDoc(node.where, p))),
    node.groupBy && cat(line, p.of(node.groupBy)),
    node.having && cat(line, headed('HAVING', conditionDoc(node.having, p))),
    node.qualify && cat(line, headed('QUALIFY', conditionDoc(node.qualify, p))),
    node.windows.length === 0 ? undefined : cat(line, clause('WINDOW', p.all(node.windows))),
  )
}

/** So many columns stand side by side if they fit; more are read better one below the other. */
const fewColumns = 3

/** `SELECT DISTINCT AS STRUCT a, b`; of a pipe too. */
export function selectList(node: Select, p: Printer): Doc {
  const quantifier = node.quantifier === undefined ? '' : ` ${node.quantifier}`
  const as = node.as === undefined ? '' : ` AS ${node.as}`
  const word = `SELECT${quantifier}${as}`
  const items = p.all(node.items)
  if (isRow(node)) return items.some(isBroken) ? clause(word, items) : filled(word, items)
  return items.length > fewColumns ? column(word, items) : clause(word, items)
}

/** A row written out, without FROM or anything behind it. */
function isRow(node: Node): boolean {
  return (
    node.kind === 'select' &&
    [node.from, node.where, node.groupBy, node.having, node.qualify].every((part) => part === undefined) &&
    node.windows.length === 0
  )
}

function printSetOperation({ operation, inputs }: SetOperation, p: Printer): Doc {
  const [first, ...rest] = p.all(inputs)
  // The operator is one node for the whole chain, so its comments are printed with its first use alone.
  return cat(
    first,
    ...rest.flatMap((input, index) => {
      const node = inputs[index + 1]
      const row = node !== undefined && isRow(node) && !isBroken(input)
      const operator = index === 0 ? p.of(operation) : printSetOperator(operation, p)
      // Rows written out stand one below the other.
      return row ? [hardline, operator, ' ', input] : [line, operator, line, input]
    }),
  )
}

function printSetOperator(node: SetOperator, p: Printer): Doc {
  const mode = node.mode === undefined ? '' : node.mode === 'INNER' ? 'INNER ' : `${node.mode} OUTER `
  const strict = node.strict ? ' STRICT' : ''
  const matching = node.matching === undefined ? '' : ` ${node.matching}`
  const word = node.matching === 'BY NAME' ? ' ON ' : ' BY '
  const columns = node.columns && cat(word, list('(', p.all(node.columns), ')'))
  return cat(`${mode}${node.operator} ${node.quantifier}${strict}${matching}`, columns)
}

function printSelectPart(node: Node, p: Printer): Doc | undefined {
  switch (node.kind) {
    case 'selectExpression':
      return cat(p.of(node.expression), node.alias && cat(' AS ', p.of(node.alias)))
    case 'selectStar':
      return printStar(node, p)
    case 'groupBy':
      return printGroupBy(node, p)
    case 'groupingExpression':
      return printGroupingExpression(node, p)
    case 'rollup':
      return list('ROLLUP (', p.all(node.sets), ')')
    case 'cube':
      return list('CUBE (', p.all(node.sets), ')')
    case 'groupingSets':
      return list('GROUPING SETS (', p.all(node.sets), ')')
    case 'groupingColumns':
      return node.columns.length === 1 ? cat(...p.all(node.columns)) : list('(', p.all(node.columns), ')')
    default:
      return undefined
  }
}

function printStar(node: SelectStar, p: Printer): Doc {
  const { operand } = node
  const plainPath = operand?.kind === 'path'
  const owner = operand === undefined ? '' : cat(plainPath ? p.of(operand) : base(operand, '.', p), '.')
  const except = node.except.length === 0 ? '' : cat(' ', list('EXCEPT (', p.all(node.except), ')'))
  const replace = node.replace.length === 0 ? '' : cat(' ', list('REPLACE (', p.all(node.replace), ')'))
  return cat(owner, '*', except, replace)
}

function printGroupBy(node: GroupBy, p: Printer): Doc {
  const words = node.andOrderBy ? 'GROUP AND ORDER BY' : 'GROUP BY'
  return node.all ? `${words} ALL` : clause(words, p.all(node.items))
}

function printGroupingExpression(node: GroupingExpression, p: Printer): Doc {
  return cat(p.of(node.expression), node.alias && cat(' AS ', p.of(node.alias)), order(node))
}

/** ` DESC NULLS LAST`. */
export function order({ direction, nulls }: Pick<OrderItem, 'direction' | 'nulls'>): string {
  return `${direction === undefined ? '' : ` ${direction}`}${nulls === undefined ? '' : ` NULLS ${nulls}`}`
}

function printOrderPart(node: Node, p: Printer): Doc | undefined {
  switch (node.kind) {
    case 'namedWindow':
      return cat(p.of(node.name), ' AS ', p.of(node.window))
    case 'orderItem':
      return cat(p.of(node.expression), node.collate && cat(' COLLATE ', p.of(node.collate)), order(node))
    case 'limit':
      return cat('LIMIT ', p.of(node.count), node.offset && cat(' OFFSET ', p.of(node.offset)))
    case 'option':
      return cat(p.of(node.name), ` ${node.operator} `, p.of(node.value))
    default:
      return undefined
  }
}
