import { Problem } from '../../problem.ts'
import type { Identifier, Path, Query } from './ast.ts'
import { isQuiet, type Word } from './keywords.ts'
import { placeAt } from './position.ts'
import { decodeString } from './string-literal.ts'
import { type Tokens, tokenKind } from './tokens.ts'

/**
 * Subqueries and arguments nested deeper than this are parsed after what is around them, on a stack that is short again
 * (see `deferred`), so that the engine's stack does not limit how deep they nest.
 */
const deferredDepth = 40

/** Where a text is being parsed: its tokens and the current one. Passed to every function of the grammar. */
export class Parser {
  readonly text: string
  readonly file: string | undefined
  readonly tokens: Tokens
  /** The current token. */
  index = 0
  kind = 0
  word: Word = ''
  /** Positional parameters seen so far. */
  positionalParameters = 0
  /** How many subqueries and calls enclose the current token. */
  depth = 0
  readonly tasks: (() => void)[] = []

  private readonly problems: Problem[]

  constructor(text: string, tokens: Tokens, file: string | undefined, problems: Problem[]) {
    this.text = text
    this.tokens = tokens
    this.file = file
    this.problems = problems
    this.settle(0)
  }

  /** Steps over semicolons; true if nothing is left. */
  get finished(): boolean {
    let index = this.index
    while (this.tokens.words[index] === ';') index += 1
    this.settle(index)
    return this.atEnd
  }

  /**
   * Runs `parse` on a statement. If it throws a Problem, that is noted, the parser stands on the semicolon behind the
   * statement, or at the end, and the result is undefined.
   */
  recover<Result>(parse: () => Result): Result | undefined {
    const from = this.index
    try {
      if (this.kind === tokenKind.malformed) this.failMalformed()
      return parse()
    } catch (error) {
      this.problems.push(this.asProblem(error, from))
      this.tasks.length = 0
      this.depth = 0
      let index = Math.max(this.index, from)
      while (this.tokens.words[index] !== ';' && index < this.tokens.length) index += 1
      this.settle(index)
      return undefined
    }
  }

  /** An exhausted stack is the user's doing: the text nests too deep. Other errors are ours. */
  private asProblem(error: unknown, from: number): Problem {
    if (error instanceof Problem) return error
    if (!(error instanceof RangeError)) throw error
    const place = placeAt(this.text, this.tokens.starts[from] as number, this.file)
    return new Problem('The statement nests too deeply; split it, for example with WITH', place)
  }

  /** The offset of the current token. */
  get start(): number {
    return this.tokens.starts[this.index] as number
  }

  /** The end of the token before the current one: where the node that was just parsed ends. */
  get end(): number {
    return this.index === 0 ? 0 : (this.tokens.ends[this.index - 1] as number)
  }

  get atEnd(): boolean {
    return this.kind === tokenKind.end
  }

  /** True at an unquoted or quoted name that is not reserved. */
  get atName(): boolean {
    return this.kind === tokenKind.name || this.kind === tokenKind.quoted
  }

  /** Makes a token the current one, even a malformed one. */
  private settle(index: number): void {
    this.index = index
    this.kind = this.tokens.kinds[index] as number
    this.word = this.tokens.words[index] as Word
  }

  moveTo(index: number): void {
    this.settle(index)
    if (this.kind === tokenKind.malformed) this.failMalformed()
  }

  advance(): void {
    const index = this.index + 1
    this.index = index
    this.kind = this.tokens.kinds[index] as number
    this.word = this.tokens.words[index] as Word
    if (this.kind === tokenKind.malformed) this.failMalformed()
  }

  at(word: Word): boolean {
    return this.word === word
  }

  /** The keyword or sign `distance` tokens ahead; '' for anything else. */
  peek(distance = 1): Word {
    return this.tokens.words[this.index + distance] ?? ''
  }

  peekKind(distance = 1): number {
    return this.tokens.kinds[Math.min(this.index + distance, this.tokens.length)] as number
  }

  /** True where the words stand one after another from the current token on. */
  atWords(...words: readonly Word[]): boolean {
    return words.every((word, distance) => this.peek(distance) === word)
  }

  /** Steps over the word if it is there. */
  take(word: Word): boolean {
    if (this.word !== word) return false
    this.advance()
    return true
  }

  takeWords(...words: readonly Word[]): boolean {
    if (!this.atWords(...words)) return false
    for (const _ of words) this.advance()
    return true
  }

  expect(word: Word): void {
    if (this.word !== word) this.failExpected(word)
    this.advance()
  }

  expectWords(...words: readonly Word[]): void {
    for (const word of words) this.expect(word)
  }

  /** A `>` that closes a type's parameters; of `>>` only the first half is taken. */
  expectClosingAngle(): void {
    if (this.word === '>>') {
      const { index, tokens } = this
      tokens.words[index] = '>'
      tokens.starts[index] = this.start + 1
      this.word = '>'
    } else this.expect('>')
  }

  /** A name that is not reserved. */
  identifier(): Identifier {
    if (this.kind !== tokenKind.name && this.kind !== tokenKind.quoted) this.failUnexpected()
    return this.anyName()
  }

  /** The current token as a name, whatever keyword it is. */
  anyName(): Identifier {
    const start = this.tokens.starts[this.index] as number
    const end = this.tokens.ends[this.index] as number
    const quoted = this.kind === tokenKind.quoted
    const name = quoted ? this.decodeQuoted(start, end) : this.text.slice(start, end)
    this.advance()
    return { kind: 'identifier', start, end, name, quoted }
  }

  /** Names with dots between them. */
  path(): Path {
    const first = this.identifier()
    return this.pathFrom(first)
  }

  pathFrom(first: Identifier): Path {
    if (this.word !== '.') return { kind: 'path', start: first.start, end: first.end, parts: [first] }
    const parts = [first]
    while (this.word === '.') {
      this.advance()
      parts.push(this.identifier())
    }
    return { kind: 'path', start: first.start, end: this.end, parts }
  }

  identifiers(): readonly Identifier[] {
    return this.list(() => this.identifier())
  }

  /** `(a, b)`, at least one. */
  parenthesizedIdentifiers(): readonly Identifier[] {
    this.expect('(')
    const names = this.identifiers()
    this.closeList()
    return names
  }

  /** One or more items with commas between them. */
  list<Item>(item: () => Item): readonly Item[] {
    const items = [item()]
    while (this.word === ',') {
      this.advance()
      items.push(item())
    }
    return items
  }

  /** Items that each stand behind `word`. */
  repeated<Item>(word: Word, item: () => Item): readonly Item[] {
    const items: Item[] = []
    while (this.take(word)) items.push(item())
    return items
  }

  /** The `)` after a list, with the message of one that could also go on. */
  closeList(close: ')' | ']' = ')'): void {
    if (this.word !== close) {
      this.fail(`Expected ${close === ')' ? '")" or ","' : '"," or "]"'} but got ${this.describe()}`)
    }
    this.advance()
  }

  /** A query between parentheses, the current token being its first; steps over the closing one. */
  parenthesizedQuery(parse: () => Query): Query {
    const query = this.deep ? this.deferred(parse) : this.nested(parse)
    this.expect(')')
    return query
  }

  /** True where what is inside the parentheses should be parsed later. A single token (`WEEK(MONDAY)`) never is. */
  get deep(): boolean {
    return this.depth >= deferredDepth && this.word !== ')' && this.peek() !== ')'
  }

  /** Runs `parse` one level deeper. */
  nested<Node>(parse: () => Node): Node {
    this.depth += 1
    const node = parse()
    this.depth -= 1
    return node
  }

  /**
   * Puts off what is between parentheses, the current token being the first inside: the tokens up to the closing one
   * are skipped, and the object that is returned gets its properties when the statement is done.
   */
  deferred<Node extends object>(parse: () => Node): Node {
    const from = this.index
    const position = this.positionalParameters
    const node = {} as Node
    this.skipToClosing()
    this.tasks.push(() => {
      this.moveTo(from)
      this.depth = 0
      this.positionalParameters = position
      Object.assign(node, parse())
      if (this.word !== ')') this.failExpected(')')
    })
    return node
  }

  /** Parses what was put off; what is put off meanwhile too. */
  finishDeferred(): void {
    const { index, positionalParameters } = this
    for (let task = this.tasks.pop(); task !== undefined; task = this.tasks.pop()) task()
    this.depth = 0
    this.positionalParameters = positionalParameters
    this.moveTo(index)
  }

  fail(message: string, offset = this.start): never {
    throw new Problem(`Syntax error: ${message}`, placeAt(this.text, offset, this.file))
  }

  /** For messages that BigQuery gives without `Syntax error:`. */
  failPlain(message: string, offset = this.start): never {
    throw new Problem(message, placeAt(this.text, offset, this.file))
  }

  /** For what BigQuery has and this parser refuses. */
  refuse(what: string, offset = this.start): never {
    throw new Problem(`${what} is not supported`, placeAt(this.text, offset, this.file))
  }

  failUnexpected(): never {
    this.fail(`Unexpected ${this.describe()}`)
  }

  failExpected(word: Word): never {
    this.fail(`Expected ${describeWord(word)} but got ${this.describe()}`)
  }

  /** The current token as BigQuery's messages name it: `keyword WHERE`, `identifier "a"`, `")"`, `end of script`. */
  describe(): string {
    const written = this.text.slice(this.start, this.tokens.ends[this.index])
    switch (this.kind) {
      case tokenKind.end:
        return 'end of script'
      case tokenKind.reserved:
        return `keyword ${this.word}`
      case tokenKind.name:
        return this.word === '' || isQuiet(this.word) ? `identifier "${written}"` : `keyword ${this.word}`
      case tokenKind.quoted:
        return `identifier ${written}`
      case tokenKind.integer:
        return `integer literal "${written}"`
      case tokenKind.float:
        return `floating point literal "${written}"`
      case tokenKind.string:
        return `string literal ${written}`
      case tokenKind.bytes:
        return `bytes literal ${written}`
      default:
        return `"${this.word}"`
    }
  }

  private skipToClosing(): void {
    let open = 1
    for (;;) {
      if (this.atEnd) this.failExpected(')')
      if (this.word === '(') open += 1
      else if (this.word === ')') {
        open -= 1
        if (open === 0) return
      } else if (this.word === '?') this.positionalParameters += 1
      this.advance()
    }
  }

  private decodeQuoted(start: number, end: number): string {
    const body = this.text.slice(start + 1, end - 1)
    if (!body.includes('\\')) return body
    const value = decodeString(this.text.slice(start, end))
    return typeof value === 'string' ? value : this.fail(value.message, start + value.offset)
  }

  private failMalformed(): never {
    const error = this.tokens.errors.get(this.index)
    this.fail(error?.message ?? 'Unexpected token', error?.offset)
  }
}

/** A keyword or sign as messages name it. */
export function describeWord(word: Word): string {
  return /^[A-Z]/.test(word) ? `keyword ${word}` : `"${word}"`
}
