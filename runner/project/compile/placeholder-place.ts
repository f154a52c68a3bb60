import { offsetAt, type Position, positionAt } from '../source-place.ts'
import { type Range, type SqlRange, splitSqlx } from '../split-sqlx.ts'

/** The placeholder of a SQLX file that gave what stands at a position of a statement made of the file. */
export interface PlaceholderPlace {
  readonly position: Position
  /** Its text, `${…}`. */
  readonly placeholder: string
  /** The line that it gave. */
  readonly line: string
  /** Its text is the last of its part of the file, so that where it ends in the statement is not known. */
  readonly openEnded: boolean
}

/**
 * Which placeholder gave the text at a position of a statement: the file's SQL around its placeholders is found in the
 * statement, in order, and what stands between is theirs.
 *
 * @returns undefined where the statement cannot be told to be made of one part of the file, or the text is the file's own
 */
export function placeholderPlace(
  generated: string,
  at: Position,
  source: string,
): PlaceholderPlace | undefined {
  const offset = offsetAt(generated, at)
  const ranges = (splitSqlx(source) ?? []).flatMap((part) => {
    if (part.kind === 'code') return []
    return segments(part.kind === 'sql' ? part : part.sql)
  })
  const fitting = ranges
    .map((range) => ({ range, holes: holesOf(generated, source, range) }))
    .filter(({ holes }) => holes.some(({ start, end }) => start <= offset && offset < end))
  const literal = ({ range }: { readonly range: SqlRange }) => literalLength(source, range)
  const [best, second] = fitting.toSorted((a, b) => literal(b) - literal(a))
  if (best === undefined || (second !== undefined && literal(second) === literal(best))) return undefined
  const hole = best.holes.find(({ start, end }) => start <= offset && offset < end)
  if (hole === undefined) return undefined
  const { start, end } = hole.placeholders
  const [line = ''] = generated.slice(generated.lastIndexOf('\n', offset - 1) + 1).split('\n')
  return {
    position: positionAt(source, start),
    placeholder: source.slice(start, end),
    line: line.trim(),
    openEnded: hole.openEnded,
  }
}

/** The statements of a part of the file that has `---` between them. */
function segments({ start, end, placeholders, separators }: SqlRange): readonly SqlRange[] {
  const bounds = [start, ...separators.flatMap((separator) => [separator.start, separator.end]), end]
  const found: SqlRange[] = []
  for (let index = 0; index < bounds.length; index += 2) {
    const from = bounds[index] ?? start
    const to = bounds[index + 1] ?? end
    const inside = placeholders.filter((each) => each.start >= from && each.end <= to)
    found.push({ start: from, end: to, placeholders: inside, separators: [] })
  }
  return found
}

/** Text of a statement that one placeholder gave, or several with nothing but blanks between them. */
interface Hole extends Range {
  readonly placeholders: Range
  readonly openEnded: boolean
}

/** What stands in the statement for each placeholder; none if the text between them is not found in it, in order. */
function holesOf(generated: string, source: string, { start, end, placeholders }: SqlRange): readonly Hole[] {
  const holes: Hole[] = []
  let from = start
  let behind = 0
  let open: readonly Range[] = []
  for (const placeholder of [...placeholders, undefined]) {
    const text = source.slice(from, placeholder?.start ?? end).trim()
    from = placeholder?.end ?? end
    const last = placeholder === undefined
    // The end of the text may stand in a placeholder's text as well: only the last time it comes is the end.
    const found = last ? generated.lastIndexOf(text) : generated.indexOf(text, behind)
    if (found < behind) return []
    if (open.length > 0 && (text !== '' || last)) {
      holes.push(...holeOf({ start: behind, end: found }, open, generated, source, last && text === ''))
      open = []
    }
    behind = found + text.length
    if (placeholder !== undefined) open = [...open, placeholder]
  }
  return holes
}

const tableFunction = /^\$\{\s*(?:ref|self|resolve)\s*\(/
const tableName = /\s*`[^`]*`/y

/** Tables' names, whose ends can be seen, are no part of it. */
function holeOf(
  { start, end }: Range,
  placeholders: readonly Range[],
  generated: string,
  source: string,
  openEnded: boolean,
): readonly Hole[] {
  let from = start
  let left = placeholders
  for (const { start: at, end: until } of placeholders) {
    tableName.lastIndex = from
    if (!tableFunction.test(source.slice(at, until)) || !tableName.test(generated)) break
    from = tableName.lastIndex
    left = left.slice(1)
  }
  const [first] = left
  const last = left.at(-1)
  if (first === undefined || last === undefined) return []
  return [{ start: from, end, placeholders: { start: first.start, end: last.end }, openEnded }]
}

function literalLength(source: string, { start, end, placeholders }: SqlRange): number {
  const held = placeholders.reduce((sum, each) => sum + each.end - each.start, 0)
  return source.slice(start, end).trim().length - held
}
