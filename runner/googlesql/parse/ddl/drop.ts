import type { DropRowAccessPolicy, DropStatement, Path } from '../ast.ts'
import type { Keyword } from '../keywords.ts'
import type { Parser } from '../parser.ts'
import { tablePath } from '../table-path.ts'
import { failObjectType, parseIfExists } from './create.ts'
import { parseDropRowAccessPolicy } from './row-access-policy.ts'

/** The longest first where one begins with another. */
const entities: readonly (readonly [DropStatement['entity'], ...Keyword[]])[] = [
  ['EXTERNAL SCHEMA', 'EXTERNAL', 'SCHEMA'],
  ['EXTERNAL TABLE', 'EXTERNAL', 'TABLE'],
  ['SNAPSHOT TABLE', 'SNAPSHOT', 'TABLE'],
  ['TABLE FUNCTION', 'TABLE', 'FUNCTION'],
  ['MATERIALIZED VIEW', 'MATERIALIZED', 'VIEW'],
  ['SEARCH INDEX', 'SEARCH', 'INDEX'],
  ['VECTOR INDEX', 'VECTOR', 'INDEX'],
  ['SCHEMA', 'SCHEMA'],
  ['TABLE', 'TABLE'],
  ['VIEW', 'VIEW'],
  ['FUNCTION', 'FUNCTION'],
  ['PROCEDURE', 'PROCEDURE'],
  ['MODEL', 'MODEL'],
  ['CAPACITY', 'CAPACITY'],
  ['RESERVATION', 'RESERVATION'],
  ['ASSIGNMENT', 'ASSIGNMENT'],
  ['CONNECTION', 'CONNECTION'],
]

/** Any DROP; the current token is DROP. */
export function parseDrop(p: Parser): DropStatement | DropRowAccessPolicy {
  const start = p.start
  p.advance()
  if (p.word === 'ALL' || (p.word === 'ROW' && p.peek() === 'ACCESS'))
    return parseDropRowAccessPolicy(p, start)
  const found = entities.find(([, ...words]) => p.takeWords(...words))
  if (found === undefined) failObjectType(p)
  const entity = found[0]
  const ifExists = parseIfExists(p)
  const name = tablePath(p)
  const indexed = entity === 'SEARCH INDEX' || entity === 'VECTOR INDEX'
  const table = indexed ? parseOnTable(p) : undefined
  const schema = entity === 'SCHEMA' || entity === 'EXTERNAL SCHEMA'
  const behaviour = schema && (p.word === 'CASCADE' || p.word === 'RESTRICT') ? p.word : undefined
  if (behaviour !== undefined) p.advance()
  return { kind: 'drop', start, end: p.end, entity, ifExists, name, table, behaviour }
}

function parseOnTable(p: Parser): Path {
  p.expect('ON')
  return tablePath(p)
}
