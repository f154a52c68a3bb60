import { parse } from '../googlesql/parse/index.ts'
import { tokenize } from '../googlesql/parse/lexer.ts'
import { printStatements } from '../googlesql/print/index.ts'
import type { Range } from '../project/split-sqlx.ts'
import { type Masked, type MaskKind, mask, maskKinds, unmask } from './mask.ts'
import { neighbours, wholeWords } from './mask-place.ts'
import { sameTree } from './same-tree.ts'

/** SQL laid out anew, or why it was left as it is, with the offset in the text given. */
export type FormattedSql = { readonly text: string; readonly printed?: Printed } | Failure

/** The printed text with its placeholders still written as words, so that its tokens can be told. */
export interface Printed {
  readonly text: string
  readonly restore: (text: string) => string
}

interface Failure {
  readonly reason: string
  readonly offset: number
}

interface Source {
  readonly text: string
  readonly placeholders: readonly Range[]
  readonly originals: readonly string[]
  readonly width: number
}

/**
 * Lays SQL out, with semicolons where it has them. The result means the same: it parses to the same tree, and each
 * placeholder stands between the words that it stood between.
 *
 * @param placeholders offsets in `text`, in order
 * @example formatSql('select a from ${ref("t")}', [{ start: 14, end: 25 }]) // SELECT a FROM ${ref("t")}
 */
export function formatSql(text: string, placeholders: readonly Range[] = [], width = 100): FormattedSql {
  const originals = placeholders.map(({ start, end }) => text.slice(start, end))
  const source: Source = { text, placeholders, originals, width }
  let kinds: readonly MaskKind[] = placeholders.map(() => 'name')
  if (onlyPlaceholders(mask(text, placeholders, kinds))) return { text: text.trim() }
  let result = attempt(source, kinds)
  while ('reason' in result) {
    const better = furtherKinds(source, kinds, result.offset)
    if (better === undefined) return result
    kinds = better
    result = attempt(source, kinds)
  }
  return result
}

/** No word of SQL: what the placeholders become is not known here. */
function onlyPlaceholders({ text, words }: Masked): boolean {
  const { starts, ends, length } = tokenize(text)
  return Array.from({ length }, (_, index) => text.slice(starts[index], ends[index])).every(
    (token) => token === ';' || words.includes(token),
  )
}

/**
 * Kinds with which more of the text can be read: one of the last placeholders before the error taken as something else.
 * At most a few are tried, so that a real error in a long text is found soon.
 */
function furtherKinds(
  source: Source,
  kinds: readonly MaskKind[],
  errorOffset: number,
): readonly MaskKind[] | undefined {
  const masked = mask(source.text, source.placeholders, kinds)
  const whole = wholeWords(masked)
  const candidates = source.placeholders
    .map(({ start }, index) => ({ start, index }))
    .filter(({ start, index }) => start <= errorOffset && whole.has(index))
    .slice(-3)
    .reverse()
  for (const { index } of candidates) {
    const all = maskKinds(source.text, source.placeholders[index] ?? { start: 0, end: 0 })
    for (const kind of all.slice(all.indexOf(kinds[index] ?? 'name') + 1)) {
      const changed = kinds.with(index, kind)
      const result = attempt(source, changed)
      if (!('reason' in result) || result.offset > errorOffset) return changed
    }
  }
  return undefined
}

function attempt(source: Source, kinds: readonly MaskKind[]): Failure | { text: string; printed: Printed } {
  const { text, placeholders, originals, width } = source
  const masked = mask(text, placeholders, kinds)
  const { statements, problems } = parse(masked.text)
  const [problem] = problems
  if (problem !== undefined) {
    const { line, column } = problem.place
    return {
      reason: readable(problem.message, masked, originals),
      offset: unmaskedOffset(offsetOf(masked.text, line, column), masked, placeholders),
    }
  }
  const printed = withoutLastSemicolon(printStatements(statements, width), masked.text)
  const again = parse(printed)
  if (again.problems.length > 0 || !sameTree(again.statements, statements))
    return { reason: 'it would not mean the same when laid out', offset: 0 }
  if (commentText(printed) !== commentText(masked.text))
    return { reason: 'a comment would be lost', offset: 0 }
  const moved = movedMask(source, kinds, masked, printed)
  if (moved !== undefined)
    return {
      reason: 'what stands beside a placeholder would change',
      offset: placeholders[moved]?.start ?? 0,
    }
  const restore = (masks: string) => unmask(masks, masked.words, kinds, originals)
  return { text: restore(printed), printed: { text: printed, restore } }
}

/** The characters of all comments, sorted: they may move, and line comments may come to stand behind each other. */
function commentText(text: string): string {
  const all = tokenize(text).comments.map((comment) => comment.text)
  return [...all.join('').replace(/\s/g, '')].sort().join('')
}

/** The printer ends every statement with a semicolon; the last one has it only where the text has. */
function withoutLastSemicolon(printed: string, text: string): string {
  const given = tokenize(text)
  if (given.words[given.length - 1] === ';') return printed.trimEnd()
  const { starts, words, length } = tokenize(printed)
  const last = starts[length - 1] ?? 0
  return (words[length - 1] === ';' ? printed.slice(0, last) + printed.slice(last + 1) : printed).trimEnd()
}

const tables = /^\$\{\s*(?:ctx\.)?(?:ref|self|resolve)\s*\(/
/** Functions of Dataform that give a table's name: a name behind them is an alias. */
const isTable = (placeholder: string): boolean => tables.test(placeholder)

/** The first placeholder that would stand between other words than before. */
function movedMask(
  { originals }: Source,
  kinds: readonly MaskKind[],
  { text, words }: Masked,
  printed: string,
): number | undefined {
  const before = neighbours(text, words, kinds)
  const after = neighbours(printed, words, kinds)
  const at = words.findIndex((_, index) => {
    const was = before[index]
    const is = after[index]
    if (was === undefined || is === undefined || was.before !== is.before) return true
    if (was.after === is.after) return false
    return !(is.after === 'AS' && isTable(originals[index] ?? ''))
  })
  return at === -1 ? undefined : at
}

/** An error's message with the placeholders in place of their words. */
function readable(reason: string, { words }: Masked, originals: readonly string[]): string {
  return words.reduce((text, word, index) => {
    const [line = '', ...more] = (originals[index] ?? '').split('\n')
    return text.replaceAll(word, more.length > 0 || line.length > 60 ? `${line.slice(0, 60)}…` : line)
  }, reason)
}

function offsetOf(text: string, line = 1, column = 1): number {
  let start = 0
  for (let skipped = 1; skipped < line; skipped += 1) start = text.indexOf('\n', start) + 1
  return start + column - 1
}

function unmaskedOffset(offset: number, { places }: Masked, placeholders: readonly Range[]): number {
  const index = places.findLastIndex(({ start }) => start <= offset)
  const place = places[index]
  const placeholder = placeholders[index]
  if (place === undefined || placeholder === undefined) return offset
  return offset < place.end ? placeholder.start : placeholder.end + offset - place.end
}
