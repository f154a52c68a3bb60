import { GoogleSqlError } from '../native-function.ts'
import type { TimeKind } from './time-format.ts'

/** One part of a FORMAT clause's text: an element, as it was typed, or text that stands for itself. */
export type FormatPart =
  | { readonly kind: 'element'; readonly name: string; readonly typed: string }
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'space'; readonly text: string }

export type Category =
  | 'YEAR'
  | 'MONTH'
  | 'DAY'
  | 'HOUR'
  | 'MERIDIAN'
  | 'MINUTE'
  | 'SECOND'
  | 'FRACTION'
  | 'ZONE'

const byCategory: Readonly<Record<Category, readonly string[]>> = {
  YEAR: ['YYYY', 'YYY', 'YY', 'Y', 'RRRR', 'RR'],
  MONTH: ['MM', 'MONTH', 'MON'],
  DAY: ['DDD', 'DD', 'DAY', 'DY', 'D'],
  HOUR: ['HH24', 'HH12', 'HH'],
  MERIDIAN: ['A.M.', 'P.M.', 'AM', 'PM'],
  MINUTE: ['MI'],
  SECOND: ['SSSSS', 'SS'],
  FRACTION: ['FF1', 'FF2', 'FF3', 'FF4', 'FF5', 'FF6', 'FF7', 'FF8', 'FF9'],
  ZONE: ['TZH', 'TZM'],
}

const categories = new Map<string, Category>()
for (const [category, names] of Object.entries(byCategory)) {
  for (const name of names) categories.set(name, category as Category)
}
/** The longest first: `MONTH` before `MON`. */
const elements = [...categories.keys()].sort((a, b) => b.length - a.length)

const ofDates: readonly Category[] = ['YEAR', 'MONTH', 'DAY']
const ofClocks: readonly Category[] = ['HOUR', 'MERIDIAN', 'MINUTE', 'SECOND', 'FRACTION']

export function categoryOf(element: string): Category {
  const category = categories.get(element)
  if (category === undefined) throw new RangeError(`no format element ${element}`)
  return category
}

export function has(kind: TimeKind, category: Category): boolean {
  if (ofDates.includes(category)) return kind !== 'TIME'
  if (ofClocks.includes(category)) return kind !== 'DATE'
  return kind === 'TIMESTAMP'
}

const known = new Map<string, readonly FormatPart[]>()

/**
 * The parts of a FORMAT clause for dates and times (format_elements#format_date_time_as_string).
 *
 * @throws GoogleSqlError for text that is no element, and for elements that this type does not have
 */
export function partsOf(format: string, kind: TimeKind): readonly FormatPart[] {
  const key = `${kind} ${format}`
  let parts = known.get(key)
  if (parts === undefined) {
    parts = read(format, kind)
    if (known.size > 1000) known.clear()
    known.set(key, parts)
  }
  return parts
}

function read(format: string, kind: TimeKind): readonly FormatPart[] {
  const parts: FormatPart[] = []
  for (let at = 0; at < format.length; ) {
    const rest = format.slice(at)
    const space = /^\s+/.exec(rest)?.[0]
    const quoted = /^"((?:[^"\\]|\\["\\])*)"/.exec(rest)
    const name = elements.find((element) => rest.toUpperCase().startsWith(element))
    if (/^y,yyy/i.test(rest)) throw new GoogleSqlError("Unsupported format element 'Y,YYY'")
    if (space !== undefined) {
      parts.push({ kind: 'space', text: space })
      at += space.length
    } else if (/^[-./,';:]/.test(rest)) {
      parts.push({ kind: 'text', text: rest.charAt(0) })
      at += 1
    } else if (quoted !== null) {
      parts.push({ kind: 'text', text: (quoted[1] ?? '').replace(/\\(["\\])/g, '$1') })
      at += quoted[0].length
    } else if (name === undefined) {
      throw new GoogleSqlError(`Cannot find matched format element at ${at}`)
    } else {
      if (!has(kind, categoryOf(name))) throw new GoogleSqlError(`${kind} does not support '${name}'`)
      parts.push({ kind: 'element', name, typed: rest.slice(0, name.length) })
      at += name.length
    }
  }
  return parts
}
