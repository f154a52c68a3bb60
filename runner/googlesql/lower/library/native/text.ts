import { GoogleSqlError } from '../native-function.ts'

/** Case-insensitive, normal form for comparing: NORMALIZE_AND_CASEFOLD with NFKC, as CONTAINS_SUBSTR compares. */
export function caseFold(value: string): string {
  return fold(value.normalize('NFKC')).normalize('NFKC')
}

/** Unicode's full case folding: upper case first brings variants (ß, ſ, ς) together. */
export function fold(value: string): string {
  return Array.from(value, (point) => (point === 'ẞ' ? 'ss' : point.toUpperCase().toLowerCase()))
    .join('')
    .replaceAll('ς', 'σ')
}

/** Letters that have another case only since Unicode 16, which neither GoogleSQL nor DuckDB know. */
const newer =
  /[\u019b\u0264\u1c89\u1c8a\ua7cb-\ua7cf\ua7d2-\ua7d5\ua7da-\ua7dc\u{10d50}-\u{10d85}\u{16ea0}-\u{16ed3}]/u

/** All but the letters that are too new. */
export function changeCase(value: string, change: (part: string) => string): string {
  if (!newer.test(value)) return change(value)
  return value
    .split(new RegExp(`(${newer.source})`, 'u'))
    .map((part) => (newer.test(part) ? part : change(part)))
    .join('')
}

/** Those of the row before, which are nearly always the same. */
let lastDelimiters = ''
let apart: ReadonlySet<string> = new Set()

/** Upper-cases the first letter of each word; `delimiters` are the characters that part words. */
export function initcap(value: string, delimiters: string): string {
  if (delimiters !== lastDelimiters) {
    lastDelimiters = delimiters
    apart = new Set(Array.from(delimiters))
  }
  let start = true
  let result = ''
  for (const point of value) {
    if (apart.has(point)) {
      result += point
      start = true
      continue
    }
    // One character for one: ß stays as it is.
    const upper = point.toUpperCase()
    result += start ? (Array.from(upper).length === 1 ? upper : point) : point.toLowerCase()
    start = false
  }
  return result
}

/** Position, from 1, of the occurrence-th `part` at or after `position` (before, if negative); 0 if none. */
export function instr(value: string, part: string, position: bigint, occurrence: bigint): bigint {
  if (position === 0n) throw new GoogleSqlError('INSTR: position argument cannot be zero.')
  if (occurrence <= 0n) throw new GoogleSqlError('INSTR: occurrence argument must be a positive value.')
  const text = Array.from(value)
  const wanted = Array.from(part)
  const at = (start: number) => wanted.every((point, index) => text[start + index] === point)
  const step = position > 0n ? 1 : -1
  let start = step > 0 ? Number(position) - 1 : text.length + Number(position)
  let left = occurrence
  // The empty text is found everywhere, also behind the last character.
  if (wanted.length === 0 && step < 0) start += 1
  const end = wanted.length === 0 ? text.length + 1 : text.length
  for (; start >= 0 && start < end; start += step) {
    if (at(start) && --left === 0n) return BigInt(start + 1)
  }
  return 0n
}

/** Replaces each character of `from` by the one at the same place in `to`, or drops it. */
export function translate(value: string, from: string, to: string): string {
  const target = Array.from(to)
  const by = new Map<string, string>()
  for (const [index, point] of Array.from(from).entries()) {
    if (by.has(point))
      throw new GoogleSqlError(
        `Duplicate character "${point}" in TRANSLATE source characters: a duplicated source character has no meaning`,
      )
    by.set(point, target[index] ?? '')
  }
  return Array.from(value, (point) => by.get(point) ?? point).join('')
}

/** Levenshtein's distance over code points. */
export function editDistance(a: readonly string[], b: readonly string[]): bigint {
  let row = Array.from({ length: b.length + 1 }, (_, index) => index)
  for (const [i, x] of a.entries()) {
    const next = [i + 1]
    for (const [j, y] of b.entries()) {
      const change = (row[j] ?? 0) + (x === y ? 0 : 1)
      next.push(Math.min(change, (row[j + 1] ?? 0) + 1, (next[j] ?? 0) + 1))
    }
    row = next
  }
  return BigInt(row[b.length] ?? 0)
}

const soundexCode: Readonly<Record<string, string>> = Object.fromEntries(
  Object.entries({ 1: 'BFPV', 2: 'CGJKQSXZ', 3: 'DT', 4: 'L', 5: 'MN', 6: 'R' }).flatMap(([digit, letters]) =>
    Array.from(letters, (letter) => [letter, digit]),
  ),
)

/** American Soundex: a letter and three digits; '' if there is no letter. */
export function soundex(value: string): string {
  let result = ''
  let last: string | undefined
  for (const character of value) {
    if (!/[A-Za-z]/.test(character)) continue
    const letter = character.toUpperCase()
    const code = soundexCode[letter]
    if (result === '') {
      result = character
      last = code
    } else if (code !== undefined && code !== last) {
      result += code
      last = code
    }
    if (result.length === 4) break
  }
  return result === '' ? '' : result.padEnd(4, '0')
}
