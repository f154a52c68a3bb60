import type { CreateRowAccessPolicy, DropRowAccessPolicy, Expression } from '../ast.ts'
import { parseExpression } from '../expression.ts'
import { parseString } from '../literal.ts'
import type { Parser } from '../parser.ts'
import { tablePath } from '../table-path.ts'
import { type CreateStart, parseIfExists, parseIfNotExists } from './create.ts'

/** `CREATE ROW ACCESS POLICY p ON t [GRANT TO (…)] FILTER USING (…)`; the current token is ROW. */
export function parseCreateRowAccessPolicy(
  p: Parser,
  { start, orReplace }: CreateStart,
): CreateRowAccessPolicy {
  p.expectWords('ROW', 'ACCESS', 'POLICY')
  const ifNotExists = parseIfNotExists(p)
  const name = p.identifier()
  p.expect('ON')
  const table = tablePath(p)
  const grantees = p.take('GRANT') ? parseGrantTo(p) : undefined
  p.expect('FILTER')
  p.expect('USING')
  p.expect('(')
  const filter = parseExpression(p)
  p.expect(')')
  return {
    kind: 'createRowAccessPolicy',
    start,
    end: p.end,
    orReplace,
    ifNotExists,
    name,
    table,
    grantees,
    filter,
  }
}

function parseGrantTo(p: Parser): readonly Expression[] {
  p.expect('TO')
  return parseGrantees(p)
}

/** `('user:a@b.c', …)`. */
export function parseGrantees(p: Parser): readonly Expression[] {
  p.expect('(')
  const grantees = p.list(() => parseString(p))
  p.closeList()
  return grantees
}

/** `DROP ROW ACCESS POLICY …` and `DROP ALL ROW ACCESS POLICIES ON t`; the current token follows DROP. */
export function parseDropRowAccessPolicy(p: Parser, start: number): DropRowAccessPolicy {
  if (p.take('ALL')) {
    p.expectWords('ROW', 'ACCESS', 'POLICIES', 'ON')
    const table = tablePath(p)
    return { kind: 'dropRowAccessPolicy', start, end: p.end, ifExists: false, name: undefined, table }
  }
  p.expectWords('ROW', 'ACCESS', 'POLICY')
  const ifExists = parseIfExists(p)
  const name = p.identifier()
  p.expect('ON')
  const table = tablePath(p)
  return { kind: 'dropRowAccessPolicy', start, end: p.end, ifExists, name, table }
}
