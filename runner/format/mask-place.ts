import { tokenize } from '../googlesql/parse/lexer.ts'
import type { Masked, MaskKind } from './mask.ts'

/** Words of SQL on both sides, in upper case; '' at the text's ends. */
export interface Neighbours {
  readonly before: string
  readonly after: string
}

/** By word: what it stands between. Comments do not count, unless they are words themselves. */
export function neighbours(
  text: string,
  words: readonly string[],
  kinds: readonly MaskKind[],
): readonly (Neighbours | undefined)[] {
  const { starts, ends, length, comments } = tokenize(text)
  const tokens = Array.from({ length }, (_, index) => ({
    start: starts[index] ?? 0,
    text: text.slice(starts[index], ends[index]),
  }))
  const maskComments = comments.filter(({ text: comment }) => words.some((word) => isComment(comment, word)))
  const all = [...tokens, ...maskComments].toSorted((a, b) => a.start - b.start)
  while (all.at(-1)?.text === ';') all.pop()
  const shown = (index: number) => all[index]?.text.toUpperCase() ?? ''
  return words.map((word, place) => {
    const index = all.findIndex((each) => each.text.includes(word))
    // FROM before a query's word is part of it.
    const start = kinds[place] === 'query' ? index - 1 : index
    return index === -1 ? undefined : { before: shown(start - 1), after: shown(index + 1) }
  })
}

const isComment = (text: string, word: string): boolean => text === `/*${word}*/` || text === `--${word}`

/** The placeholders that are not part of a longer name, a string or a comment. */
export function wholeWords({ text, words, places }: Masked): ReadonlySet<number> {
  const { starts, ends, length, comments } = tokenize(text)
  const tokens = new Set(
    Array.from({ length }, (_, index) => `${starts[index]}:${ends[index]}`).concat(
      comments.map(({ start, end }) => `${start}:${end}`),
    ),
  )
  return new Set(
    words.flatMap((word, index) => {
      const { start = 0, end = 0 } = places[index] ?? {}
      if (text[start] === '\n') return [index]
      // A query's word is its last token.
      return tokens.has(`${start}:${end}`) || tokens.has(`${end - word.length}:${end}`) ? [index] : []
    }),
  )
}
