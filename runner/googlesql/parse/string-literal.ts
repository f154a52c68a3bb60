/** An escape that the language does not have; `offset` counts from the literal's first character. */
export interface BadEscape {
  readonly message: string
  readonly offset: number
}

const simpleEscapes = new Map([
  ['a', '\x07'],
  ['b', '\b'],
  ['f', '\f'],
  ['n', '\n'],
  ['r', '\r'],
  ['t', '\t'],
  ['v', '\v'],
  ['\\', '\\'],
  ['?', '?'],
  ['"', '"'],
  ["'", "'"],
  ['`', '`'],
])

/**
 * The value of a quoted string or name as written (`'a\n'`, `r"\d"`, `` `a b` ``), or the first bad escape.
 * Line breaks in triple-quoted strings become `\n`.
 * https://cloud.google.com/bigquery/docs/reference/standard-sql/lexical#escape_sequences
 */
export function decodeString(text: string): string | BadEscape {
  const { body, offset, raw } = bodyOf(text)
  const normalised = body.includes('\r') ? body.replaceAll('\r\n', '\n').replaceAll('\r', '\n') : body
  if (raw || !normalised.includes('\\')) return normalised
  const parts: string[] = []
  const bad = decodeEscapes(body, offset, false, (piece) =>
    parts.push(typeof piece === 'number' ? codePoint(piece) : piece),
  )
  return bad ?? parts.join('')
}

/** The bytes of a bytes literal (`b'\xff'`); characters beyond ASCII stand for their UTF-8. */
export function decodeBytes(text: string): Uint8Array | BadEscape {
  const { body, offset, raw } = bodyOf(text)
  if (raw || !body.includes('\\')) return Buffer.from(body.replaceAll('\r\n', '\n').replaceAll('\r', '\n'))
  const parts: Uint8Array[] = []
  const bad = decodeEscapes(body, offset, true, (piece) =>
    parts.push(typeof piece === 'number' ? Uint8Array.of(piece) : Buffer.from(piece)),
  )
  return bad ?? new Uint8Array(Buffer.concat(parts))
}

function codePoint(value: number): string {
  return String.fromCodePoint(value)
}

function bodyOf(text: string): { readonly body: string; readonly offset: number; readonly raw: boolean } {
  const first = text.search(/['"`]/)
  const quote = text.charAt(first)
  const triple = text.length >= first + 6 && quote !== '`' && text.startsWith(quote.repeat(3), first)
  const size = triple ? 3 : 1
  const raw = /r/i.test(text.slice(0, first))
  return { body: text.slice(first + size, text.length - size), offset: first + size, raw }
}

type Emit = (piece: string | number) => void

function decodeEscapes(body: string, offset: number, bytes: boolean, emit: Emit): BadEscape | undefined {
  let index = 0
  while (index < body.length) {
    const slash = nextSpecial(body, index)
    if (slash > index) emit(body.slice(index, slash))
    if (slash === body.length) return undefined
    if (body.charAt(slash) === '\r') {
      emit('\n')
      index = slash + (body.charAt(slash + 1) === '\n' ? 2 : 1)
      continue
    }
    const simple = simpleEscapes.get(body.charAt(slash + 1))
    if (simple !== undefined) {
      emit(simple)
      index = slash + 2
      continue
    }
    const number = numericEscape(body, slash, bytes)
    if (typeof number === 'string') return { message: number, offset: offset + slash }
    emit(number.value)
    index = number.end
  }
  return undefined
}

function nextSpecial(body: string, from: number): number {
  let index = from
  while (index < body.length) {
    const code = body.charCodeAt(index)
    if (code === 92 || code === 13) return index
    index += 1
  }
  return index
}

/** The value of `\101`, `\x41`, `\u0041`, `\U00000041` and where it ends, or what is wrong with it. */
function numericEscape(body: string, slash: number, bytes: boolean): { value: number; end: number } | string {
  const letter = body.charAt(slash + 1)
  if (letter === '\n' || letter === '\r') return 'Illegal escaped newline'
  const illegal = 'Illegal escape sequence: '
  if (letter >= '0' && letter <= '3') {
    const digits = body.slice(slash + 1, slash + 4)
    if (/^[0-3][0-7]{2}$/.test(digits)) return { value: Number.parseInt(digits, 8), end: slash + 4 }
    return `${illegal}Octal escape must be followed by 3 octal digits but saw: \\${digits}`
  }
  const size = letter === 'x' || letter === 'X' ? 2 : letter === 'u' ? 4 : letter === 'U' ? 8 : 0
  if (size === 0) return `${illegal}\\${String.fromCodePoint(body.codePointAt(slash + 1) ?? 92)}`
  if (bytes && size > 2) {
    return `${illegal}Unicode escape sequence \\${letter} cannot be used in bytes literals`
  }
  const digits = body.slice(slash + 2, slash + 2 + size)
  if (!new RegExp(`^[0-9a-fA-F]{${size}}$`).test(digits)) {
    const name = size === 2 ? 'Hex escape' : `\\${letter}`
    return `${illegal}${name} must be followed by ${size} hex digits but saw: \\${letter}${digits}`
  }
  const value = Number.parseInt(digits, 16)
  if (value > 0x10ffff) return `${illegal}Value of \\${letter}${digits} exceeds Unicode limit (0x0010FFFF)`
  if (value >= 0xd800 && value <= 0xdfff) return `${illegal}Unicode value \\${letter}${digits} is invalid`
  return { value, end: slash + 2 + size }
}
