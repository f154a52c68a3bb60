/**
 * A text with places where lines may break. A group breaks all its own lines or none; `render` decides.
 * After P. Wadler, "A prettier printer" (2003).
 */
export type Doc = string | Concat | Group | Indent | Line | Suffix

export interface Concat {
  readonly kind: 'concat'
  readonly parts: readonly Doc[]
  readonly broken: boolean
}

export interface Group {
  readonly kind: 'group'
  readonly content: Doc
  readonly broken: boolean
}

export interface Indent {
  readonly kind: 'indent'
  readonly content: Doc
  readonly broken: boolean
}

export interface Line {
  readonly kind: 'line'
  /** What stands there when the line does not break. */
  readonly flat: '' | ' '
  /** Breaks always, and with it every group around it. */
  readonly broken: boolean
}

/** A comment that is written before the next line break, so that what follows on the line is not swallowed. */
export interface Suffix {
  readonly kind: 'suffix'
  readonly text: string
  readonly ownLine: boolean
  readonly broken: true
}

/** A space, or a line break. */
export const line: Line = { kind: 'line', flat: ' ', broken: false }
/** Nothing, or a line break. */
export const softline: Line = { kind: 'line', flat: '', broken: false }
/** A line break. */
export const hardline: Line = { kind: 'line', flat: '', broken: true }

/** Whether it has a line break in any case. */
export function isBroken(doc: Doc): boolean {
  return typeof doc !== 'string' && doc.broken
}

/** The parts one after another; undefined ones are left out. */
export function cat(...parts: readonly (Doc | undefined)[]): Doc {
  const present = parts.filter((part) => part !== undefined && part !== '') as readonly Doc[]
  if (present.length === 1) return present[0] as Doc
  return { kind: 'concat', parts: present, broken: present.some(isBroken) }
}

export function group(...parts: readonly (Doc | undefined)[]): Doc {
  const content = cat(...parts)
  return { kind: 'group', content, broken: isBroken(content) }
}

export function indent(...parts: readonly (Doc | undefined)[]): Doc {
  const content = cat(...parts)
  return { kind: 'indent', content, broken: isBroken(content) }
}

export function suffix(text: string, ownLine: boolean): Doc {
  return { kind: 'suffix', text, ownLine, broken: true }
}

export function join(separator: Doc, docs: readonly Doc[]): Doc {
  return cat(...docs.flatMap((doc, index) => (index === 0 ? [doc] : [separator, doc])))
}

/** `open a, b close`: on one line, or an item a line, indented. */
export function list(open: string, docs: readonly Doc[], close: string): Doc {
  if (docs.length === 0) return open + close
  return group(open, indent(softline, join(cat(',', line), docs)), softline, close)
}

/** `open a, b close`: on one line, or below, as many on a line as there is room for; an item a line if one must break. */
export function values(open: string, docs: readonly Doc[], close: string): Doc {
  if (docs.length === 0 || docs.some(isBroken)) return list(open, docs, close)
  const items = docs.map((doc, index) => (index === 0 ? doc : cat(',', group(line, doc))))
  return group(open, indent(softline, ...items), softline, close)
}

/** `WORD a, b`: on one line, or an item a line, indented, below the word. */
export function clause(word: string, docs: readonly Doc[]): Doc {
  return group(word, indent(line, join(cat(',', line), docs)))
}

/** `WORD`, and below it each of many on a line of its own, also where one line would hold all. */
export function column(word: string, docs: readonly Doc[]): Doc {
  return cat(word, indent(hardline, join(cat(',', hardline), docs)))
}

/** `WORD a, b, c`: as many on a line as there is room for, those of further lines indented. */
export function filled(word: string, docs: readonly Doc[]): Doc {
  return cat(word, ' ', indent(...docs.map((doc, index) => (index === 0 ? doc : cat(',', group(line, doc))))))
}

/** `WORD content`, with the content on the same line or indented below. */
export function headed(word: string, content: Doc): Doc {
  return group(word, indent(line, content))
}
