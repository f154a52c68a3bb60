import type { AvroSchema } from '../../avro/write.ts'
import { avroTypes, type SourceColumn, type SourceTable } from '../source.ts'
import { decodeText, type Token, type Tokenizer } from './tokens.ts'

/** A column of a CREATE TABLE statement. */
export interface ColumnDefinition extends SourceColumn {
  /** MySQL's type, in lower case, without its parameters. */
  readonly mysqlType: string
  readonly parameters: readonly number[]
  /** Of a generated column: its expression, without the parentheses around it. */
  readonly generated: readonly Token[] | undefined
  /** The literal after DEFAULT; undefined if there is none, or one that is no literal. */
  readonly default: Token | undefined
  readonly nullable: boolean
}

export interface TableDefinition {
  readonly table: SourceTable
  readonly columns: readonly ColumnDefinition[]
}

const { int, long, float, double, string, json, number, timestamp, time, unsupported, decimal } = avroTypes

const geometries = [
  'geometry',
  'point',
  'linestring',
  'polygon',
  'multipoint',
  'multilinestring',
  'multipolygon',
  'geomcollection',
  'geometrycollection',
]

type TypeRule = (parameters: readonly number[], unsigned: boolean) => AvroSchema

/** MySQL's types as Datastream was seen to write them. It writes no values of spatial columns. */
const typeRules: ReadonlyMap<string, TypeRule> = new Map<string, TypeRule>([
  ...['tinyint', 'smallint', 'mediumint', 'year', 'bool', 'boolean'].map(
    (name) => [name, () => int] as const,
  ),
  ...['int', 'integer'].map(
    (name) => [name, (_: unknown, unsigned: boolean) => (unsigned ? long : int)] as const,
  ),
  ['bigint', (_, unsigned) => (unsigned ? number : long)],
  ['bit', () => long],
  ['float', ([precision = 0]) => (precision > 24 ? double : float)],
  ...['double', 'real'].map((name) => [name, () => double] as const),
  ...['decimal', 'numeric', 'dec', 'fixed'].map(
    (name) => [name, ([precision = 10, scale = 0]: readonly number[]) => decimal(precision, scale)] as const,
  ),
  ...['date', 'datetime', 'timestamp'].map((name) => [name, () => timestamp] as const),
  ['time', () => time],
  ...['char', 'varchar', 'tinytext', 'text', 'mediumtext', 'longtext', 'enum', 'set'].map(
    (name) => [name, () => string] as const,
  ),
  ...['binary', 'varbinary', 'tinyblob', 'blob', 'mediumblob', 'longblob'].map(
    (name) => [name, () => string] as const,
  ),
  ['json', () => json],
  ...geometries.map((name) => [name, () => unsupported] as const),
])

const notColumns = new Set([
  'PRIMARY',
  'UNIQUE',
  'KEY',
  'INDEX',
  'FULLTEXT',
  'SPATIAL',
  'CONSTRAINT',
  'FOREIGN',
  'CHECK',
  'PERIOD',
])

/**
 * Reads a CREATE TABLE's parenthesis, from its `(` to its `)`.
 *
 * @throws Problem at a type that is not MySQL's, or a table without columns
 */
export function readDefinition(tokens: Tokenizer, database: string, name: string): TableDefinition {
  const open = tokens.next()
  if (open.text !== '(' || open.kind !== 'symbol')
    throw tokens.problem(open, `\`CREATE TABLE ${name}\` without a list of columns cannot be read`)
  const columns: ColumnDefinition[] = []
  let primaryKeys: readonly string[] = []
  for (let last = false; !last; ) {
    const { part, ended } = readPart(tokens)
    last = ended
    const [first] = part
    if (first === undefined)
      throw tokens.problem(open, `the list of columns of \`${name}\` has an empty place`)
    if (first.kind === 'identifier' || !notColumns.has(first.text.toUpperCase())) {
      const column = columnOf(tokens, part)
      columns.push(column)
      if (hasWords(part, 'PRIMARY', 'KEY')) primaryKeys = [column.name]
    } else if (hasWords(part, 'PRIMARY', 'KEY')) primaryKeys = keyColumns(part)
  }
  const table: SourceTable = {
    database,
    table: name,
    columns: columns.map((column) => ({ name: column.name, type: column.type })),
    primaryKeys,
  }
  return { table, columns }
}

/** The tokens up to the next comma or the end of the parenthesis that we are in. */
function readPart(tokens: Tokenizer): { readonly part: readonly Token[]; readonly ended: boolean } {
  const part: Token[] = []
  for (let depth = 0; ; ) {
    const token = tokens.next()
    if (token.kind === 'end' || token.kind === 'delimiter')
      throw tokens.problem(token, 'the statement ends within a list of columns')
    if (token.kind === 'symbol') {
      if (token.text === '(') depth += 1
      if (depth === 0 && (token.text === ',' || token.text === ')'))
        return { part, ended: token.text === ')' }
      if (token.text === ')') depth -= 1
    }
    part.push(token)
  }
}

function columnOf(tokens: Tokenizer, part: readonly Token[]): ColumnDefinition {
  const [nameToken, typeToken, ...rest] = part
  if (nameToken === undefined || typeToken === undefined || typeToken.kind !== 'word')
    throw tokens.problem(typeToken ?? nameToken ?? tokens.peek(), 'a column needs a name and a type')
  const mysqlType = typeToken.text.toLowerCase()
  const rule = typeRules.get(mysqlType)
  if (rule === undefined)
    throw tokens.problem(
      typeToken,
      `unknown type \`${typeToken.text}\` of column \`${decodeText(nameToken.text)}\``,
    )
  const parameters = rest[0]?.text === '(' ? numbersIn(rest) : []
  const attributes = outside(rest)
  const has = (...words: readonly string[]) => hasWords(attributes, ...words)
  const as = rest.findIndex((token) => token.kind === 'word' && token.text.toUpperCase() === 'AS')
  const byDefault = attributes.findIndex(
    (token) => token.kind === 'word' && token.text.toUpperCase() === 'DEFAULT',
  )
  return {
    name: decodeText(nameToken.text),
    type: rule(parameters, has('UNSIGNED') || has('ZEROFILL')),
    mysqlType,
    parameters,
    generated: as < 0 ? undefined : inParentheses(rest.slice(as + 1)),
    default: byDefault < 0 ? undefined : attributes[byDefault + 1],
    nullable: !has('NOT', 'NULL') && !has('PRIMARY', 'KEY'),
  }
}

function keyColumns(part: readonly Token[]): readonly string[] {
  const start = part.findIndex((token) => token.text === '(')
  return inParentheses(part.slice(start))
    .filter((token) => token.kind === 'identifier')
    .map((token) => decodeText(token.text))
}

/** True if `words` follow one another in the tokens, bare. */
function hasWords(part: readonly Token[], ...words: readonly string[]): boolean {
  return part.some((_, at) =>
    words.every((word, index) => {
      const token = part[at + index]
      return token?.kind === 'word' && token.text.toUpperCase() === word
    }),
  )
}

/** The tokens that stand in no parenthesis. */
function outside(part: readonly Token[]): readonly Token[] {
  let depth = 0
  return part.filter((token) => {
    if (token.kind === 'symbol' && token.text === '(') depth += 1
    const kept = depth === 0
    if (token.kind === 'symbol' && token.text === ')') depth -= 1
    return kept
  })
}

/** The content of the parenthesis that the tokens begin with. */
function inParentheses(part: readonly Token[]): readonly Token[] {
  let depth = 0
  const end = part.findIndex((token) => {
    if (token.kind !== 'symbol') return false
    if (token.text === '(') depth += 1
    if (token.text === ')') depth -= 1
    return depth === 0
  })
  return part.slice(1, end)
}

const numbersIn = (part: readonly Token[]): readonly number[] =>
  inParentheses(part).flatMap((token) => (token.kind === 'number' ? [Number(token.text)] : []))
