import type { Delete, Insert, Merge, MergeAction, MergeWhen, Update } from '../parse/ast.ts'
import { cat, clause, type Doc, group, hardline, headed, indent, join, line, list } from './doc.ts'
import { conditionDoc } from './expression.ts'
import type { Node, Printer } from './printer.ts'

export function printDml(node: Node, p: Printer): Doc | undefined {
  switch (node.kind) {
    case 'insert':
      return printInsert(node, p)
    case 'values':
      return group('VALUES', indent(line, join(cat(',', line), p.all(node.rows))))
    case 'insertRow':
      return list('(', p.all(node.values), ')')
    case 'update':
      return printUpdate(node, p)
    case 'assignment':
      return cat(p.of(node.target), ' = ', p.of(node.value))
    case 'delete':
      return printDelete(node, p)
    case 'truncate':
      return cat('TRUNCATE TABLE ', p.of(node.target), node.where && cat(' WHERE ', p.of(node.where)))
    case 'merge':
      return printMerge(node, p)
    case 'mergeWhen':
      return printWhen(node, p)
    case 'mergeInsert':
    case 'mergeUpdate':
    case 'mergeDelete':
      return printAction(node, p)
    default:
      return undefined
  }
}

function printInsert(node: Insert, p: Printer): Doc {
  const columns = node.columns && cat(' ', list('(', p.all(node.columns), ')'))
  return group('INSERT INTO ', p.of(node.target), columns, line, p.of(node.source))
}

function alias(node: { readonly alias?: Parameters<Printer['maybe']>[0] }, p: Printer): Doc {
  return node.alias === undefined ? '' : cat(' AS ', p.of(node.alias))
}

function printUpdate(node: Update, p: Printer): Doc {
  return group(
    cat('UPDATE ', p.of(node.target), alias(node, p)),
    cat(line, clause('SET', p.all(node.items))),
    node.from && cat(line, 'FROM ', p.of(node.from)),
    node.where && cat(line, headed('WHERE', conditionDoc(node.where, p))),
  )
}

function printDelete(node: Delete, p: Printer): Doc {
  const where = node.where && cat(line, headed('WHERE', conditionDoc(node.where, p)))
  return group('DELETE FROM ', p.of(node.target), alias(node, p), where)
}

function printMerge(node: Merge, p: Printer): Doc {
  return cat(
    cat('MERGE INTO ', p.of(node.target), alias(node, p)),
    cat(hardline, group('USING ', p.of(node.source))),
    cat(hardline, headed('ON', conditionDoc(node.on, p))),
    ...node.whens.map((when) => cat(hardline, p.of(when))),
  )
}

function printWhen(node: MergeWhen, p: Printer): Doc {
  const match = node.match === 'NOT MATCHED BY TARGET' ? 'NOT MATCHED' : node.match
  const condition = node.condition && cat(' AND ', p.of(node.condition))
  return group(`WHEN ${match}`, condition, ' THEN', indent(line, p.of(node.action)))
}

function printAction(node: MergeAction, p: Printer): Doc {
  if (node.kind === 'mergeDelete') return 'DELETE'
  if (node.kind === 'mergeUpdate') return clause('UPDATE SET', p.all(node.items))
  const columns = node.columns && cat(' ', list('(', p.all(node.columns), ')'))
  return cat('INSERT', columns, node.values === 'row' ? ' ROW' : cat(line, 'VALUES ', p.of(node.values)))
}
