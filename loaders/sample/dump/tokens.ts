import { Problem } from '../../../runner/problem.ts'
import type { ByteReader } from './bytes.ts'

/** A token of MySQL's SQL; its text has one character a byte. */
export interface Token {
  /** `delimiter` ends a statement; `identifier` is a quoted name, `word` a bare one. */
  readonly kind: 'word' | 'identifier' | 'string' | 'number' | 'hex' | 'bits' | 'symbol' | 'delimiter' | 'end'
  /** Of a string and a quoted name: what it stands for. Of `hex` and `bits`: the digits. */
  readonly text: string
  readonly line: number
  readonly column: number
}

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

/** Text of the dump, whose characters are bytes, as the text it stands for. @throws Problem if it is not UTF-8 */
export function decodeText(bytes: string): string {
  if (/^[\0-\x7f]*$/.test(bytes)) return bytes
  try {
    return utf8.decode(Buffer.from(bytes, 'latin1'))
  } catch (error) {
    throw new Problem(`\`${bytes.slice(0, 20)}\` is not UTF-8`, {
      hint: 'make the dump with --default-character-set=utf8mb4, and with --hex-blob for binary columns',
      cause: error,
    })
  }
}

const escapes: Readonly<Record<string, string>> = {
  '0': '\0',
  b: '\b',
  n: '\n',
  r: '\r',
  t: '\t',
  Z: '\x1a',
  // Only patterns give these two a meaning; everywhere else the backslash stays.
  '%': '\\%',
  _: '\\_',
}

const space = (code: number): boolean => code === 32 || (code >= 9 && code <= 13)
const wordPart = (code: number): boolean =>
  (code >= 48 && code <= 57) ||
  (code >= 65 && code <= 90) ||
  (code >= 97 && code <= 122) ||
  code === 95 ||
  code === 36 ||
  code >= 128
const digit = (character: string): boolean => character >= '0' && character <= '9'

/** Reads MySQL's tokens. What stands in a comment for MySQL alone is read as if it stood there bare. */
export class Tokenizer {
  readonly #reader: ByteReader
  readonly #file: string
  readonly #onComment: (text: string) => void
  #delimiter = ';'
  #inExecutable = false
  #ahead: Token | undefined

  constructor(reader: ByteReader, file: string, onComment: (text: string) => void) {
    this.#reader = reader
    this.#file = file
    this.#onComment = onComment
  }

  peek(): Token {
    this.#ahead ??= this.#read()
    return this.#ahead
  }

  next(): Token {
    const token = this.peek()
    this.#ahead = undefined
    return token
  }

  /** Takes the rest of the line as the client's new delimiter; the word DELIMITER was the last token taken. */
  changeDelimiter(): void {
    const line = this.#reader.takeUntil((code) => code === 10).trim()
    if (line !== '') this.#delimiter = line
  }

  /** A Problem at a token. */
  problem(token: Token, message: string, hint?: string): Problem {
    const place = { file: this.#file, line: token.line, column: token.column }
    return new Problem(message, hint === undefined ? place : { ...place, hint })
  }

  #read(): Token {
    this.#skipBlanks()
    const reader = this.#reader
    const { line, column } = reader
    const token = (kind: Token['kind'], text: string): Token => ({ kind, text, line, column })
    const first = reader.peek()
    if (first === '') return token('end', '')
    if (reader.startsWith(this.#delimiter)) return token('delimiter', reader.take(this.#delimiter.length))
    if (first === "'") return token('string', this.#quoted("'", true))
    // mysqldump --compatible=ansi quotes names so; strings are always in single quotes.
    if (first === '"') return token('identifier', this.#quoted('"', true))
    if (first === '`') return token('identifier', this.#quoted('`', false))
    if (reader.peek(1) === "'" && /[xXbB]/.test(first)) {
      reader.take()
      return token(/[xX]/.test(first) ? 'hex' : 'bits', this.#quoted("'", false))
    }
    if (reader.startsWith('0x')) {
      reader.take(2)
      return token(
        'hex',
        reader.takeUntil((code) => !wordPart(code)),
      )
    }
    if (digit(first) || (first === '.' && digit(reader.peek(1)))) return token('number', this.#number())
    if (wordPart(first.charCodeAt(0)) || first === '@')
      return token('word', reader.take() + reader.takeUntil((code) => !wordPart(code) && code !== 64))
    return token('symbol', reader.take())
  }

  #number(): string {
    const { takeUntil } = this.#reader
    const part = () => takeUntil.call(this.#reader, (code) => !(code >= 48 && code <= 57))
    let text = part()
    if (this.#reader.peek() === '.') text += this.#reader.take() + part()
    if (/[eE]/.test(this.#reader.peek())) {
      text += this.#reader.take()
      if (/[+-]/.test(this.#reader.peek())) text += this.#reader.take()
      text += part()
    }
    return text
  }

  #quoted(quote: string, withEscapes: boolean): string {
    const reader = this.#reader
    const { line, column } = reader
    const code = quote.charCodeAt(0)
    const parts: string[] = []
    reader.take()
    for (;;) {
      parts.push(reader.takeUntil((each) => each === code || (withEscapes && each === 92)))
      const end = reader.take()
      if (end === '')
        throw new Problem('the file ends within a quoted text', {
          file: this.#file,
          line,
          column,
          hint: 'the dump is cut off: make it again',
        })
      if (end === '\\') {
        const escaped = reader.take()
        parts.push(escapes[escaped] ?? escaped)
      } else if (reader.peek() === quote) parts.push(reader.take())
      else return parts.join('')
    }
  }

  #skipBlanks(): void {
    const reader = this.#reader
    for (;;) {
      reader.takeUntil((code) => !space(code))
      const first = reader.peek()
      if (
        first === '#' ||
        (reader.startsWith('--') && (reader.peek(2) === '' || space(reader.peek(2).charCodeAt(0))))
      )
        this.#onComment(reader.takeUntil((code) => code === 10))
      else if (this.#inExecutable && reader.startsWith('*/')) {
        reader.take(2)
        this.#inExecutable = false
      } else if (!reader.startsWith('/*') || !this.#skipComment()) return
    }
  }

  /** Skips a comment, or the beginning of one whose content MySQL runs. */
  #skipComment(): true {
    const reader = this.#reader
    const { line, column } = reader
    reader.take(2)
    const executable = reader.startsWith('!') ? 1 : reader.startsWith('M!') ? 2 : 0
    if (executable > 0) {
      reader.take(executable)
      const version = reader.takeUntil((code) => !(code >= 48 && code <= 57))
      // MariaDB's sandbox line: a command to its client, for a version that never comes.
      if (!version.startsWith('999999')) {
        this.#inExecutable = true
        return true
      }
    }
    for (;;) {
      reader.takeUntil((code) => code === 42)
      if (reader.peek() === '')
        throw new Problem('the file ends within a comment', { file: this.#file, line, column })
      if (reader.startsWith('*/')) break
      reader.take()
    }
    reader.take(2)
    return true
  }
}
