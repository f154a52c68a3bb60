import { Problem } from '../../../runner/problem.ts'
import type { Cell, Row, SourceTable } from '../source.ts'
import { ByteReader } from './bytes.ts'
import { type ColumnDefinition, readDefinition, type TableDefinition } from './definition.ts'
import { type Generator as ColumnGenerator, generatorOf } from './generated.ts'
import { cellOf, type Literal, literalOf, type ZeroDates } from './literal.ts'
import { decodeText, type Token, Tokenizer } from './tokens.ts'

export interface DumpOptions {
  readonly file: string
  /** The database of tables that the dump names none for. */
  readonly database?: string
  /** Tables to leave out, by name or `database.name`. */
  readonly without?: readonly string[]
  readonly zeroDates?: ZeroDates
}

export type DumpItem =
  | { readonly kind: 'table'; readonly table: SourceTable }
  /** A row of the table that was last given. */
  | { readonly kind: 'row'; readonly row: Row }

interface KnownTable extends TableDefinition {
  readonly generators: ReadonlyMap<string, ColumnGenerator>
  rows: number
}

// What a dump says beside tables and rows, without effect on either.
const passed = new Set(
  'SET LOCK UNLOCK COMMIT START BEGIN ANALYZE FLUSH CHANGE GRANT REVOKE DROP CREATE SELECT DO'.split(' '),
)

/**
 * Reads the tables and rows of a mysqldump file, one after another: any database, any size, one row in memory.
 *
 * @throws Problem with line and column for a statement, type or value that is not understood: nothing is left out in
 * silence but views, routines, triggers and settings
 */
export function* readDump(options: DumpOptions): Generator<DumpItem> {
  const reader = new ByteReader(options.file)
  try {
    yield* new DumpReader(reader, options).items()
  } finally {
    reader.close()
  }
}

class DumpReader {
  readonly #tokens: Tokenizer
  readonly #options: DumpOptions
  readonly #tables = new Map<string, KnownTable>()
  #database: string | undefined
  #current: KnownTable | undefined

  constructor(reader: ByteReader, options: DumpOptions) {
    this.#options = options
    this.#tokens = new Tokenizer(reader, options.file, (comment) => {
      const named = /^-- Host: .*?\s+Database: (.+?)\s*$/.exec(comment)?.[1]
      if (named !== undefined) this.#database ??= decodeText(named)
    })
  }

  *items(): Generator<DumpItem> {
    for (;;) {
      const token = this.#tokens.next()
      if (token.kind === 'end') break
      if (token.kind === 'delimiter') continue
      const word = token.kind === 'word' ? token.text.toUpperCase() : ''
      if (word === 'DELIMITER') this.#tokens.changeDelimiter()
      else if (word === 'USE') this.#use()
      else if (word === 'INSERT' || word === 'REPLACE') yield* this.#insert()
      else if (word === 'CREATE') yield* this.#create(token)
      else if (word === 'SET') this.#set()
      else if (word === 'ALTER') this.#alter(token)
      else if (passed.has(word)) this.#skip()
      else
        throw this.#tokens.problem(token, `\`${decodeText(token.text)}\` is no statement of a mysqldump file`)
    }
    if (this.#tables.size === 0)
      throw new Problem('the file creates no table', {
        file: this.#options.file,
        hint: 'make it with `mysqldump DATABASE`, without --no-create-info',
      })
  }

  #use(): void {
    this.#database = decodeText(this.#name())
    this.#skip()
  }

  *#create(create: Token): Generator<DumpItem> {
    const kind = this.#tokens.peek().text.toUpperCase()
    if (kind !== 'TABLE') return this.#skip()
    this.#tokens.next()
    for (const word of ['IF', 'NOT', 'EXISTS']) this.#optional(word)
    const { database, name } = this.#tableName(create)
    const definition = this.#placed(create, () => readDefinition(this.#tokens, database, name))
    const query = this.#skip().find(
      ({ kind, text }) => kind === 'word' && /^(select|table|like)$/i.test(text),
    )
    if (query !== undefined)
      throw this.#tokens.problem(query, '`CREATE TABLE` from a query is not understood')
    if (this.#isLeftOut(database, name)) return
    const { columns } = definition
    const generated = columns.filter((column) => column.generated !== undefined)
    const generators = this.#placed(
      create,
      () => new Map(generated.map((column) => [column.name, generatorOf(column, columns)])),
    )
    this.#tables.set(JSON.stringify([database, name]), { ...definition, generators, rows: 0 })
  }

  *#insert(): Generator<DumpItem> {
    for (const word of ['LOW_PRIORITY', 'DELAYED', 'HIGH_PRIORITY', 'IGNORE', 'INTO']) this.#optional(word)
    const start = this.#tokens.peek()
    const { database, name } = this.#tableName(start)
    if (this.#isLeftOut(database, name)) return this.#skip()
    const table = this.#tables.get(JSON.stringify([database, name]))
    if (table === undefined)
      throw this.#tokens.problem(start, `rows for table \`${name}\`, which the dump does not create`)
    const columns = this.#columnList(table)
    const values = this.#tokens.next()
    if (!/^VALUES?$/i.test(values.text))
      throw this.#tokens.problem(values, '`INSERT` is understood with `VALUES` only')
    if (this.#current !== table) {
      if (table.rows > 0)
        throw this.#tokens.problem(start, `the rows of \`${name}\` stand in two places of the dump`)
      this.#current = table
      yield { kind: 'table', table: table.table }
    }
    for (;;) {
      yield { kind: 'row', row: this.#row(table, columns) }
      table.rows += 1
      const separator = this.#tokens.next()
      if (separator.kind === 'delimiter') return
      if (separator.text !== ',')
        throw this.#tokens.problem(separator, 'expected `,` or the end of the statement')
    }
  }

  /** The columns that an INSERT gives values for, in its order. */
  #columnList({ columns }: KnownTable): readonly ColumnDefinition[] {
    if (this.#tokens.peek().text !== '(') return columns
    this.#tokens.next()
    const listed: ColumnDefinition[] = []
    for (;;) {
      const token = this.#tokens.next()
      const column = columns.find(({ name }) => name === decodeText(token.text))
      if (column === undefined) throw this.#tokens.problem(token, `no column \`${decodeText(token.text)}\``)
      listed.push(column)
      const separator = this.#tokens.next()
      if (separator.text === ')') return listed
      if (separator.text !== ',') throw this.#tokens.problem(separator, 'expected `,` or `)`')
    }
  }

  #row(table: KnownTable, columns: readonly ColumnDefinition[]): Row {
    const open = this.#tokens.next()
    if (open.text !== '(' || open.kind !== 'symbol') throw this.#tokens.problem(open, 'expected `(`')
    const row: Record<string, Cell> = {}
    for (const [index, column] of columns.entries()) {
      const start = this.#tokens.peek()
      const literal = this.#value()
      row[column.name] = this.#placed(start, () =>
        cellOf(literal, column, this.#options.zeroDates ?? 'refuse'),
      )
      const separator = this.#tokens.next()
      const expected = index === columns.length - 1 ? ')' : ','
      if (separator.kind !== 'symbol' || separator.text !== expected)
        throw this.#tokens.problem(
          separator,
          `expected \`${expected}\`: the row has ${columns.length} columns`,
        )
    }
    this.#placed(open, () => this.#complete(table, row))
    return row
  }

  /** Fills in the columns that the INSERT left out: generated ones, and defaults. */
  #complete({ columns, generators }: KnownTable, row: Record<string, Cell>): void {
    for (const column of columns) {
      if (column.name in row || column.generated !== undefined) continue
      const literal = column.default === undefined ? undefined : literalOf(column.default)
      if (literal === undefined && (column.default !== undefined || !column.nullable))
        throw new Problem(`no value for column \`${column.name}\`, whose default is no constant`)
      row[column.name] =
        literal === undefined ? null : cellOf(literal, column, this.#options.zeroDates ?? 'refuse')
    }
    for (const [name, generate] of generators) row[name] = generate(row)
  }

  #value(): Literal {
    const token = this.#tokens.next()
    // _binary '…', _utf8mb4 '…', and the sign of a number
    if (token.kind === 'word' && token.text.startsWith('_') && this.#tokens.peek().kind !== 'symbol')
      return this.#value()
    if (token.kind === 'symbol' && token.text === '-') {
      const number = this.#tokens.next()
      if (number.kind === 'number') return literalOf(number, '-') ?? { kind: 'null' }
    }
    const literal = literalOf(token)
    if (literal === undefined)
      throw this.#tokens.problem(
        token,
        `\`${decodeText(token.text)}\` is no constant`,
        'only constants are understood as values',
      )
    return literal
  }

  #set(): void {
    const first = this.#tokens.peek()
    const rest = this.#skip()
    if (first.text.toUpperCase() === 'NAMES') {
      const charset = rest[1]?.text.toLowerCase() ?? ''
      if (!['utf8', 'utf8mb3', 'utf8mb4', 'binary', 'ascii', 'default'].includes(charset))
        throw this.#tokens.problem(
          first,
          `the dump is written in \`${charset}\``,
          'make it with --default-character-set=utf8mb4',
        )
    }
    const mode = rest.find(({ kind, text }) => kind === 'string' && text.includes('NO_BACKSLASH_ESCAPES'))
    if (mode !== undefined)
      throw this.#tokens.problem(mode, 'a dump with NO_BACKSLASH_ESCAPES is not understood')
  }

  #alter(alter: Token): void {
    const [kind, ...rest] = this.#skip()
    const last = rest.at(-1)?.text.toUpperCase()
    const before = rest.at(-2)?.text.toUpperCase()
    const harmless = last === 'KEYS' && (before === 'DISABLE' || before === 'ENABLE')
    if (kind?.text.toUpperCase() === 'TABLE' && !harmless)
      throw this.#tokens.problem(
        alter,
        '`ALTER TABLE` is not understood',
        'make the dump with mysqldump, whose CREATE TABLE says everything',
      )
  }

  #tableName(at: Token): { readonly database: string; readonly name: string } {
    const first = decodeText(this.#name())
    if (this.#tokens.peek().text === '.') {
      this.#tokens.next()
      return { database: first, name: decodeText(this.#name()) }
    }
    const database = this.#options.database ?? this.#database
    if (database === undefined)
      throw this.#tokens.problem(
        at,
        `the dump does not say which database \`${first}\` is in`,
        '--database NAME says it',
      )
    return { database, name: first }
  }

  #name(): string {
    const token = this.#tokens.next()
    if (token.kind !== 'identifier' && token.kind !== 'word')
      throw this.#tokens.problem(token, 'expected a name')
    return token.text
  }

  #optional(word: string): void {
    const token = this.#tokens.peek()
    if (token.kind === 'word' && token.text.toUpperCase() === word) this.#tokens.next()
  }

  #isLeftOut(database: string, name: string): boolean {
    const { without = [] } = this.#options
    return without.includes(name) || without.includes(`${database}.${name}`)
  }

  /** Skips the rest of a statement; gives its tokens, of a long one the first. */
  #skip(): readonly Token[] {
    const tokens: Token[] = []
    for (;;) {
      const token = this.#tokens.next()
      if (token.kind === 'delimiter' || token.kind === 'end') return tokens
      if (tokens.length < 1_000) tokens.push(token)
    }
  }

  /** Gives a Problem that has no place the token's. */
  #placed<Result>(token: Token, work: () => Result): Result {
    try {
      return work()
    } catch (error) {
      if (!(error instanceof Problem) || error.place.line !== undefined) throw error
      const { line, column } = token
      throw new Problem(error.message, {
        file: this.#options.file,
        line,
        column,
        cause: error,
        ...(error.hint === undefined ? {} : { hint: error.hint }),
      })
    }
  }
}
