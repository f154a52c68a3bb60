import type { Frame, FrameBound, NamedWindow, WindowReference } from './ast.ts'
import { parseExpression } from './expression.ts'
import { parseOrderBy } from './order-by.ts'
import type { Parser } from './parser.ts'

/** `OVER w`, `OVER (…)`; the current token is OVER. */
export function parseOver(p: Parser): WindowReference {
  p.advance()
  return parseWindow(p)
}

/** `WINDOW a AS (…), b AS a`; the current token is WINDOW. */
export function parseWindows(p: Parser): readonly NamedWindow[] {
  p.advance()
  return p.list(() => {
    const start = p.start
    const name = p.identifier()
    p.expect('AS')
    const window = parseWindow(p)
    return { kind: 'namedWindow', start, end: p.end, name, window }
  })
}

function parseWindow(p: Parser): WindowReference {
  const start = p.start
  if (!p.at('(')) {
    const name = p.identifier()
    return { kind: 'windowName', start, end: p.end, name }
  }
  p.advance()
  const name = p.atName ? p.identifier() : undefined
  const partitionBy = p.take('PARTITION') ? parsePartitionBy(p) : []
  const orderBy = p.word === 'ORDER' ? parseOrderBy(p) : []
  const frame = p.word === 'ROWS' || p.word === 'RANGE' ? parseFrame(p, p.word) : undefined
  p.expect(')')
  return { kind: 'window', start, end: p.end, name, partitionBy, orderBy, frame }
}

function parsePartitionBy(p: Parser) {
  p.expect('BY')
  return p.list(() => parseExpression(p))
}

function parseFrame(p: Parser, unit: 'ROWS' | 'RANGE'): Frame {
  const start = p.start
  p.advance()
  if (!p.take('BETWEEN')) {
    const from = parseBound(p)
    return { kind: 'frame', start, end: p.end, unit, from, to: undefined }
  }
  const from = parseBound(p)
  p.expect('AND')
  const to = parseBound(p)
  return { kind: 'frame', start, end: p.end, unit, from, to }
}

function parseBound(p: Parser): FrameBound {
  const start = p.start
  if (p.takeWords('CURRENT', 'ROW')) {
    return { kind: 'frameBound', start, end: p.end, bound: 'CURRENT ROW', offset: undefined }
  }
  const offset = p.take('UNBOUNDED') ? undefined : parseExpression(p)
  const direction = p.word
  if (direction !== 'PRECEDING' && direction !== 'FOLLOWING') {
    p.fail(`Expected keyword FOLLOWING or keyword PRECEDING but got ${p.describe()}`)
  }
  p.advance()
  const bound = offset === undefined ? (`UNBOUNDED ${direction}` as const) : direction
  return { kind: 'frameBound', start, end: p.end, bound, offset }
}
