import type { Expression, FromItem, Identifier, Join } from './ast.ts'
import { parseExpression } from './expression.ts'
import { parseTable } from './from.ts'
import type { Parser } from './parser.ts'

type JoinType = Exclude<Join['type'], 'COMMA'>

interface JoinCondition {
  readonly on: Expression | undefined
  readonly using: readonly Identifier[] | undefined
}

interface PendingJoin {
  readonly type: JoinType
  readonly item: FromItem
}

const none: JoinCondition = { on: undefined, using: undefined }

/** True at a join's first word. LEFT and FULL may also begin `LEFT OUTER UNION ALL`. */
export function atJoin(p: Parser): boolean {
  switch (p.word) {
    case 'JOIN':
    case 'CROSS':
    case 'RIGHT':
    case 'NATURAL':
      return true
    case 'INNER':
    case 'LEFT':
    case 'FULL':
      return !isSetOperator(p.peek()) && !(p.peek() === 'OUTER' && isSetOperator(p.peek(2)))
    default:
      return false
  }
}

function isSetOperator(word: string): boolean {
  return word === 'UNION' || word === 'INTERSECT' || word === 'EXCEPT'
}

/**
 * The joins after `first`. They associate to the left; several conditions in a row close joins from the inside out:
 * `a JOIN b JOIN c ON x ON y` is `a JOIN (b JOIN c ON x) ON y`. A join without a condition (with an array, or a mistake
 * that the resolver reports) stays without.
 */
export function parseJoins(p: Parser, first: FromItem): FromItem {
  let left = first
  let pending: PendingJoin[] = []
  while (atJoin(p)) {
    const type = parseJoinType(p)
    pending.push({ type, item: parseTable(p) })
    const conditions = parseConditions(p, type, pending.length)
    if (conditions.length === 0) continue
    const split = pending.length - conditions.length
    left = joinAll(left, pending.slice(0, split))
    left = nest(left, pending.slice(split), conditions, p.end)
    pending = []
  }
  return joinAll(left, pending)
}

/** `LEFT OUTER JOIN`, `CROSS JOIN`, `JOIN`, …; steps over it. */
export function parseJoinType(p: Parser): JoinType {
  if (p.word === 'NATURAL') p.refuse('NATURAL JOIN')
  const type = p.word
  if (type === 'JOIN') {
    p.advance()
    return 'INNER'
  }
  p.advance()
  if (type === 'LEFT' || type === 'RIGHT' || type === 'FULL') p.take('OUTER')
  p.expect('JOIN')
  return type as JoinType
}

function parseConditions(p: Parser, type: JoinType, joins: number): readonly JoinCondition[] {
  const conditions: JoinCondition[] = []
  while (p.word === 'ON' || p.word === 'USING') {
    if (type === 'CROSS') p.failPlain(`${p.word} clause cannot be used with CROSS JOIN`)
    if (conditions.length === joins) {
      p.fail(
        `The number of join conditions is ${joins + 1} but the number of joins that require a join condition is only ${joins}. Unexpected keyword ${p.word}`,
      )
    }
    conditions.push(parseCondition(p))
  }
  return conditions
}

/** `ON condition` or `USING (a, b)`, if one is there. */
export function parseCondition(p: Parser): JoinCondition {
  if (p.take('ON')) return { on: parseExpression(p), using: undefined }
  return p.take('USING') ? { on: undefined, using: p.parenthesizedIdentifiers() } : none
}

function join(left: FromItem, { type, item }: PendingJoin, condition: JoinCondition, end: number): Join {
  return { kind: 'join', start: left.start, end, type, left, right: item, ...condition }
}

function joinAll(first: FromItem, joins: readonly PendingJoin[]): FromItem {
  return joins.reduce<FromItem>((left, next) => join(left, next, none, next.item.end), first)
}

/** Joins with one condition each; the first condition belongs to the last join. */
function nest(
  first: FromItem,
  joins: readonly PendingJoin[],
  conditions: readonly JoinCondition[],
  end: number,
): FromItem {
  const lefts = [first, ...joins.map(({ item }) => item)]
  return conditions.reduce<FromItem>((right, condition, index) => {
    const at = joins.length - 1 - index
    const { type } = joins[at] as PendingJoin
    return join(lefts[at] as FromItem, { type, item: right }, condition, end)
  }, lefts.at(-1) as FromItem)
}
