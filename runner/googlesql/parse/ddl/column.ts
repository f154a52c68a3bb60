import type {
  ColumnDefinition,
  ColumnSchema,
  ColumnTypeNode,
  ForeignKey,
  ForeignReference,
  GeneratedColumn,
  Identifier,
  PrimaryKey,
  TableConstraint,
  TableElement,
} from '../ast.ts'
import { parseExpression } from '../expression.ts'
import { parseOptions } from '../options.ts'
import type { Parser } from '../parser.ts'
import { tablePath } from '../table-path.ts'
import { fieldHasName, parseCollate, parseType } from '../type.ts'
import { parseIfNotExists } from './create.ts'

/** `(a INT64 NOT NULL, PRIMARY KEY (a) NOT ENFORCED, …)`, if a parenthesis is there. */
export function parseTableElements(p: Parser): readonly TableElement[] | undefined {
  if (!p.take('(')) return undefined
  const elements: TableElement[] = []
  while (p.word !== ')') {
    elements.push(parseTableConstraint(p) ?? parseColumn(p))
    if (!p.take(',')) break
  }
  p.closeList()
  return elements
}

/** `a INT64 NOT NULL OPTIONS (…)`. */
export function parseColumn(p: Parser): ColumnDefinition {
  const start = p.start
  const name = p.identifier()
  const schema = parseColumnSchema(p)
  return { kind: 'columnDefinition', start, end: p.end, name, schema }
}

/** A column's type and what may follow it, in any order. */
export function parseColumnSchema(p: Parser): ColumnSchema {
  const start = p.start
  const type = parseColumnType(p)
  const found: { -readonly [Key in keyof ColumnSchema]?: ColumnSchema[Key] } = {}
  while (parseColumnAttribute(p, found)) {
    // Every turn takes one attribute.
  }
  const options = parseOptions(p)
  const { collate, defaultValue, generated, notNull = false, primaryKey, references } = found
  const attributes = { collate, defaultValue, generated, notNull, primaryKey, references, options }
  return { kind: 'columnSchema', start, end: p.end, type, ...attributes }
}

type Attributes = { -readonly [Key in keyof ColumnSchema]?: ColumnSchema[Key] }

function parseColumnAttribute(p: Parser, found: Attributes): boolean {
  switch (p.word) {
    case 'COLLATE':
      found.collate = parseCollate(p)
      return true
    case 'DEFAULT':
      p.advance()
      found.defaultValue = parseExpression(p)
      return true
    case 'GENERATED':
      found.generated = parseGenerated(p)
      return true
    case 'NOT':
      p.advance()
      p.expect('NULL')
      found.notNull = true
      return true
    case 'PRIMARY':
      p.advance()
      p.expect('KEY')
      found.primaryKey = { enforced: parseEnforced(p) }
      return true
    case 'CONSTRAINT':
      p.refuse('A named constraint on a column (write it as an element of the table)')
      break
    case 'REFERENCES':
      found.references = parseReferences(p)
      return true
    default:
      return false
  }
}

function parseGenerated(p: Parser): GeneratedColumn {
  const start = p.start
  p.advance()
  p.expectWords('ALWAYS', 'AS')
  p.expect('(')
  const expression = parseExpression(p)
  p.expect(')')
  const stored = p.take('STORED')
  return { kind: 'generatedColumn', start, end: p.end, expression, stored }
}

/** A type whose parts may carry NOT NULL and OPTIONS. */
function parseColumnType(p: Parser): ColumnTypeNode {
  const start = p.start
  if (p.word === 'ARRAY') {
    p.advance()
    p.expect('<')
    const element = parseColumnSchema(p)
    p.expectClosingAngle()
    return { kind: 'arrayColumn', start, end: p.end, element }
  }
  if (p.word !== 'STRUCT') return parseType(p)
  p.advance()
  if (p.take('<>')) return { kind: 'structColumn', start, end: p.end, fields: [] }
  p.expect('<')
  const fields = p.list<ColumnDefinition>(() => {
    if (!fieldHasName(p)) p.failPlain('STRUCT fields of a column must have a name', p.start)
    return parseColumn(p)
  })
  p.expectClosingAngle()
  return { kind: 'structColumn', start, end: p.end, fields }
}

/** `[CONSTRAINT name] PRIMARY KEY (…)` or `… FOREIGN KEY (…) REFERENCES …`; undefined at a column. */
export function parseTableConstraint(p: Parser): TableConstraint | undefined {
  const start = p.start
  const named = p.word === 'CONSTRAINT' && p.peek(2) !== '' && isKeyStart(p)
  const constraint = named ? parseConstraintName(p) : undefined
  if (p.word === 'PRIMARY' && p.peek() === 'KEY') return parsePrimaryKey(p, start, constraint)
  if (p.word === 'FOREIGN' && p.peek() === 'KEY') return parseForeignKey(p, start, constraint)
  return named ? p.failUnexpected() : undefined
}

function parseConstraintName(p: Parser): Identifier {
  p.advance()
  return p.identifier()
}

function isKeyStart(p: Parser): boolean {
  const word = p.peek(2)
  return (word === 'PRIMARY' || word === 'FOREIGN') && p.peek(3) === 'KEY'
}

function parsePrimaryKey(p: Parser, start: number, constraint: Identifier | undefined): PrimaryKey {
  p.advance()
  p.advance()
  p.expect('(')
  const columns = p.word === ')' ? [] : p.identifiers()
  p.closeList()
  const enforced = parseEnforced(p)
  return { kind: 'primaryKey', start, end: p.end, constraint, columns, enforced }
}

function parseForeignKey(p: Parser, start: number, constraint: Identifier | undefined): ForeignKey {
  p.advance()
  p.advance()
  const ifNotExists = parseIfNotExists(p) ? (true as const) : undefined
  const columns = p.parenthesizedIdentifiers()
  const references = parseReferences(p)
  return { kind: 'foreignKey', start, end: p.end, constraint, ifNotExists, columns, references }
}

function parseReferences(p: Parser): ForeignReference {
  const start = p.start
  p.expect('REFERENCES')
  const table = tablePath(p)
  const columns = p.parenthesizedIdentifiers()
  const enforced = parseEnforced(p)
  return { kind: 'foreignReference', start, end: p.end, table, columns, enforced }
}

function parseEnforced(p: Parser): boolean | undefined {
  if (p.take('ENFORCED')) return true
  if (p.word !== 'NOT' || p.peek() !== 'ENFORCED') return undefined
  p.advance()
  p.advance()
  return false
}
