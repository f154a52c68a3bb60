import { Problem } from '../problem.ts'
import { jsComment, jsProperty, jsText } from './javascript.ts'
import type { LandedColumn, LandedTable } from './landed-table.ts'

/** A table's entry in `sources.js`. */
export interface Entry {
  readonly variable: string
  readonly database: string
  readonly name: string
  /** The statement's text, and where it stands in the file. */
  readonly text: string
  readonly start: number
  readonly key: readonly string[]
}

const lineWidth = 110

/**
 * The statement that declares a table, with what the files could not tell as comments before it.
 *
 * @param external no loader lands its files
 */
export function declarationOf(table: LandedTable, variable: string, external = false): string {
  const { dataset, name, source, key, columns, sourceType = 'mysql' } = table
  const notes: string[] = []
  if (source.database !== dataset || source.table !== name)
    notes.push(`${source.database}.${source.table} at the source.`)
  if (key.length === 0) notes.push('Its events name no key: it has a change log and no current table.')
  const times = columns.filter((column) => column.maybeDate === true && column.readAs === undefined)
  if (times.length > 0)
    notes.push(
      `Change files write MySQL's DATE and DATETIME as TIMESTAMP: say in \`columns\` which are which of ${times.map((column) => column.name).join(', ')}.`,
    )
  const reads = columns.filter((column) => column.readAs !== undefined)
  const options = [
    ...(key.length === 0
      ? []
      : [{ head: 'key: [', tail: ']', blank: '', items: key.map((name) => jsText(name)) }]),
    // Which metadata events have is asked of the declaration where no loader has brought them into one shape.
    ...(external && sourceType !== 'mysql'
      ? [{ head: `sourceType: ${jsText(sourceType)}`, tail: '', blank: '', items: [] }]
      : []),
    ...(reads.length === 0
      ? []
      : [{ head: 'columns: {', tail: '}', blank: ' ', items: reads.map(readAsItem) }]),
  ]
  const head = `const ${variable} = sourceTable(${jsText(dataset)}, ${jsText(name)}`
  const onOneLine = options.map(
    (option) => `${option.head}${option.blank}${option.items.join(', ')}${option.blank}${option.tail}`,
  )
  const line = options.length === 0 ? `${head})` : `${head}, { ${onOneLine.join(', ')} })`
  const lines = options.map((option, index) => {
    const short = `  ${onOneLine[index]},`
    if (short.length <= lineWidth) return short
    return [`  ${option.head}`, ...option.items.map((item) => `    ${item},`), `  ${option.tail},`].join('\n')
  })
  const statement = line.length <= lineWidth ? line : [`${head}, {`, ...lines, '})'].join('\n')
  return [...notes.map(jsComment), statement, ''].join('\n')
}

const readAsItem = ({ name, readAs = '' }: LandedColumn): string => `${jsProperty(name)}: ${jsText(readAs)}`

/** The tables that a `sources.js` declares, as far as each is one `const name = sourceTable('…', '…' …)`. */
export function entriesOf(text: string): readonly Entry[] {
  const pattern =
    /^const ([\w$]+) = sourceTable\(\s*('(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*"),\s*('(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*")/gm
  return [...text.matchAll(pattern)].map((match) => {
    const [head, variable = '', database = '', name = ''] = match
    const end = endOfCall(text, match.index + head.length)
    const statement = text.slice(match.index, end)
    const key = /\bkey:\s*\[([^\]]*)\]/.exec(statement)?.[1] ?? ''
    return {
      variable,
      database: unquoted(database),
      name: unquoted(name),
      text: statement,
      start: match.index,
      key: [...key.matchAll(/'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*"/g)].map(([literal]) => unquoted(literal)),
    }
  })
}

/**
 * `sources.js` with a table more: its declaration before the list of tables, its name in the list.
 *
 * @throws Problem if the file has no list of the form `const tables = { a, b }`
 */
export function withEntry(text: string, declaration: string, variable: string, file: string): string {
  const match = /^const tables = \{([^{}]*)\}/m.exec(text)
  if (match === null)
    throw new Problem(`there is no list of tables, \`const tables = { … }\`, to add \`${variable}\` to`, {
      file,
      hint: `add it by hand:\n${declaration}`,
    })
  const [list, content = ''] = match
  const names = content
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '')
  const oneLine = `const tables = { ${[...names, variable].join(', ')} }`
  const wide = oneLine.length > lineWidth || content.includes('\n')
  const longer = wide
    ? `const tables = {\n${[...names, variable].map((name) => `  ${name},`).join('\n')}\n}`
    : oneLine
  return `${text.slice(0, match.index)}${declaration}\n${longer}${text.slice(match.index + list.length)}`
}

/** `sources.js` with a table declared anew. */
export function withReplacedEntry(text: string, entry: Entry, declaration: string): string {
  const statement = declaration
    .split('\n')
    .filter((line) => !line.startsWith('//'))
    .join('\n')
    .trimEnd()
  return `${text.slice(0, entry.start)}${statement}${text.slice(entry.start + entry.text.length)}`
}

function endOfCall(text: string, from: number): number {
  let depth = 1
  let quote = ''
  for (let at = from; at < text.length; at += 1) {
    const character = text.charAt(at)
    if (quote !== '') {
      if (character === '\\') at += 1
      else if (character === quote) quote = ''
    } else if (character === "'" || character === '"' || character === '`') quote = character
    else if (character === '/' && text.charAt(at + 1) === '/') at = text.indexOf('\n', at)
    else if ('([{'.includes(character)) depth += 1
    else if (')]}'.includes(character)) {
      depth -= 1
      if (depth === 0) return at + 1
    }
    if (at < 0) break
  }
  return text.length
}

function unquoted(literal: string): string {
  if (literal.startsWith('"')) return JSON.parse(literal) as string
  return JSON.parse(
    `"${literal
      .slice(1, -1)
      .replaceAll("\\'", "'")
      .replace(/(?<!\\)"/g, '\\"')}"`,
  ) as string
}
