/** A position in a text, both from 1. */
export interface Position {
  readonly line: number
  readonly column: number
}

/**
 * Where a position of a text that was made of a file stands in that file: of the JavaScript or the query that Dataform
 * makes of a SQLX file. The compiler copies every block word for word (escaping backticks and backslashes), so the
 * right place is the one whose surroundings agree furthest with those of the generated position.
 * @returns undefined if what stands at the position was not copied from the source
 */
export function sourcePosition(generated: string, at: Position, source: string): Position | undefined {
  return sourcePlace(generated, at, [{ file: '', text: source }])?.position
}

/** As `sourcePosition`, for a text that was made of several files. */
export function sourcePlace(
  generated: string,
  at: Position,
  sources: readonly { readonly file: string; readonly text: string }[],
): { readonly file: string; readonly position: Position } | undefined {
  const start = offsetAt(generated, at)
  // V8 may point at the backtick that the compiler put before a block.
  for (const offset of [start, start + 1]) {
    const found = sources.flatMap(({ file, text }) => {
      const best = bestMatch(generated, offset, text)
      return best === undefined ? [] : [{ file, position: positionAt(text, best.offset), ...best }]
    })
    const [best] = found.toSorted((a, b) => b.agreement - a.agreement)
    if (best !== undefined) return { file: best.file, position: best.position }
  }
  return undefined
}

function bestMatch(generated: string, offset: number, source: string) {
  for (const length of [24, 12, 6, 3, 1]) {
    const snippet = generated.slice(offset, offset + length)
    if (snippet.trim() === '') continue
    let best: { readonly offset: number; readonly agreement: number } | undefined
    for (let found = source.indexOf(snippet); found !== -1; found = source.indexOf(snippet, found + 1)) {
      const agreement = agreementAround(generated, offset, source, found)
      if (best === undefined || agreement > best.agreement) best = { offset: found, agreement }
    }
    // A few characters are found anywhere: what stands around them has to agree as well.
    if (best !== undefined && best.agreement >= leastAgreement) return best
  }
  return undefined
}

const leastAgreement = 6

/** How many characters before and after the two offsets are the same. */
function agreementAround(a: string, atA: number, b: string, atB: number): number {
  const limit = 4000
  let before = 0
  while (before < limit && before < atA && before < atB && a[atA - before - 1] === b[atB - before - 1])
    before++
  let after = 0
  while (after < limit && atA + after < a.length && a[atA + after] === b[atB + after]) after++
  return before + after
}

export function offsetAt(text: string, { line, column }: Position): number {
  let start = 0
  for (let skipped = 1; skipped < line; skipped++) {
    const end = text.indexOf('\n', start)
    if (end === -1) break
    start = end + 1
  }
  return Math.min(start + column - 1, text.length)
}

export function positionAt(text: string, offset: number): Position {
  const before = text.slice(0, offset)
  return { line: before.split('\n').length, column: offset - before.lastIndexOf('\n') }
}

/** Where a name stands in quotes. */
export function findQuoted(source: string, name: string): Position | undefined {
  const offsets = ['"', "'", '`'].map((quote) => source.indexOf(quote + name + quote))
  const offset = offsets.filter((found) => found !== -1).toSorted((a, b) => a - b)[0]
  return offset === undefined ? undefined : positionAt(source, offset)
}

/** Where a key of an object (of JavaScript, YAML or JSON) stands. */
export function findKey(source: string, key: string): Position | undefined {
  return matchAt(source, new RegExp(`(?<![\\w$])["']?${escaped(key)}["']?\\s*:`))
}

/** Where a name of JavaScript stands, not as a property. */
export function findWord(source: string, word: string): Position | undefined {
  return matchAt(source, new RegExp(`(?<![\\w$.])${escaped(word)}(?![\\w$])`))
}

const escaped = (text: string): string => text.replaceAll(/[^\w]/g, '\\$&')

function matchAt(source: string, pattern: RegExp): Position | undefined {
  const found = pattern.exec(source)
  return found === null ? undefined : positionAt(source, found.index)
}
