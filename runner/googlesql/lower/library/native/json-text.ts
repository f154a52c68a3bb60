/** JSON as BigQuery reads and prints it. Numbers keep their text; objects keep the first of equal keys. */
export type Json = null | boolean | string | JsonNumber | readonly Json[] | ReadonlyMap<string, Json>

export interface JsonNumber {
  readonly number: string
}

export function isNumber(value: Json): value is JsonNumber {
  return typeof value === 'object' && value !== null && 'number' in value
}

export function isArray(value: Json): value is readonly Json[] {
  return Array.isArray(value)
}

export function isObject(value: Json): value is ReadonlyMap<string, Json> {
  return value instanceof Map
}

/** Text that is no JSON, with the place where it fails. */
export class JsonError extends Error {}

const numberPattern = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y

const words = [
  ['true', true],
  ['false', false],
  ['null', null],
] as const

/** Reads values of the JSON type, and text that is to become one. */
export class JsonReader {
  readonly #text: string
  #at = 0

  constructor(text: string) {
    this.#text = text
  }

  /** True if nothing but white space is left. */
  atEnd(): boolean {
    return this.#peek() === undefined
  }

  fail(): never {
    const found = this.#text[this.#at]
    throw new JsonError(
      found === undefined ? 'unexpected end of input' : `unexpected ${JSON.stringify(found)}`,
    )
  }

  value(): Json {
    const next = this.#peek()
    if (next === '{') return this.#object()
    if (next === '[') return this.#array()
    if (next === '"') return this.#string()
    for (const [word, value] of words) {
      if (!this.#text.startsWith(word, this.#at)) continue
      this.#at += word.length
      return value
    }
    numberPattern.lastIndex = this.#at
    const number = numberPattern.exec(this.#text)?.[0]
    if (number === undefined) this.fail()
    this.#at += number.length
    return { number }
  }

  /** The value at a path, read no further than it; undefined if there is none. */
  find(path: readonly string[]): Json | undefined {
    const [step, ...rest] = path
    if (step === undefined) return this.value()
    const next = this.#peek()
    if (next === '{') {
      for (const key of this.#keys()) {
        if (key === step) return this.find(rest)
        this.value()
      }
      return undefined
    }
    if (next === '[') {
      if (!/^\d+$/.test(step)) {
        this.value()
        return undefined
      }
      for (const index of this.#indexes()) {
        if (index === Number(step)) return this.find(rest)
        this.value()
      }
      return undefined
    }
    this.value()
    return undefined
  }

  #peek(): string | undefined {
    for (;;) {
      const sign = this.#text[this.#at]
      if (sign !== ' ' && sign !== '\n' && sign !== '\t' && sign !== '\r') return sign
      this.#at++
    }
  }

  #take(sign: string): void {
    if (this.#peek() !== sign) this.fail()
    this.#at++
  }

  /** Each key of an object, with the reader at its value. */
  *#keys(): Generator<string> {
    this.#take('{')
    if (this.#peek() === '}') {
      this.#at++
      return
    }
    for (;;) {
      this.#peek()
      const key = this.#string()
      this.#take(':')
      yield key
      if (this.#peek() === ',') this.#at++
      else break
    }
    this.#take('}')
  }

  *#indexes(): Generator<number> {
    this.#take('[')
    if (this.#peek() === ']') {
      this.#at++
      return
    }
    for (let index = 0; ; index++) {
      yield index
      if (this.#peek() === ',') this.#at++
      else break
    }
    this.#take(']')
  }

  #object(): ReadonlyMap<string, Json> {
    const members = new Map<string, Json>()
    for (const key of this.#keys()) {
      const value = this.value()
      if (!members.has(key)) members.set(key, value)
    }
    return members
  }

  #array(): readonly Json[] {
    const elements: Json[] = []
    for (const _ of this.#indexes()) elements.push(this.value())
    return elements
  }

  #string(): string {
    if (this.#text[this.#at] !== '"') this.fail()
    const start = ++this.#at
    let escaped = false
    for (; this.#at < this.#text.length; this.#at++) {
      const character = this.#text[this.#at]
      if (character === '\\') {
        escaped = true
        this.#at++
      } else if (character === '"') {
        const raw = this.#text.slice(start, this.#at++)
        return escaped ? this.#unescape(raw) : raw
      } else if ((character ?? '') < ' ') this.fail()
    }
    return this.fail()
  }

  #unescape(raw: string): string {
    const text = raw.replace(
      /\\(?:u([0-9a-fA-F]{4})|([\s\S]))/g,
      (_, code: string | undefined, sign: string) => {
        if (code !== undefined) return String.fromCharCode(Number.parseInt(code, 16))
        const plain = escapes[sign]
        if (plain === undefined) this.fail()
        return plain
      },
    )
    if (!text.isWellFormed()) this.fail()
    return text
  }
}

const escapes: Readonly<Record<string, string>> = {
  '"': '"',
  '\\': '\\',
  '/': '/',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
}

/** A text in quotes, with the escapes that BigQuery writes in a STRING. */
export function quoteJson(text: string): string {
  return JSON.stringify(text).replace(/[\u2028\u2029]/g, (sign) =>
    sign === '\u2028' ? '\\u2028' : '\\u2029',
  )
}

/** Order of keys: by code point, as BigQuery keeps JSON; it is that of the units but for surrogates. */
export function byCodePoint(a: string, b: string): number {
  if (a === b) return 0
  if (surrogate.test(a) || surrogate.test(b)) return Buffer.compare(Buffer.from(a), Buffer.from(b))
  return a < b ? -1 : 1
}

const surrogate = /[\ud800-\udfff]/

/** JSON text of the JSON type, without spaces; `sorted`: with keys in BigQuery's order. */
export function printJson(value: Json, sorted: boolean): string {
  if (value === null || typeof value === 'boolean') return String(value)
  if (typeof value === 'string') return JSON.stringify(value)
  if (isNumber(value)) return value.number
  if (isArray(value)) return `[${value.map((item) => printJson(item, sorted)).join(',')}]`
  const entries = [...value]
  if (sorted) entries.sort(([a], [b]) => byCodePoint(a, b))
  return `{${entries.map(([key, item]) => `${JSON.stringify(key)}:${printJson(item, sorted)}`).join(',')}}`
}

/**
 * JSON text without spaces laid out on several lines, indented by two spaces. It stays the same text: keys that are there
 * twice (fields of one name, or of none) stay twice.
 */
export function prettyJson(text: string): string {
  let indent = ''
  return text.replace(/"(?:[^"\\]|\\.)*"|\[\]|\{\}|[[\]{},:]/g, (token) => {
    switch (token) {
      case '{':
      case '[':
        indent += '  '
        return `${token}\n${indent}`
      case '}':
      case ']':
        indent = indent.slice(2)
        return `\n${indent}${token}`
      case ',':
        return `,\n${indent}`
      case ':':
        return ': '
      default:
        return token
    }
  })
}

/** A double as JSON of BigQuery's JSON type has it: `1.0`, `1e+20`. */
export function printJsonDouble(value: number): string {
  if (Number.isNaN(value)) return '"NaN"'
  if (!Number.isFinite(value)) return value > 0 ? '"Infinity"' : '"-Infinity"'
  if (value === 0) return Object.is(value, -0) ? '-0.0' : '0.0'
  const [mantissa = '', exponent = '0'] = Math.abs(value).toExponential().split('e')
  const sign = value < 0 ? '-' : ''
  const digits = mantissa.replace('.', '')
  const point = Number(exponent) + 1
  if (digits.length <= point && point <= 15) return `${sign}${digits.padEnd(point, '0')}.0`
  if (point > 0 && point <= 15) return `${sign}${digits.slice(0, point)}.${digits.slice(point)}`
  if (point > -4 && point <= 0) return `${sign}0.${'0'.repeat(-point)}${digits}`
  const power = Math.abs(point - 1)
  const rest = digits.length === 1 ? '' : `.${digits.slice(1)}`
  return `${sign}${digits[0]}${rest}e${point - 1 < 0 ? '-' : '+'}${String(power).padStart(2, '0')}`
}
