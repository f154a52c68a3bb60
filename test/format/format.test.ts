import { existsSync, globSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { formatFile } from '../../runner/format/format-sqlx.ts'
import { parse } from '../../runner/googlesql/parse/index.ts'
import { tokenize } from '../../runner/googlesql/parse/lexer.ts'
import { printStatement } from '../../runner/googlesql/print/index.ts'
import { splitSqlx } from '../../runner/project/split-sqlx.ts'
import { temporaryProject } from '../commands/temporary-project.ts'
import { trees } from '../googlesql/parse/random-tree.ts'
import { samples } from '../googlesql/parse/samples.ts'
import { shape } from '../googlesql/parse/tree.ts'

const here = import.meta.dirname
const seed = { seed: 20_240_601 }

describe('a file', () => {
  test.each(readdirSync(join(here, 'input')))('%s is laid out as its golden file', (name) => {
    const { text, problems } = formatFile(readFileSync(join(here, 'input', name), 'utf8'), name)
    const result = `${text}${problems.map((problem) => `## ${problem}\n`).join('')}`
    const golden = join(here, 'output', name)
    if (!existsSync(golden) && process.env['CI'] === undefined) writeFileSync(golden, result)
    expect(result).toBe(readFileSync(golden, 'utf8'))
    expect(formatFile(text, name).text).toBe(text)
  })

  test('with Windows line ends keeps them', () => {
    const { text } = formatFile('config { }\r\nselect 1\r\n', 'a.sqlx')
    expect(text).toBe('config { }\r\n\r\nSELECT 1\r\n')
  })

  test.each([
    ['config { a: ', 'a block'],
    ['select ${ f(`', 'a placeholder'],
    ["pre_operations { select '", 'a string'],
    ['select /* ', 'a comment'],
  ])('with an open end is left as it is: %s', (text) => {
    expect(formatFile(text, 'a.sqlx')).toMatchObject({
      text,
      problems: [{ message: 'not formatted: a block, string, comment or placeholder is not closed' }],
    })
  })

  test('without SQL is empty or its comments', () => {
    expect(formatFile(' \n', 'a.sql').text).toBe('')
    expect(formatFile('\n-- nothing\n', 'a.sql').text).toBe('-- nothing\n')
  })
})

const sqlx = globSync('definitions/**/*.sqlx', { cwd: join(here, '..', '..') }).sort()

/** Here a placeholder stands for a part of a query that is no whole of its own, so that its SQL is left as it is. */
const partsOfQueries = ['event_windows_test', 'hopping_windows_test', 'lag', 'lag_test'].map(
  (name) => `definitions/world_x/ops/${name}.sqlx`,
)

test.each(sqlx)('%s: formatting twice is formatting once, and only SQL changes', (file) => {
  const text = readFileSync(join(here, '..', '..', file), 'utf8')
  const once = formatFile(text, file)
  expect(once.problems.length > 0).toBe(partsOfQueries.includes(file))
  expect(formatFile(once.text, file).text).toBe(once.text)
  expect(untouched(once.text)).toEqual(untouched(text))
})

/** Blocks of JavaScript and placeholders, in order. */
function untouched(text: string): readonly string[] {
  return (splitSqlx(text) ?? []).flatMap((part) => {
    if (part.kind === 'code') return [text.slice(part.start, part.end)]
    return (part.kind === 'sql' ? part : part.sql).placeholders.map(({ start, end }) =>
      text.slice(start, end),
    )
  })
}

/** A tree without the parentheses that were written. */
function bare(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(bare)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value)
      .filter(([name]) => name !== 'parenthesized' && name !== 'position')
      .map(([name, inner]) => [name, bare(inner)]),
  )
}
const treesOf = (text: string) => bare(shape(parse(text).statements))

function tokensOf(text: string): string[] {
  const { starts, ends, length } = tokenize(text)
  return Array.from({ length }, (_, index) => text.slice(starts[index], ends[index]))
}

const blank = fc.constantFrom(' ', '\n', '\n\n   ', ' /* c */ ', ' -- c\n')

test('SQL in any layout, with comments anywhere, gives the same tree, and the same text again', () => {
  const source = fc.oneof(fc.constantFrom(...samples), trees.query.map(printStatement))
  fc.assert(
    fc.property(source, fc.array(blank, { minLength: 5, maxLength: 20 }), (sql, blanks) => {
      const tokens = tokensOf(sql)
      const text = tokens.map((token, index) => token + blanks[index % blanks.length]).join('')
      if (parse(text).problems.length > 0) return
      const formatted = formatFile(text, 'a.sql')
      expect(formatted.problems.map(String), text).toEqual([])
      expect(treesOf(formatted.text), text).toEqual(treesOf(text))
      // Comments of lines may come to stand behind each other.
      const comments = (each: string) => each.split(/\/\* c \*\/|-- c/).length
      expect(comments(formatted.text), text).toBe(comments(text))
      expect(formatFile(formatted.text, 'a.sql').text).toBe(formatted.text)
    }),
    { ...seed, numRuns: 150 },
  )
})

test('placeholders anywhere stay between the same words, or the text is left', () => {
  const placeholder = fc.constantFrom('${ref("a", "b")}', '${x}', "${when(incremental(), `where a = '}'`)}")
  const hole = fc.record({ at: fc.nat(60), placeholder, instead: fc.boolean() })
  let laidOut = 0
  fc.assert(
    fc.property(fc.constantFrom(...samples), fc.array(hole, { minLength: 1, maxLength: 4 }), (sql, holes) => {
      const tokens: string[] = tokensOf(sql)
      for (const { at, placeholder: text, instead } of holes)
        tokens.splice(at % tokens.length, instead ? 1 : 0, text)
      const text = tokens.join(' ')
      if (splitSqlx(text)?.length !== 1) return
      const formatted = formatFile(text, 'a.sqlx')
      if (formatted.problems.length > 0) return
      laidOut += 1
      expect(around(formatted.text), text).toEqual(around(text))
      expect(formatFile(formatted.text, 'a.sqlx').text).toBe(formatted.text)
    }),
    { ...seed, numRuns: 300 },
  )
  expect(laidOut).toBeGreaterThan(50)
})

/** The placeholders, and the characters on both sides of each; `AS` behind a table may be new. */
function around(text: string): readonly string[] {
  const pattern = /(\$\{(?:[^}']|'[^']*')*\})/
  return text.split(pattern).map((part, index, { length }) => {
    if (pattern.test(part)) return part
    const plain = part
      .replace(/^\s*AS\s/i, '')
      .replace(/\s/g, '')
      .toUpperCase()
    // The printer leaves out the label behind a block's END, and empty statements.
    return index === length - 1
      ? plain.replace(/^;$/, '').slice(0, 1)
      : `${plain.slice(0, 1)}…${plain.slice(-1)}`
  })
}

describe('streamform format', () => {
  test('writes what changes, checks without writing, and says what it leaves', async () => {
    const project = temporaryProject({
      'definitions/a.sqlx': 'config { type: "table" }\n\nselect a,b from ${ref("t")} t\n',
      'definitions/b.sql': 'SELECT 1;\n',
      'definitions/c.sqlx': 'config { type: "table" }\n\nselect from where\n',
      'definitions/d.js': 'let  x',
    })
    const left = 'definitions/c.sqlx:3:8: not formatted: Syntax error: SELECT list must not be empty'
    const checked = await project.streamform('format', '--check')
    expect(checked).toEqual({
      code: 1,
      err: '',
      out: `would change definitions/a.sqlx\n${left}\n3 files, 1 would change\n`,
    })
    const first = await project.streamform('format')
    expect(first).toEqual({
      code: 0,
      err: '',
      out: `formatted definitions/a.sqlx\n${left}\n3 files, 1 formatted\n`,
    })
    expect(readFileSync(join(project.folder, 'definitions/a.sqlx'), 'utf8')).toBe(
      'config { type: "table" }\n\nSELECT a, b FROM ${ref("t")} AS t\n',
    )
    const again = await project.streamform('format', 'definitions/a.sqlx', 'definitions/b.sql', '--check')
    expect(again).toEqual({ code: 0, err: '', out: '2 files, laid out already\n' })
    const wrong = await project.streamform('format', 'definitions/d.js')
    expect(wrong).toMatchObject({
      code: 2,
      err: 'error: `definitions/d.js` is no .sqlx or .sql file\n  format takes such files, and folders of them\n',
    })
  })
})
