/** Offsets of a part of a text, the end excluded. */
export interface Range {
  readonly start: number
  readonly end: number
}

/** SQL of a SQLX file, with the places that are not SQL; offsets count in the file's text. */
export interface SqlRange extends Range {
  /** `${…}`, also those in strings. */
  readonly placeholders: readonly Range[]
  /** `---` between the statements of operations. */
  readonly separators: readonly Range[]
}

/** A part of a SQLX file; together they are the whole text. */
export type SqlxPart =
  | ({ readonly kind: 'sql' } & SqlRange)
  /** `config {…}` and `js {…}`. */
  | ({ readonly kind: 'code' } & Range)
  /** `pre_operations {…}` and the like: `sql` is what stands between the braces. */
  | ({ readonly kind: 'block'; readonly sql: SqlRange } & Range)

const code = /(?:config|js) \{/y
const block = /(?:incremental_where|pre_operations|post_operations|input "[\w-]+"(?:,\s*"[\w-]+")*) \{/y
const separator = /[^\S\r\n]*---[^\S\r\n]*$/my
const quotes = ["'''", '"""', "'", '"']

/**
 * Cuts a SQLX file where Dataform's own lexer does: blocks begin with these very words, JavaScript ends at the brace
 * that closes it, strings and comments hide what is in them.
 *
 * @returns undefined if a block, string, comment or placeholder is not closed
 */
export function splitSqlx(text: string): readonly SqlxPart[] | undefined {
  const parts: SqlxPart[] = []
  let at = 0
  while (at < text.length) {
    const part = codePart(text, at) ?? blockPart(text, at) ?? sqlPart(text, at)
    if (part === 'unclosed') return undefined
    parts.push(part)
    at = part.end
  }
  return parts
}

function codePart(text: string, start: number): SqlxPart | 'unclosed' | undefined {
  const inner = behind(code, text, start)
  if (inner === undefined) return undefined
  const end = endOfJavaScript(text, inner)
  return end === undefined ? 'unclosed' : { kind: 'code', start, end }
}

function blockPart(text: string, start: number): SqlxPart | 'unclosed' | undefined {
  const inner = behind(block, text, start)
  if (inner === undefined) return undefined
  const sql = scanSql(text, inner, true)
  return sql === undefined ? 'unclosed' : { kind: 'block', start, end: sql.end + 1, sql }
}

function sqlPart(text: string, start: number): SqlxPart | 'unclosed' {
  const sql = scanSql(text, start, false)
  return sql === undefined ? 'unclosed' : { kind: 'sql', ...sql }
}

/** Where a match that starts at `at` ends. */
function behind(pattern: RegExp, text: string, at: number): number | undefined {
  pattern.lastIndex = at
  return pattern.test(text) ? pattern.lastIndex : undefined
}

/** SQL up to the brace that closes its block, or to the next block or the end of the text. */
function scanSql(text: string, start: number, inBlock: boolean): SqlRange | undefined {
  const placeholders: Range[] = []
  const separators: Range[] = []
  let at = start
  while (at < text.length) {
    if (inBlock && text[at] === '}') return { start, end: at, placeholders, separators }
    if (!inBlock && at > start && (behind(code, text, at) ?? behind(block, text, at)) !== undefined)
      return { start, end: at, placeholders, separators }
    const separated = behind(separator, text, at)
    if (separated !== undefined) separators.push({ start: at, end: separated })
    const next = separated ?? endOfSqlToken(text, at, placeholders)
    if (next === undefined) return undefined
    at = next
  }
  return inBlock ? undefined : { start, end: at, placeholders, separators }
}

function endOfSqlToken(text: string, at: number, placeholders: Range[]): number | undefined {
  if (text.startsWith('--', at)) return endOfLine(text, at)
  if (text.startsWith('/*', at)) return endOf(text, '*/', at + 2)
  if (text.startsWith('${', at)) return placeholder(text, at, placeholders)
  const quote = quotes.find((each) => text.startsWith(each, at))
  return quote === undefined ? at + 1 : endOfString(text, at + quote.length, quote, placeholders)
}

function placeholder(text: string, start: number, placeholders: Range[]): number | undefined {
  const end = endOfJavaScript(text, start + 2)
  if (end !== undefined) placeholders.push({ start, end })
  return end
}

function endOfString(text: string, start: number, quote: string, placeholders: Range[]): number | undefined {
  let at = start
  while (at < text.length) {
    if (text.startsWith(quote, at)) return at + quote.length
    if (text[at] === '\\') at += 2
    else {
      const next = text.startsWith('${', at) ? placeholder(text, at, placeholders) : at + 1
      if (next === undefined) return undefined
      at = next
    }
  }
  return undefined
}

const javaScriptString = /'(?:\\['\\]|[^\n'\\])*'|"(?:\\["\\]|[^\n"\\])*"/y

/** Where the JavaScript ends whose opening brace lies before `start`. Regular expressions are not told apart. */
function endOfJavaScript(text: string, start: number): number | undefined {
  /** What is open: braces of code and template strings. */
  const open: ('{' | '`')[] = ['{']
  let at = start
  while (at < text.length) {
    const character = text[at]
    const inTemplate = open.at(-1) === '`'
    if (inTemplate && character === '\\') at += 2
    else if (inTemplate && text.startsWith('${', at)) {
      open.push('{')
      at += 2
    } else if (character === (inTemplate ? '`' : '}')) {
      open.pop()
      at += 1
      if (open.length === 0) return at
    } else if (inTemplate) at += 1
    else if (text.startsWith('//', at)) at = endOfLine(text, at)
    else if (text.startsWith('/*', at)) at = endOf(text, '*/', at + 2) ?? text.length
    else {
      if (character === '{' || character === '`') open.push(character)
      at = behind(javaScriptString, text, at) ?? at + 1
    }
  }
  return undefined
}

function endOfLine(text: string, at: number): number {
  const end = text.indexOf('\n', at)
  return end === -1 ? text.length : end
}

function endOf(text: string, end: string, from: number): number | undefined {
  const found = text.indexOf(end, from)
  return found === -1 ? undefined : found + end.length
}
