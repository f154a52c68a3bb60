import type { Range } from '../project/split-sqlx.ts'

/**
 * What a placeholder is written as while its text is parsed and printed: what it will become is known to JavaScript
 * alone, so that it is tried as each of these in turn. As a comment it may stand anywhere: within a line, or alone.
 */
export type MaskKind = 'name' | 'comment' | 'line' | 'query' | 'number' | 'string'
const kindsWithin: readonly MaskKind[] = ['name', 'comment', 'line', 'query', 'number', 'string']
const kindsAlone: readonly MaskKind[] = ['name', 'line', 'query', 'number', 'string']

/** The kinds to try, in order, of a placeholder. */
export function maskKinds(text: string, { start, end }: Range): readonly MaskKind[] {
  const before = text.slice(text.lastIndexOf('\n', start - 1) + 1, start)
  const lineEnd = text.indexOf('\n', end)
  const after = text.slice(end, lineEnd === -1 ? undefined : lineEnd)
  return (before + after).trim() === '' ? kindsAlone : kindsWithin
}

/** A text with its placeholders written as words of SQL. */
export interface Masked {
  readonly text: string
  /** By placeholder: the word alone, without quotes or comment signs. */
  readonly words: readonly string[]
  /** By placeholder: where it stands in `text`. */
  readonly places: readonly Range[]
}

/** @param kinds by placeholder */
export function mask(text: string, placeholders: readonly Range[], kinds: readonly MaskKind[]): Masked {
  const mark = freeMark(text)
  const words: string[] = []
  const places: Range[] = []
  let masked = ''
  let from = 0
  placeholders.forEach(({ start, end }, index) => {
    masked += text.slice(from, start)
    const word = maskWord(kinds[index] ?? 'name', mark, index, text.slice(start, end))
    words.push(word)
    const written = around(kinds[index] ?? 'name', word)
    places.push({ start: masked.length, end: masked.length + written.length })
    masked += written
    from = end
    // A comment at the end of its line would be taken to belong to what is before it.
    if (kinds[index] === 'comment') {
      masked += ' '
      from += text.slice(end).length - text.slice(end).trimStart().length
    }
  })
  return { text: masked + text.slice(from), words, places }
}

/** Writes the placeholders back. @param originals their texts, by placeholder */
export function unmask(
  text: string,
  words: readonly string[],
  kinds: readonly MaskKind[],
  originals: readonly string[],
): string {
  let unmasked = ''
  let from = 0
  words.forEach((word, index) => {
    const written = around(kinds[index] ?? 'name', word).trim()
    const at = text.indexOf(written, from)
    if (at === -1) throw new Error(`placeholder ${index + 1} is not in the printed text`)
    unmasked += text.slice(from, at) + (originals[index] ?? '')
    from = at + written.length
  })
  return unmasked + text.slice(from)
}

/** As long as the placeholder, so that lines break where they would with it; at least as long as its number needs. */
function maskWord(kind: MaskKind, mark: string, index: number, placeholder: string): string {
  if (kind === 'number') return `9${mark.length}${String(index).padStart(8, '0')}9`
  const [firstLine = '', ...more] = placeholder.split('\n')
  const sides = around(kind, '').length
  // A query of several lines has lines of its own.
  const length = kind === 'query' && more.length > 0 ? longLine : firstLine.length - sides
  return `${mark}${index}q`.padEnd(length - 1, '_').concat('z')
}

const longLine = 200

function around(kind: MaskKind, word: string): string {
  if (kind === 'comment') return `/*${word}*/`
  if (kind === 'line') return `\n--${word}\n`
  if (kind === 'query') return `FROM ${word}`
  return kind === 'string' ? `'${word}'` : word
}

/** Letters that the text does not have. */
function freeMark(text: string): string {
  let mark = 'zq'
  while (text.includes(mark)) mark += 'q'
  return mark
}
