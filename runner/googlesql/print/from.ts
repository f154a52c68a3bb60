import type {
  FromItem,
  Join,
  Pivot,
  TableCall,
  TablePath,
  TableSubquery,
  Unnest,
  Unpivot,
  UnpivotSource,
} from '../parse/ast.ts'
import { cat, type Doc, group, indent, join, line, list, softline } from './doc.ts'
import { conditionDoc, subquery } from './expression.ts'
import type { Node, Printer } from './printer.ts'

export function printFrom(node: Node, p: Printer): Doc | undefined {
  switch (node.kind) {
    case 'tablePath':
      return printTablePath(node, p)
    case 'tableSubquery':
      return cat(subquery('(', p.of(node.query)), suffixes(node, p))
    case 'unnest':
      return cat('UNNEST(', p.of(node.expression), ')', suffixes(node, p))
    case 'tableCall':
      return cat(p.of(node.name), list('(', p.all(node.args), ')'), suffixes(node, p))
    case 'withOffset':
      return cat('WITH OFFSET', node.alias && cat(' AS ', p.of(node.alias)))
    case 'join':
      return printJoin(node, p)
    case 'parenthesizedFrom':
      return cat(group('(', indent(softline, p.of(node.from)), softline, ')'), sample(node, p))
    case 'tableSample':
      return cat(`TABLESAMPLE ${node.method} (`, p.of(node.size), ` ${node.unit})`)
    case 'pivot':
      return printPivot(node, p)
    case 'unpivot':
      return printUnpivot(node, p)
    case 'unpivotSource':
      return printSource(node, p)
    default:
      return undefined
  }
}

function printTablePath(node: TablePath, p: Printer): Doc {
  const time = node.systemTime && cat(' FOR SYSTEM_TIME AS OF ', p.of(node.systemTime))
  return cat(p.of(node.path), suffixes(node, p, time))
}

function suffixes(node: TablePath | TableSubquery | Unnest | TableCall, p: Printer, time?: Doc): Doc {
  const alias = node.alias && cat(' AS ', p.of(node.alias))
  const pivots = node.pivots.map((pivot) => cat(line, p.of(pivot)))
  const offset = 'offset' in node && node.offset !== undefined ? cat(' ', p.of(node.offset)) : ''
  return cat(alias, ...pivots, offset, time, sample(node, p))
}

function sample(node: Pick<TablePath, 'sample'>, p: Printer): Doc {
  return node.sample === undefined ? '' : cat(' ', p.of(node.sample))
}

/** `JOIN`, `LEFT JOIN`, `CROSS JOIN`, … */
export function joinWords(type: Join['type']): string {
  return type === 'INNER' ? 'JOIN' : `${type} JOIN`
}

/** The joins of a chain, each on a line of the query's, without recursion into the left side. */
function printJoin(node: Join, p: Printer): Doc {
  const links: Doc[] = []
  let left: FromItem = node
  while (left.kind === 'join' && (left === node || !p.hasComments(left))) {
    links.push(printLink(left, p))
    left = left.left
  }
  return cat(p.of(left), ...links.reverse())
}

function printLink(node: Join, p: Printer): Doc {
  if (node.type === 'COMMA') return cat(',', indent(line, p.of(node.right)))
  return cat(line, `${joinWords(node.type)} `, p.of(node.right), condition(node, p))
}

export function condition(node: Pick<Join, 'on' | 'using'>, p: Printer): Doc {
  if (node.on !== undefined) return group(indent(line, 'ON ', conditionDoc(node.on, p)))
  return node.using === undefined ? '' : cat(' ', list('USING (', p.all(node.using), ')'))
}

function printPivot(node: Pivot, p: Printer): Doc {
  const aggregates = join(cat(',', line), p.all(node.aggregates))
  const values = list('IN (', p.all(node.values), ')')
  const inside = cat(aggregates, line, 'FOR ', p.of(node.input), ' ', values)
  return cat(
    group('PIVOT (', indent(softline, inside), softline, ')'),
    node.alias && cat(' AS ', p.of(node.alias)),
  )
}

function printUnpivot(node: Unpivot, p: Printer): Doc {
  const nulls = node.nulls === undefined ? '' : `${node.nulls} NULLS `
  const values = node.multiple ? list('(', p.all(node.values), ')') : cat(...p.all(node.values))
  const sources = list('IN (', p.all(node.sources), ')')
  const inside = cat(values, ' FOR ', p.of(node.name), ' ', sources)
  return cat(
    group(`UNPIVOT ${nulls}(`, indent(softline, inside), softline, ')'),
    node.alias && cat(' AS ', p.of(node.alias)),
  )
}

function printSource(node: UnpivotSource, p: Printer): Doc {
  const columns =
    node.columns.length === 1 ? cat(...p.all(node.columns)) : list('(', p.all(node.columns), ')')
  return cat(columns, node.label && cat(' AS ', p.of(node.label)))
}
