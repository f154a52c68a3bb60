import type { Binary, Case, Cast, Expression, Logical, Membership, Unary } from '../parse/ast.ts'
import { precedence } from '../parse/expression.ts'
import { printArgument, printCall } from './call.ts'
import { cat, type Doc, group, hardline, indent, join, line, list, softline, values } from './doc.ts'
import { printLiteral } from './literal.ts'
import { printName } from './name.ts'
import { base, bindingOf, operand, written } from './precedence.ts'
import type { Node, Printer } from './printer.ts'

export function printExpression(node: Node, p: Printer): Doc | undefined {
  const doc = printBare(node, p)
  if (doc !== undefined) return 'parenthesized' in node ? written(node as Expression, doc) : doc
  return printMembership(node, p) ?? printArgument(node, p)
}

function printBare(node: Node, p: Printer): Doc | undefined {
  return printLiteral(node, p) ?? printOperator(node, p) ?? printConstructor(node, p) ?? printOperand(node, p)
}

function printOperator(node: Node, p: Printer): Doc | undefined {
  const low = precedence.bitOr
  switch (node.kind) {
    case 'unary':
      return printUnary(node, p)
    case 'binary':
      return printBinary(node, p)
    case 'logical':
      return printLogical(node, p)
    case 'is':
      return cat(operand(node.operand, low, p), ' IS ', not(node.negated), node.test)
    case 'isDistinctFrom': {
      const left = operand(node.left, low, p)
      return cat(left, ' IS ', not(node.negated), 'DISTINCT FROM ', operand(node.right, low, p))
    }
    case 'between': {
      const bounds = [operand(node.low, low, p), ' AND ', operand(node.high, low, p)]
      return cat(operand(node.operand, low, p), ' ', not(node.negated), 'BETWEEN ', ...bounds)
    }
    case 'like':
      return cat(
        operand(node.operand, low, p),
        ' ',
        not(node.negated),
        'LIKE ',
        operand(node.pattern, low, p),
      )
    case 'quantifiedLike': {
      const head = cat(operand(node.operand, low, p), ' ', not(node.negated), `LIKE ${node.quantifier} `)
      return cat(head, p.of(node.source))
    }
    case 'in':
      return cat(operand(node.operand, low, p), ' ', not(node.negated), 'IN ', p.of(node.source))
    default:
      return undefined
  }
}

function not(negated: boolean): string {
  return negated ? 'NOT ' : ''
}

function printMembership(node: Node, p: Printer): Doc | undefined {
  switch (node.kind) {
    case 'list':
      return list('(', p.all((node as Extract<Membership, { kind: 'list' }>).elements), ')')
    case 'inQuery':
      return subquery('(', p.of(node.query))
    case 'inUnnest':
      return cat('UNNEST(', p.of(node.expression), ')')
    default:
      return undefined
  }
}

/** `(query)`: on one line, or indented. */
export function subquery(open: string, query: Doc): Doc {
  return group(open, indent(softline, query), softline, ')')
}

function printUnary(node: Unary, p: Printer): Doc {
  if (node.operator === 'NOT') {
    const inner = node.operand.kind === 'unary' && node.operand.operator === 'NOT'
    return cat('NOT ', operand(node.operand, inner ? precedence.not : precedence.comparison, p))
  }
  const { operand: inner } = node
  // Two minus signs side by side would begin a comment.
  const same = inner.kind === 'unary' && !inner.parenthesized && inner.operator === node.operator
  return cat(node.operator, same || p.hasComments(inner) ? ' ' : '', operand(inner, precedence.unary, p))
}

/** A chain of operators of one strength, from left to right, without recursion into its left side. */
function printBinary(node: Binary, p: Printer): Doc {
  const binding = bindingOf(node)
  if (binding === precedence.comparison) {
    const right = operand(node.right, precedence.bitOr, p)
    return group(operand(node.left, precedence.bitOr, p), ` ${node.operator}`, indent(line, right))
  }
  const links: Doc[] = []
  let left: Expression = node
  while (left.kind === 'binary' && bindingOf(left) === binding && (left === node || !left.parenthesized)) {
    links.push(cat(line, `${left.operator} `, operand(left.right, binding + 1, p)))
    left = left.left
  }
  return group(operand(left, binding, p), indent(...links.reverse()))
}

function printLogical(node: Logical, p: Printer): Doc {
  const [first, ...rest] = operands(node, p)
  return group(first, indent(...rest))
}

/** The first operand, then the others each behind a break and its AND or OR. */
function operands(node: Logical, p: Printer): readonly Doc[] {
  const least = bindingOf(node) + 1
  return node.operands.map((each, index) => {
    const doc = operand(each, least, p)
    return index === 0 ? doc : cat(line, `${node.operator} `, doc)
  })
}

/** A condition behind WHERE, ON and their like, whose ANDs stand below each other without more indentation. */
export function conditionDoc(node: Expression, p: Printer): Doc {
  if (node.kind !== 'logical' || node.parenthesized) return p.of(node)
  return p.decorate(node, cat(...operands(node, p)))
}

function printConstructor(node: Node, p: Printer): Doc | undefined {
  switch (node.kind) {
    case 'array': {
      const element = node.element === undefined ? '' : cat('<', p.of(node.element), '>')
      return cat(node.keyword ? 'ARRAY' : '', element, values('[', p.all(node.elements), ']'))
    }
    case 'struct':
      return cat(node.type === undefined ? 'STRUCT' : p.of(node.type), list('(', p.all(node.fields), ')'))
    case 'structValue':
      return cat(p.of(node.value), node.alias && cat(' AS ', p.of(node.alias)))
    case 'tuple':
      return list('(', p.all(node.elements), ')')
    case 'subquery':
      return subquery('(', p.of(node.query))
    case 'arraySubquery':
      return subquery('ARRAY(', p.of(node.query))
    case 'exists':
      return subquery('EXISTS(', p.of(node.query))
    case 'withExpression':
      return list('WITH(', [...p.all(node.bindings), p.of(node.body)], ')')
    case 'withBinding':
      return cat(p.of(node.name), ' AS ', p.of(node.value))
    default:
      return undefined
  }
}

function printOperand(node: Node, p: Printer): Doc | undefined {
  switch (node.kind) {
    case 'path':
      return cat(
        ...node.parts.map((part, index) => (index === 0 ? p.of(part) : cat('.', printPart(part, p)))),
      )
    case 'identifier':
      return printName(node)
    case 'parameter':
      return node.name === undefined
        ? '?'
        : `@${printName({ ...nameless, name: node.name, quoted: false }, true)}`
    case 'systemVariable':
      return cat('@@', p.of(node.path))
    case 'field':
      return cat(base(node.operand, '.', p), '.', printPart(node.name, p))
    case 'subscript':
      return printSubscript(node, p)
    case 'call':
      return printCall(node, p)
    case 'cast':
      return printCast(node, p)
    case 'extract': {
      const zone = node.timeZone && cat(' AT TIME ZONE ', p.of(node.timeZone))
      return cat('EXTRACT(', p.of(node.part), ' FROM ', p.of(node.operand), zone, ')')
    }
    case 'datePart':
      return node.weekday === undefined ? node.name : `${node.name}(${node.weekday})`
    case 'case':
      return printCase(node, p)
    case 'when':
      return group('WHEN ', p.of(node.condition), indent(line, cat('THEN ', p.of(node.result))))
    case 'default':
      return 'DEFAULT'
    default:
      return undefined
  }
}

const nameless = { kind: 'identifier', start: 0, end: 0 } as const

/** A name behind a dot. Its comments, if any, go with it. */
function printPart(part: Extract<Node, { kind: 'identifier' }>, p: Printer): Doc {
  return p.decorate(part, printName(part, true))
}

function printSubscript(node: Extract<Expression, { kind: 'subscript' }>, p: Printer): Doc {
  const index = p.of(node.index)
  const inside = node.accessor === undefined ? index : cat(`${node.accessor}(`, index, ')')
  return cat(base(node.operand, '[', p), '[', inside, ']')
}

function printCast(node: Cast, p: Printer): Doc {
  const zone = node.timeZone && cat(' AT TIME ZONE ', p.of(node.timeZone))
  const format = node.format && cat(' FORMAT ', p.of(node.format))
  return cat(
    node.safe ? 'SAFE_CAST(' : 'CAST(',
    p.of(node.operand),
    ' AS ',
    p.of(node.type),
    format,
    zone,
    ')',
  )
}

/** On one line with at most one WHEN, else a branch a line. */
function printCase(node: Case, p: Printer): Doc {
  const head = cat('CASE', node.operand && cat(' ', p.of(node.operand)))
  const otherwise = node.otherwise && cat('ELSE ', p.of(node.otherwise))
  const branches = [...p.all(node.whens), ...(otherwise === undefined ? [] : [otherwise])]
  const separator = node.whens.length > 1 ? hardline : line
  return group(head, indent(separator, join(separator, branches)), separator, 'END')
}
