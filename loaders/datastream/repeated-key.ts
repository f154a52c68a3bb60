import { Problem } from '../../runner/problem.ts'
import { parseExact } from './raw-json.ts'

/** JSON of which nobody can say what it means. */
export class RepeatedKey extends Problem {
  constructor(at: number) {
    super(`an object has a key twice (at character ${at + 1} of the line)`)
    this.name = 'RepeatedKey'
  }
}

/** As `parseExact`; what an object says twice is not taken for what it says last. @throws SyntaxError, RangeError, RepeatedKey */
export function parseDistinct(text: string): unknown {
  const value = parseExact(text)
  const at = repeatedKey(text)
  if (at !== undefined) throw new RepeatedKey(at)
  return value
}

const quote = 0x22
const backslash = 0x5c
const colon = 0x3a
const openBrace = 0x7b
const closeBrace = 0x7d

/**
 * Where in a JSON text an object names a key that it has already; undefined if none does. Which of the two values is
 * meant nobody can say (RFC 8259, section 4), and `JSON.parse` keeps the last one without a word.
 *
 * @param text valid JSON
 * @example repeatedKey('{"a": 1, "b": {"a": 2, "a": 3}}') // 23
 */
export function repeatedKey(text: string): number | undefined {
  const open: Set<string>[] = []
  let start = 0
  let end = 0
  for (let at = 0; at < text.length; at++) {
    switch (text.charCodeAt(at)) {
      case quote:
        start = at
        end = endOfText(text, at)
        at = end
        break
      case openBrace:
        open.push(new Set())
        break
      case closeBrace:
        open.pop()
        break
      case colon: {
        const keys = open.at(-1)
        const key = nameOf(text.slice(start + 1, end))
        if (keys?.has(key)) return start
        keys?.add(key)
      }
    }
  }
  return undefined
}

function endOfText(text: string, start: number): number {
  let at = start + 1
  for (let code = text.charCodeAt(at); code !== quote; code = text.charCodeAt(at)) {
    at += code === backslash ? 2 : 1
  }
  return at
}

const nameOf = (written: string): string =>
  written.includes('\\') ? (JSON.parse(`"${written}"`) as string) : written
