import { invalid } from '../api-error.ts'

/** A field of a line; `quoted`: it stood in quotes, so that an empty one is an empty text. */
export interface CsvField {
  readonly text: string
  readonly quoted: boolean
}

export interface CsvFormat {
  readonly delimiter: string
  /** Empty: quotes mean nothing. */
  readonly quote: string
  readonly newlinesInQuotes: boolean
}

/**
 * The lines of a CSV text, as load jobs read them (RFC 4180; lines end with LF, CRLF or CR; empty ones are left out).
 *
 * @throws ApiError for a quote that is not closed, or text after one
 */
export function* csvLines(text: string, format: CsvFormat): Generator<readonly CsvField[]> {
  const reader = new CsvReader(text, format)
  while (!reader.ended) {
    const fields = reader.line()
    const [only] = fields
    if (fields.length > 1 || (only !== undefined && (only.text !== '' || only.quoted))) yield fields
  }
}

class CsvReader {
  readonly #text: string
  readonly #format: CsvFormat
  #at = 0
  #line = 1

  constructor(text: string, format: CsvFormat) {
    this.#text = text.startsWith('\uFEFF') ? text.slice(1) : text
    this.#format = format
  }

  get ended(): boolean {
    return this.#at >= this.#text.length
  }

  line(): readonly CsvField[] {
    const fields: CsvField[] = []
    for (;;) {
      fields.push(this.#field())
      const sign = this.#text[this.#at]
      if (sign !== this.#format.delimiter) break
      this.#at += 1
    }
    if (this.#text[this.#at] === '\r') this.#at += 1
    if (this.#text[this.#at] === '\n') this.#at += 1
    this.#line += 1
    return fields
  }

  #field(): CsvField {
    const { quote } = this.#format
    if (quote !== '' && this.#text[this.#at] === quote) return this.#quoted(quote)
    const start = this.#at
    while (!this.#endsField()) this.#at += 1
    return { text: this.#text.slice(start, this.#at), quoted: false }
  }

  #endsField(): boolean {
    const sign = this.#text[this.#at]
    return sign === undefined || sign === this.#format.delimiter || sign === '\n' || sign === '\r'
  }

  #quoted(quote: string): CsvField {
    let text = ''
    for (let from = this.#at + 1; ; ) {
      const end = this.#text.indexOf(quote, from)
      if (end < 0) throw invalid(`Missing close quote character (${quote}) in line ${this.#line}.`)
      text += this.#text.slice(from, end)
      if (this.#text[end + 1] === quote) {
        text += quote
        from = end + 2
        continue
      }
      this.#at = end + 1
      break
    }
    if (!this.#endsField())
      throw invalid(
        `Data between close quote character (${quote}) and field separator in line ${this.#line}.`,
      )
    if (!this.#format.newlinesInQuotes && /[\r\n]/.test(text))
      throw invalid(
        `Missing close quote character (${quote}) in line ${this.#line}: allowQuotedNewlines is not set.`,
      )
    return { text, quoted: true }
  }
}
