import { cat, clause, type Doc, group, headed, indent, join, line, list } from './doc.ts'
import { conditionDoc, subquery } from './expression.ts'
import { condition, joinWords } from './from.ts'
import type { Node, Printer } from './printer.ts'
import { order, selectList } from './query.ts'

/** What stands behind `|> `. */
export function printPipe(node: Node, p: Printer): Doc | undefined {
  switch (node.kind) {
    case 'pipeSelect':
      return cat(selectList(node.select, p), windows(node.select, p))
    case 'pipeExtend':
      return cat(clause('EXTEND', p.all(node.items)), windows(node, p))
    case 'pipeSet':
      return clause('SET', p.all(node.items))
    case 'pipeSetItem':
      return cat(p.of(node.column), ' = ', p.of(node.value))
    case 'pipeDrop':
      return clause('DROP', p.all(node.columns))
    case 'pipeRename':
      return clause('RENAME', p.all(node.items))
    case 'pipeRenameItem':
      return cat(p.of(node.from), ' AS ', p.of(node.to))
    case 'pipeAs':
      return cat('AS ', p.of(node.alias))
    case 'pipeWhere':
      return headed('WHERE', conditionDoc(node.condition, p))
    case 'pipeOrderBy':
      return clause('ORDER BY', p.all(node.orderBy))
    case 'pipeLimit':
      return p.of(node.limit)
    case 'pipeDistinct':
      return 'DISTINCT'
    default:
      return printTableOperator(node, p)
  }
}

function windows({ windows: named }: { readonly windows: readonly Node[] }, p: Printer): Doc {
  return named.length === 0 ? '' : cat(line, clause('WINDOW', p.all(named)))
}

function printTableOperator(node: Node, p: Printer): Doc | undefined {
  switch (node.kind) {
    case 'pipeAggregate': {
      const items = node.items.length === 0 ? 'AGGREGATE' : clause('AGGREGATE', p.all(node.items))
      return group(items, node.groupBy && indent(line, p.of(node.groupBy)))
    }
    case 'pipeAggregateItem':
      return cat(p.of(node.expression), node.alias && cat(' AS ', p.of(node.alias)), order(node))
    case 'pipeJoin':
      return cat(`${joinWords(node.type)} `, p.of(node.right), condition(node, p))
    case 'pipeSetOperation': {
      const queries = node.queries.map((query) => subquery('(', p.of(query)))
      return group(p.of(node.operation), indent(line, join(cat(',', line), queries)))
    }
    case 'pipeCall':
      return cat('CALL ', p.of(node.call))
    case 'pipeTableSample':
      return p.of(node.sample)
    case 'pipePivot':
      return p.of(node.pivot)
    case 'pipeUnpivot':
      return p.of(node.unpivot)
    case 'pipeWith':
      return p.of(node.with)
    case 'pipeAssert':
      return cat('ASSERT ', list('', p.all([node.condition, ...node.payload]), ''))
    default:
      return undefined
  }
}
