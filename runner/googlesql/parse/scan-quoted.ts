import type { Lexer } from './lexer.ts'
import { tokenKind } from './tokens.ts'

/**
 * A string, bytes literal or backticked name, to its closing quote. `quote` is the offset of the first quote, after the
 * prefix. A backslash keeps the next character from closing it, in raw strings too. Escapes are decoded later.
 */
export function scanQuoted(lexer: Lexer, start: number, quote: number, prefix: string): number {
  const { text } = lexer
  const code = text.charCodeAt(quote)
  const triple = code !== 96 && text.charCodeAt(quote + 1) === code && text.charCodeAt(quote + 2) === code
  let offset = quote + (triple ? 3 : 1)
  for (;;) {
    const next = text.charCodeAt(offset)
    if (offset >= text.length || (!triple && (next === 10 || next === 13))) break
    if (next === 92) offset += text.startsWith('\r\n', offset + 1) ? 3 : 2
    else if (
      next === code &&
      (!triple || (text.charCodeAt(offset + 1) === code && text.charCodeAt(offset + 2) === code))
    ) {
      return close(lexer, start, offset + (triple ? 3 : 1), code, prefix)
    } else offset += 1
  }
  return lexer.malformed(`Unclosed ${nameOf(code, prefix, triple)}`, start, Math.max(offset, start + 1))
}

function close(lexer: Lexer, start: number, end: number, code: number, prefix: string): number {
  if (code !== 96)
    return lexer.push(prefix.includes('b') ? tokenKind.bytes : tokenKind.string, '', start, end)
  if (end - start === 2) return lexer.malformed('Invalid empty identifier', start, end)
  return lexer.push(tokenKind.quoted, '', start, end)
}

function nameOf(code: number, prefix: string, triple: boolean): string {
  if (code === 96) return 'identifier literal'
  const raw = prefix.includes('r') ? 'raw ' : ''
  return `${triple ? 'triple-quoted ' : ''}${raw}${prefix.includes('b') ? 'bytes' : 'string'} literal`
}
