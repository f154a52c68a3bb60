import type { Call, Expression, Frame, WindowSpecification } from '../parse/ast.ts'
import { cat, clause, type Doc, group, indent, join, line, list, softline } from './doc.ts'
import { base } from './precedence.ts'
import type { Node, Printer } from './printer.ts'

export function printCall(node: Call, p: Printer): Doc {
  const over = node.over && cat(' OVER ', p.of(node.over))
  if (!node.chained) return cat(functionName(node, p), inside(node, p), over)
  const [first] = node.args
  const qualified = node.safe || node.name.parts.length > 1
  const name = cat(node.safe ? 'SAFE.' : '', p.of(node.name))
  const called = qualified ? cat('(', name, ')') : name
  return cat(
    base(first as Expression, '.', p),
    '.',
    called,
    inside({ ...node, args: node.args.slice(1) }, p),
    over,
  )
}

/** Functions that are called by a reserved word, without backticks. */
const keywordFunctions = new Set(['IF', 'LEFT', 'RIGHT', 'GROUPING', 'COLLATE', 'RANGE'])

function functionName({ name, safe }: Call, p: Printer): Doc {
  const [only] = name.parts
  const prefix = safe ? 'SAFE.' : ''
  if (only === undefined || name.parts.length > 1 || only.quoted) return cat(prefix, p.of(name))
  const bare = safe || keywordFunctions.has(only.name.toUpperCase())
  // A comment may not come between SAFE. and the name.
  return bare ? p.decorate(name, p.decorate(only, prefix + only.name)) : p.of(name)
}

/** `(DISTINCT a, b IGNORE NULLS ORDER BY c LIMIT 1)`. */
function inside(node: Call, p: Printer): Doc {
  const args = join(cat(',', line), p.all(node.args))
  const clauses = [
    node.nulls && `${node.nulls} NULLS`,
    p.maybe(node.having),
    node.orderBy && clause('ORDER BY', p.all(node.orderBy)),
    p.maybe(node.limit),
  ].filter((clause) => clause !== undefined)
  const empty = node.args.length === 0 && clauses.length === 0 && !node.distinct
  if (empty) return '()'
  const content = cat(node.distinct ? 'DISTINCT ' : '', args, ...clauses.map((clause) => cat(line, clause)))
  return group('(', indent(softline, content), softline, ')')
}

/** What only stands in calls: arguments that are no expressions, windows. */
export function printArgument(node: Node, p: Printer): Doc | undefined {
  switch (node.kind) {
    case 'star':
      return '*'
    case 'namedArgument':
      return cat(p.of(node.name), ' => ', p.of(node.value))
    case 'lambda': {
      const [only] = node.parameters
      const parameters =
        node.parameters.length === 1 && only ? p.of(only) : list('(', p.all(node.parameters), ')')
      return cat(parameters, ' -> ', p.of(node.body))
    }
    case 'tableArgument':
      return cat('TABLE ', p.of(node.path))
    case 'modelArgument':
      return cat('MODEL ', p.of(node.path))
    case 'connectionArgument':
      return cat('CONNECTION ', p.of(node.path))
    case 'descriptor':
      return list('DESCRIPTOR(', p.all(node.columns), ')')
    case 'havingExtreme':
      return cat(`HAVING ${node.extreme} `, p.of(node.expression))
    default:
      return printWindow(node, p)
  }
}

function printWindow(node: Node, p: Printer): Doc | undefined {
  switch (node.kind) {
    case 'windowName':
      return p.of(node.name)
    case 'window':
      return printSpecification(node, p)
    case 'frame':
      return printFrame(node, p)
    case 'frameBound':
      return node.offset === undefined ? node.bound : cat(p.of(node.offset), ' ', node.bound)
    default:
      return undefined
  }
}

function printSpecification(node: WindowSpecification, p: Printer): Doc {
  const clauses = [
    p.maybe(node.name),
    node.partitionBy.length === 0 ? undefined : clause('PARTITION BY', p.all(node.partitionBy)),
    node.orderBy.length === 0 ? undefined : clause('ORDER BY', p.all(node.orderBy)),
    p.maybe(node.frame),
  ].filter((clause) => clause !== undefined)
  return clauses.length === 0 ? '()' : group('(', indent(softline, join(line, clauses)), softline, ')')
}

function printFrame({ unit, from, to }: Frame, p: Printer): Doc {
  return to === undefined
    ? cat(`${unit} `, p.of(from))
    : cat(`${unit} BETWEEN `, p.of(from), ' AND ', p.of(to))
}
