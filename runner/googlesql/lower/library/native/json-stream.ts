import { quoteJson } from './json-text.ts'

/** What stands at a path: its compact text, and of a scalar the text that it has in SQL (null of JSON's null). */
export interface Found {
  readonly kind: 'object' | 'array' | 'scalar'
  readonly json: string
  readonly text: string | null
  /** Of an array: its elements. */
  readonly elements: readonly Found[]
}

/** Thrown where the text is no JSON. */
class Broken extends Error {}
const broken = new Broken()

const number = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y
const words = ['true', 'false', 'null'] as const
const [comma, colon, backslash, quote, apostrophe] = [44, 58, 92, 34, 39]
const [openArray, closeArray, openObject, closeObject] = [91, 93, 123, 125]

/**
 * The value at a path in JSON that is in a STRING, as BigQuery's functions on STRING find it: they read the text once,
 * from its beginning, no further than the first value that stands at the whole path, and tell what was written: numbers
 * with their digits, every one of equal keys. They take more for JSON than there is: single quotes, a comma at the end,
 * nothing before a comma (a null), any escape, what stands behind the value.
 *
 * @param steps keys, and indexes as text
 * @returns undefined if nothing stands there, or if the text is broken before its end
 * @example findInText('{"a": {"b": [1.50, 2, ], "b": 1}}', ['a'])?.json // '{"b":[1.50,2],"b":1}'
 */
export function findInText(text: string, steps: readonly string[]): Found | undefined {
  try {
    return new Stream(text).find(steps, 0)
  } catch (error) {
    if (error instanceof Broken) return undefined
    throw error
  }
}

class Stream {
  readonly #text: string
  #at = 0

  constructor(text: string) {
    this.#text = text
  }

  find(steps: readonly string[], depth: number): Found | undefined {
    const step = steps[depth]
    if (step === undefined) return this.#value()
    const next = this.#next()
    let found: Found | undefined
    const visit = (here: boolean): boolean => {
      if (here) found = this.find(steps, depth + 1)
      else this.#skip()
      return found !== undefined
    }
    if (next === openObject) this.#members((key) => visit(key === step))
    else if (next === openArray) {
      const wanted = /^\d+$/.test(step) ? Number(step) : -1
      this.#items((index) => visit(index === wanted))
    } else this.#skip()
    return found
  }

  /** The code of the next sign that is no white space; NaN at the end. */
  #next(): number {
    for (;;) {
      const code = this.#text.charCodeAt(this.#at)
      if (code !== 32 && !(code >= 9 && code <= 13)) return code
      this.#at++
    }
  }

  /** Each key, with the stream at its value, until `visit` says that it is enough. */
  #members(visit: (key: string) => boolean): void {
    this.#at++
    while (this.#next() !== closeObject) {
      const key = this.#string()
      if (this.#next() !== colon) throw broken
      this.#at++
      if (visit(key)) return
      if (!this.#goesOn(closeObject)) break
    }
    this.#at++
  }

  #items(visit: (index: number) => boolean): void {
    this.#at++
    for (let index = 0; this.#next() !== closeArray; index++) {
      if (visit(index)) return
      if (!this.#goesOn(closeArray)) break
    }
    this.#at++
  }

  #goesOn(close: number): boolean {
    const next = this.#next()
    if (next === close) return false
    if (next !== comma) throw broken
    this.#at++
    return true
  }

  #skip(): void {
    const next = this.#next()
    const skip = () => {
      this.#skip()
      return false
    }
    if (next === openObject) this.#members(skip)
    else if (next === openArray) this.#items(skip)
    else if (next === quote || next === apostrophe) this.#string()
    else this.#plain(next)
  }

  #value(): Found {
    const next = this.#next()
    if (next === openObject) {
      const members: string[] = []
      this.#members((key) => {
        members.push(`${quoteJson(key)}:${this.#value().json}`)
        return false
      })
      return { kind: 'object', json: `{${members.join(',')}}`, text: null, elements: [] }
    }
    if (next === openArray) {
      const elements: Found[] = []
      this.#items(() => {
        elements.push(this.#value())
        return false
      })
      return { kind: 'array', json: `[${elements.map(({ json }) => json).join(',')}]`, text: null, elements }
    }
    if (next === quote || next === apostrophe) {
      const text = this.#string()
      return { kind: 'scalar', json: quoteJson(text), text, elements: [] }
    }
    const json = this.#plain(next)
    return { kind: 'scalar', json, text: json === 'null' ? null : json, elements: [] }
  }

  /** A number or a word; nothing before a comma is a null. */
  #plain(next: number): string {
    if (next === comma) return 'null'
    const word = words.find((each) => this.#text.startsWith(each, this.#at))
    if (word !== undefined) {
      this.#at += word.length
      return word
    }
    number.lastIndex = this.#at
    const digits = number.exec(this.#text)?.[0]
    if (digits === undefined) throw broken
    this.#at += digits.length
    // A point or an exponent without digits is none; anything else behind a number is the next thing.
    const behind = this.#text[this.#at] ?? ''
    const fraction = /[.eE]/.test(digits)
    if ((behind === '.' && !fraction) || (/[eE]/.test(behind) && !/[eE]/.test(digits))) throw broken
    return digits
  }

  #string(): string {
    const first = this.#next()
    if (first !== quote && first !== apostrophe) throw broken
    const start = this.#at + 1
    const escaped = this.#endOfString()
    const raw = this.#text.slice(start, this.#at - 1)
    if (!escaped) return raw
    return unescaped(raw)
  }

  /** Goes behind the text's last quote; true if there was a backslash in it. */
  #endOfString(): boolean {
    const text = this.#text
    const close = text.charCodeAt(this.#at)
    let escaped = false
    for (let at = this.#at + 1; at < text.length; at++) {
      const code = text.charCodeAt(at)
      if (code === backslash) {
        escaped = true
        at++
      } else if (code === close) {
        this.#at = at + 1
        return escaped
      }
    }
    throw broken
  }
}

const controls: Readonly<Record<string, string>> = { b: '\b', f: '\f', n: '\n', r: '\r', t: '\t', v: '\v' }

/** A backslash before any other sign is for that sign; two escapes are no one character: each half of a pair is none. */
function unescaped(raw: string): string {
  return raw.replace(
    /\\(?:u([0-9a-fA-F]{4})|x([0-9a-fA-F]{2})|([0-7]{1,3})|([\s\S]))/g,
    (_, unit: string | undefined, byte: string | undefined, octal: string | undefined, sign: string) => {
      const hex = unit ?? byte
      const code =
        hex !== undefined ? Number.parseInt(hex, 16) : octal !== undefined ? Number.parseInt(octal, 8) : -1
      if (code >= 0xd800 && code < 0xe000) return '\ufffd'
      if (code >= 0) return String.fromCharCode(code)
      if (sign === 'u' || sign === 'x') throw broken
      return sign > '\u007f' ? '\ufffd' : (controls[sign] ?? sign)
    },
  )
}
