import type { Comment } from './ast.ts'
import { hashStep, isReserved, keywordAt, type Word } from './keywords.ts'
import { scanNumber } from './scan-number.ts'
import { scanQuoted } from './scan-quoted.ts'
import { scanSign } from './scan-sign.ts'
import { type TokenError, type Tokens, tokenKind } from './tokens.ts'

const letter = 1
const digit = 2
const space = 4

/** Classes of the ASCII characters; names are ASCII letters, digits and `_`. */
const classes = new Uint8Array(128)
for (let code = 48; code <= 57; code += 1) classes[code] = digit
for (let code = 65; code <= 90; code += 1) classes[code] = letter
for (let code = 97; code <= 122; code += 1) classes[code] = letter
classes[95] = letter
for (const code of [8, 9, 10, 11, 12, 13, 32]) classes[code] = space

export function isNameCode(code: number): boolean {
  return code < 128 && ((classes[code] ?? 0) & (letter | digit)) !== 0
}

/** A text being cut into tokens. The scanners of numbers, quoted texts and signs write into it. */
export class Lexer {
  readonly text: string
  kinds: Uint8Array
  starts: Int32Array
  ends: Int32Array
  readonly words: Word[] = []
  readonly comments: Comment[] = []
  readonly errors = new Map<number, TokenError>()
  length = 0

  constructor(text: string) {
    this.text = text
    const capacity = (text.length >> 2) + 16
    this.kinds = new Uint8Array(capacity)
    this.starts = new Int32Array(capacity)
    this.ends = new Int32Array(capacity)
  }

  /** Adds a token and returns its end, where scanning goes on. */
  push(kind: number, word: Word, start: number, end: number): number {
    const index = this.length
    if (index === this.kinds.length) this.grow()
    this.kinds[index] = kind
    this.starts[index] = start
    this.ends[index] = end
    this.words.push(word)
    this.length = index + 1
    return end
  }

  /** Adds a token that is an error once the parser comes to it. */
  malformed(message: string, start: number, end: number, offset = start): number {
    this.errors.set(this.length, { message, offset })
    return this.push(tokenKind.malformed, '', start, end)
  }

  /** True where the last token can own the dot that follows: a name after it is a name even if it is a keyword. */
  get dotContinues(): boolean {
    const index = this.length - 1
    if (index < 0) return false
    const kind = this.kinds[index]
    if (kind === tokenKind.name || kind === tokenKind.quoted) return true
    const word = this.words[index]
    if (word === ')' || word === ']' || word === '?') return true
    const before = this.words[index - 1]
    return kind === tokenKind.reserved && (before === '@' || before === '@@')
  }

  private grow(): void {
    const capacity = this.kinds.length * 2
    const kinds = new Uint8Array(capacity)
    const starts = new Int32Array(capacity)
    const ends = new Int32Array(capacity)
    kinds.set(this.kinds)
    starts.set(this.starts)
    ends.set(this.ends)
    this.kinds = kinds
    this.starts = starts
    this.ends = ends
  }
}

/**
 * Cuts a text into tokens. Never throws: what is no token becomes a `malformed` one.
 * https://cloud.google.com/bigquery/docs/reference/standard-sql/lexical
 */
export function tokenize(text: string): Tokens {
  const lexer = new Lexer(text)
  const size = text.length
  let offset = 0
  while (offset < size) {
    const code = text.charCodeAt(offset)
    const kind = code < 128 ? (classes[code] ?? 0) : 0
    if (kind === space) offset += 1
    else if (kind === letter) offset = scanWord(lexer, offset)
    else if (kind === digit) offset = scanNumber(lexer, offset)
    else offset = scanOther(lexer, offset, code)
  }
  const last = lexer.length === 0 ? 0 : (lexer.ends[lexer.length - 1] as number)
  lexer.push(tokenKind.end, '', last, last)
  const { kinds, words, starts, ends, comments, errors } = lexer
  return { kinds, words, starts, ends, length: lexer.length - 1, comments, errors }
}

function scanOther(lexer: Lexer, offset: number, code: number): number {
  const { text } = lexer
  switch (code) {
    case 34: // "
    case 39: // '
    case 96: // `
      return scanQuoted(lexer, offset, offset, '')
    case 35: // #
      return scanLineComment(lexer, offset)
    case 45: // -
      if (text.charCodeAt(offset + 1) === 45) return scanLineComment(lexer, offset)
      return scanSign(lexer, offset)
    case 47: // /
      if (text.charCodeAt(offset + 1) === 42) return scanBlockComment(lexer, offset)
      return scanSign(lexer, offset)
    case 46: // .
      return scanDot(lexer, offset)
    default:
      return code >= 128 && /\s/u.test(text.charAt(offset)) ? offset + 1 : scanSign(lexer, offset)
  }
}

/** A name, a keyword, or the prefix of a string: `r'…'`, `b"…"`, `rb'''…'''`. */
function scanWord(lexer: Lexer, start: number): number {
  const { text } = lexer
  let hash = 0
  let end = start
  let code = text.charCodeAt(end)
  while (code < 128 && (classes[code] ?? 0) & (letter | digit)) {
    hash = hashStep(hash, code)
    end += 1
    code = text.charCodeAt(end)
  }
  if ((code === 34 || code === 39) && end - start <= 2) {
    const prefix = text.slice(start, end).toLowerCase()
    if (prefix === 'r' || prefix === 'b' || prefix === 'rb' || prefix === 'br')
      return scanQuoted(lexer, start, end, prefix)
  }
  const word = keywordAt(text, start, end, hash)
  if (word === '') return lexer.push(tokenKind.name, '', start, end)
  return lexer.push(isReservedKeyword(word) ? tokenKind.reserved : tokenKind.name, word, start, end)
}

const reservedKeywords = new Map<Word, boolean>()

function isReservedKeyword(word: Word): boolean {
  const known = reservedKeywords.get(word)
  if (known !== undefined) return known
  const value = isReserved(word)
  reservedKeywords.set(word, value)
  return value
}

/** A dot, and the name after it, in which even `select` and `2024` are names; or a number like `.5`. */
function scanDot(lexer: Lexer, start: number): number {
  const { text } = lexer
  if (!lexer.dotContinues) {
    const next = text.charCodeAt(start + 1)
    return next >= 48 && next <= 57
      ? scanNumber(lexer, start)
      : lexer.push(tokenKind.sign, '.', start, start + 1)
  }
  let offset = lexer.push(tokenKind.sign, '.', start, start + 1)
  while (offset < text.length && text.charCodeAt(offset) < 128 && classes[text.charCodeAt(offset)] === space)
    offset += 1
  let end = offset
  while (end < text.length && isNameCode(text.charCodeAt(end))) end += 1
  return end > offset ? lexer.push(tokenKind.name, '', offset, end) : offset
}

function scanLineComment(lexer: Lexer, start: number): number {
  const { text } = lexer
  let end = start
  while (end < text.length) {
    const code = text.charCodeAt(end)
    if (code === 10 || code === 13) break
    end += 1
  }
  return pushComment(lexer, start, end)
}

function scanBlockComment(lexer: Lexer, start: number): number {
  const { text } = lexer
  const close = text.indexOf('*/', start + 2)
  if (close < 0) return lexer.malformed('Unclosed comment', start, text.length)
  return pushComment(lexer, start, close + 2)
}

function pushComment(lexer: Lexer, start: number, end: number): number {
  const { text } = lexer
  const startsLine = isLineEdge(text, start - 1, -1)
  const endsLine = isLineEdge(text, end, 1)
  lexer.comments.push({ start, end, text: text.slice(start, end), startsLine, endsLine })
  return end
}

/** Whether only spaces stand between an offset and the end (or, backwards, the start) of its line. */
function isLineEdge(text: string, from: number, step: 1 | -1): boolean {
  let offset = from
  while (text.charCodeAt(offset) === 32 || text.charCodeAt(offset) === 9) offset += step
  const code = text.charCodeAt(offset)
  return Number.isNaN(code) || code === 10 || code === 13
}
