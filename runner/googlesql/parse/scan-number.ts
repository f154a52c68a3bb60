import { isNameCode, type Lexer } from './lexer.ts'
import { tokenKind } from './tokens.ts'

function isDigit(code: number): boolean {
  return code >= 48 && code <= 57
}

function isHexDigit(code: number): boolean {
  return isDigit(code) || (code >= 65 && code <= 70) || (code >= 97 && code <= 102)
}

function skipDigits(text: string, start: number): number {
  let offset = start
  while (isDigit(text.charCodeAt(offset))) offset += 1
  return offset
}

/** `1`, `0xFF`, `1.5`, `.5`, `1e-3`, `1.`; also what follows the dash of a project's name: `my-project-42b.ds.t`. */
export function scanNumber(lexer: Lexer, start: number): number {
  const { text } = lexer
  if (afterNameDash(lexer, start)) return scanDashedNumber(lexer, start)
  if (text.charCodeAt(start) === 48 && (text.charCodeAt(start + 1) | 32) === 120) {
    let end = start + 2
    while (isHexDigit(text.charCodeAt(end))) end += 1
    if (end > start + 2) return finish(lexer, tokenKind.integer, start, end)
  }
  const whole = skipDigits(text, start)
  let end = whole
  if (text.charCodeAt(end) === 46) end = skipDigits(text, end + 1)
  end = skipExponent(text, end)
  return finish(lexer, end === whole ? tokenKind.integer : tokenKind.float, start, end)
}

function skipExponent(text: string, start: number): number {
  if ((text.charCodeAt(start) | 32) !== 101) return start
  const sign = text.charCodeAt(start + 1)
  const digits = sign === 43 || sign === 45 ? start + 2 : start + 1
  return isDigit(text.charCodeAt(digits)) ? skipDigits(text, digits) : start
}

function finish(lexer: Lexer, kind: number, start: number, end: number): number {
  if (!isNameCode(lexer.text.charCodeAt(end)) || lexer.text.charAt(end - 1) === '.')
    return lexer.push(kind, '', start, end)
  let wordEnd = end
  while (isNameCode(lexer.text.charCodeAt(wordEnd))) wordEnd += 1
  return lexer.malformed('Missing whitespace between literal and alias', start, wordEnd, end)
}

/** The number touches a dash that touches a name: `my-project-1`, perhaps `a-1` the subtraction. */
function afterNameDash(lexer: Lexer, start: number): boolean {
  const index = lexer.length - 1
  return (
    index > 0 &&
    lexer.words[index] === '-' &&
    lexer.ends[index] === start &&
    lexer.ends[index - 1] === start - 1 &&
    isNameCode(lexer.text.charCodeAt(start - 2))
  )
}

/**
 * Digits and letters up to a dot. A dot that a digit follows belongs to a number (`a-1.5`); another dot parts names
 * (`my-project-1.ds`). What is no number is an error unless the parser takes the whole name.
 */
function scanDashedNumber(lexer: Lexer, start: number): number {
  const { text } = lexer
  const digits = skipDigits(text, start)
  if (text.charCodeAt(digits) === 46 && !isNameStart(text.charCodeAt(digits + 1))) {
    const end = skipExponent(text, skipDigits(text, digits + 1))
    return finish(lexer, tokenKind.float, start, end)
  }
  const exponent = skipExponent(text, digits)
  return finish(lexer, exponent === digits ? tokenKind.integer : tokenKind.float, start, exponent)
}

function isNameStart(code: number): boolean {
  return code === 96 || (isNameCode(code) && !isDigit(code))
}
