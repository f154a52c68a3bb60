import { tokenize } from '../googlesql/parse/lexer.ts'
import { Problem } from '../problem.ts'
import { type Range, type SqlRange, type SqlxPart, splitSqlx } from '../project/split-sqlx.ts'
import { formatSql, type Printed } from './format-sql.ts'

/** A file's text laid out; parts that cannot be are as they were, with a Problem for each. */
export interface Formatted {
  readonly text: string
  readonly problems: readonly Problem[]
}

const width = 120
const indentation = '  '

/**
 * Lays out the SQL of a file: of a SQLX file what is outside `config` and `js` blocks, of another the whole text.
 * Formatting its result again changes nothing.
 *
 * @param file its name, for Problems and for its kind
 */
export function formatFile(text: string, file: string): Formatted {
  const rule = file.endsWith('.sqlx') ? formatSqlx : formatWhole
  const lines = text.replaceAll('\r\n', '\n')
  const { problems, ...once } = rule(lines, file)
  let current = once.text
  for (let round = 0; round < settlingRounds; round += 1) {
    const again = rule(current, file).text
    if (again === current) {
      return { text: text.includes('\r\n') ? current.replaceAll('\n', '\r\n') : current, problems }
    }
    current = again
  }
  const message = 'not formatted: its comments and placeholders have no lasting place'
  return { text, problems: [...problems, new Problem(message, { file })] }
}

/** Comments in odd places may take a few rounds to come to rest. */
const settlingRounds = 5

function formatWhole(text: string, file: string): Formatted {
  const formatted = formatRange(
    text,
    { start: 0, end: text.length, placeholders: [], separators: [] },
    file,
    '',
  )
  return { ...formatted, text: formatted.text === '' ? '' : `${formatted.text}\n` }
}

function formatSqlx(text: string, file: string): Formatted {
  const parts = splitSqlx(text)
  if (parts === undefined) {
    const message = 'not formatted: a block, string, comment or placeholder is not closed'
    return { text, problems: [new Problem(message, { file })] }
  }
  const formatted = parts.map((part) => formatPart(text, part, file, parts))
  const present = formatted.filter((part) => part.text !== '')
  const joined = present
    .map((part, index) => (index === 0 ? '' : part.near ? '\n' : '\n\n') + part.text)
    .join('')
  return {
    text: joined === '' ? '' : `${joined}\n`,
    problems: formatted.flatMap(({ problems }) => problems),
  }
}

interface FormattedPart extends Formatted {
  /** It stands right below what is before it, with no empty line between. */
  readonly near: boolean
}

function formatPart(text: string, part: SqlxPart, file: string, parts: readonly SqlxPart[]): FormattedPart {
  const before = parts[parts.indexOf(part) - 1]
  const near =
    before?.kind === 'sql' &&
    isComment(text.slice(before.start, before.end)) &&
    !/\n\s*\n\s*$/.test(text.slice(before.start, before.end))
  if (part.kind === 'code') return { text: text.slice(part.start, part.end), problems: [], near }
  if (part.kind === 'sql') return { ...formatRange(text, part, file, ''), near }
  const head = text.slice(part.start, part.sql.start)
  if (head.startsWith('incremental_where'))
    return { text: text.slice(part.start, part.end), problems: [], near }
  const inner = formatRange(text, part.sql, file, indentation)
  // What was left as it is keeps its own indentation.
  if (inner.problems.length > 0)
    return { text: text.slice(part.start, part.end), problems: inner.problems, near }
  return { text: inner.text === '' ? `${head}}` : `${head}\n${inner.text}\n}`, problems: [], near }
}

/** Only a comment, perhaps: SQL without a token that is not blank. */
const isComment = (text: string): boolean => text.trim() !== '' && tokenize(text).length === 0

/** Statements with `---` between them, each line behind `margin`. */
function formatRange(text: string, sql: SqlRange, file: string, margin: string): Formatted {
  const bounds = [sql.start, ...sql.separators.flatMap(({ start, end }) => [start, end]), sql.end]
  const problems: Problem[] = []
  const texts: string[] = []
  for (let index = 0; index < bounds.length; index += 2) {
    const range = { start: bounds[index] ?? 0, end: bounds[index + 1] ?? 0 }
    const segment = formatSegment(text, range, sql.placeholders, file, margin)
    texts.push(segment.text)
    problems.push(...segment.problems)
  }
  if (texts.every((each) => each === '') && texts.length === 1) return { text: '', problems }
  return { text: texts.join(`\n\n${margin}---\n\n`).trimEnd(), problems }
}

function formatSegment(
  text: string,
  { start, end }: Range,
  placeholders: readonly Range[],
  file: string,
  margin: string,
): Formatted {
  const inside = placeholders
    .filter((each) => each.start >= start && each.end <= end)
    .map((each) => ({ start: each.start - start, end: each.end - start }))
  const segment = text.slice(start, end)
  const formatted = formatSql(segment, inside, width - margin.length)
  if ('reason' in formatted) {
    const problem = new Problem(`not formatted: ${formatted.reason}`, {
      file,
      ...placeOf(text, start + formatted.offset),
    })
    return { text: segment.trim(), problems: [problem] }
  }
  const { printed } = formatted
  return {
    text: printed === undefined ? margin + formatted.text : indented(printed, margin),
    problems: [],
  }
}

/** Puts `margin` before each line but those inside a string, a comment or a placeholder. */
function indented({ text, restore }: Printed, margin: string): string {
  if (margin === '') return restore(text)
  const { starts, ends, length, comments } = tokenize(text)
  const inside = [
    ...Array.from({ length }, (_, index) => ({ start: starts[index] ?? 0, end: ends[index] ?? 0 })),
    ...comments,
  ].filter((range) => text.slice(range.start, range.end).includes('\n'))
  const marked = text.replaceAll(/^(?=[^\n])/gm, (_, offset: number) =>
    inside.some(({ start, end }) => start < offset && offset < end) ? '' : margin,
  )
  return restore(marked)
}

function placeOf(text: string, offset: number): { readonly line: number; readonly column: number } {
  const before = text.slice(0, offset)
  return { line: before.split('\n').length, column: offset - before.lastIndexOf('\n') }
}
