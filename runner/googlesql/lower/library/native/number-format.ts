import { GoogleSqlError } from '../native-function.ts'

/** A number format, read: the model of CAST(number AS STRING FORMAT …). */
export interface NumberFormat {
  /** What stands before the point: `9`, `0`, `X`, `x` for digits, `,` for a group's separator. */
  readonly whole: string
  readonly point: '' | '.' | 'V'
  /** Digits after the point. */
  readonly places: number
  /** The exponent's letter; '' without one. */
  readonly exponent: '' | 'E' | 'e'
  /** `lead`: before the number, a blank for a plus; the others as they are written. */
  readonly sign: 'lead' | 'S' | 'S at the end' | 'MI' | 'PR'
  readonly currency: string
  readonly blank: boolean
  readonly compact: boolean
}

const element = /TME|TM9|TM|EEEE|FM|MI|PR|[$CLBSGDV.,09X]/iy

interface Draft {
  whole: string
  point: '' | '.' | 'V'
  places: number
  exponent: '' | 'E' | 'e'
  sign: NumberFormat['sign']
  currency: string
  blank: boolean
  compact: boolean
  digits: boolean
}

function fail(message: string): never {
  throw new GoogleSqlError(`Error in format string: ${message}`)
}

/**
 * Reads a format of numbers (format-elements#format_numeric_type_as_string).
 *
 * @throws GoogleSqlError for elements that are none or stand where they may not
 * @example readNumberFormat('$9,999.00MI')
 */
export function readNumberFormat(text: string): NumberFormat {
  const draft: Draft = {
    whole: '',
    point: '',
    places: 0,
    exponent: '',
    sign: 'lead',
    currency: '',
    blank: false,
    compact: false,
    digits: false,
  }
  for (let at = 0; at < text.length; ) {
    element.lastIndex = at
    const found = element.exec(text)?.[0]
    if (found === undefined) fail(`Invalid format element '${text[at]}'`)
    if (/^TM/i.test(found)) {
      if (found.length < text.length)
        fail("'TM', 'TM9' or 'TME' cannot be combined with other format elements")
      throw new GoogleSqlError('CAST(… AS STRING FORMAT) with TM is not supported locally')
    }
    add(draft, found)
    at += found.length
  }
  if (!draft.digits) fail("Format string must contain at least one of 'X', '0' or '9'")
  const others = draft.point !== '' || draft.exponent !== '' || draft.currency !== '' || draft.blank
  if (/x/i.test(draft.whole) && (others || /[9,]/.test(draft.whole)))
    fail("'X' cannot appear together with other format elements than '0', 'S', 'MI', 'PR' and 'FM'")
  if (draft.whole.replace(/[^x]/gi, '').length > 16) fail("Max number of 'X' is 16")
  if (draft.exponent !== '' && draft.whole.includes(',')) fail("',' cannot appear together with 'EEEE'")
  return draft
}

function add(draft: Draft, found: string): void {
  const name = found.toUpperCase()
  const closed = draft.exponent !== '' || ['S at the end', 'MI', 'PR'].includes(draft.sign)
  switch (name) {
    case '9':
    case '0':
    case 'X':
      if (closed) fail(`Unexpected '${found}'`)
      draft.digits = true
      if (draft.point === '') draft.whole += found
      else if (name === 'X') fail("'X' cannot appear after a point")
      else draft.places++
      return
    case ',':
    case 'G':
      if (draft.point !== '') fail("',' or 'G' cannot appear after '.', 'D' or 'V'")
      if (closed || (!draft.digits && draft.sign !== 'S')) fail(`Unexpected '${found}'`)
      draft.whole += ','
      return
    case '.':
    case 'D':
    case 'V':
      if (draft.point !== '') fail("There can be at most one of '.', 'D', or 'V'")
      if (closed) fail(`Unexpected '${found}'`)
      draft.point = name === 'V' ? 'V' : '.'
      return
    case 'EEEE':
      if (closed || !draft.digits) fail(`Unexpected '${found}'`)
      draft.exponent = found.startsWith('E') ? 'E' : 'e'
      return
    case 'S':
    case 'MI':
    case 'PR':
      if (name !== 'S' && !draft.digits) fail(`'${name}' can only appear after all digits and 'EEEE'`)
      if (draft.sign !== 'lead') fail(`Unexpected format element '${name}'`)
      draft.sign = name === 'S' && draft.digits ? 'S at the end' : name
      return
    case 'B':
      if (draft.blank) fail("There can be at most one 'B'")
      draft.blank = true
      return
    case 'FM':
      if (draft.compact) fail("There can be at most one 'FM'")
      draft.compact = true
      return
    default:
      if (draft.currency !== '') fail("There can be at most one of '$', 'C' or 'L'")
      draft.currency = name !== 'C' ? '$' : found === 'c' ? 'usd' : 'USD'
  }
}
