import type { Merge, MergeAction, MergeWhen } from './ast.ts'
import { parseAssignment, parseRow } from './dml.ts'
import { parseExpression } from './expression.ts'
import { parseTable } from './from.ts'
import type { Parser } from './parser.ts'
import { parseAlias } from './select.ts'
import { tablePath } from './table-path.ts'

/** `MERGE [INTO] t [AS a] USING source ON condition WHEN …`. */
export function parseMerge(p: Parser): Merge {
  const start = p.start
  p.advance()
  p.take('INTO')
  const target = tablePath(p)
  const alias = parseAlias(p)
  if (alias === undefined && !p.at('USING')) p.failUnexpected()
  p.expect('USING')
  const source = parseTable(p)
  if (source.kind === 'parenthesizedFrom')
    p.fail('The source of a MERGE is a table or a query, no join between parentheses', source.start)
  p.expect('ON')
  const on = parseExpression(p)
  if (p.word !== 'WHEN') p.failExpected('WHEN')
  const whens = p.repeated('WHEN', () => parseWhen(p))
  return { kind: 'merge', start, end: p.end, target, alias, source, on, whens }
}

/** The current token follows WHEN. */
function parseWhen(p: Parser): MergeWhen {
  const start = p.tokens.starts[p.index - 1] as number
  const match = parseMatch(p)
  const condition = p.take('AND') ? parseExpression(p) : undefined
  p.expect('THEN')
  const action = parseAction(p)
  return { kind: 'mergeWhen', start, end: p.end, match, condition, action }
}

function parseMatch(p: Parser): MergeWhen['match'] {
  if (p.take('MATCHED')) return 'MATCHED'
  if (p.word !== 'NOT') p.fail(`Expected keyword MATCHED or keyword NOT but got ${p.describe()}`)
  p.advance()
  p.expect('MATCHED')
  if (!p.take('BY')) return 'NOT MATCHED BY TARGET'
  if (p.take('TARGET')) return 'NOT MATCHED BY TARGET'
  if (p.take('SOURCE')) return 'NOT MATCHED BY SOURCE'
  p.fail(`Expected keyword SOURCE or keyword TARGET but got ${p.describe()}`)
}

function parseAction(p: Parser): MergeAction {
  const start = p.start
  switch (p.word) {
    case 'INSERT': {
      p.advance()
      const columns = p.at('(') ? p.parenthesizedIdentifiers() : undefined
      if (p.take('ROW')) return { kind: 'mergeInsert', start, end: p.end, columns, values: 'row' }
      if (!p.at('VALUES')) p.fail(`Expected keyword ROW or keyword VALUES but got ${p.describe()}`)
      p.advance()
      const values = parseRow(p)
      return { kind: 'mergeInsert', start, end: p.end, columns, values }
    }
    case 'UPDATE': {
      p.advance()
      p.expect('SET')
      const items = p.list(() => parseAssignment(p))
      return { kind: 'mergeUpdate', start, end: p.end, items }
    }
    case 'DELETE':
      p.advance()
      return { kind: 'mergeDelete', start, end: p.end }
    default:
      p.fail(`Expected keyword DELETE or keyword INSERT or keyword UPDATE but got ${p.describe()}`)
  }
}
