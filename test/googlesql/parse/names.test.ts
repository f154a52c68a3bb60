import { describe, expect, test } from 'vitest'
import type { Query, Select, TablePath } from '../../../runner/googlesql/parse/ast.ts'
import { parse, parseExpression } from '../../../runner/googlesql/parse/index.ts'
import { otherWords, quietWords, reservedWords } from '../../../runner/googlesql/parse/keywords.ts'
import { nameParts } from '../../../runner/googlesql/parse/name-parts.ts'

function tableOf(text: string): TablePath {
  const { statements, problems } = parse(text)
  expect(problems.map(String)).toEqual([])
  return ((statements[0] as Query).body as Select).from as TablePath
}

describe('names of tables', () => {
  test.each([
    ['t', ['t']],
    ['ds.t', ['ds', 't']],
    ['my-project.ds.t', ['my-project', 'ds', 't']],
    ['my-project-42.ds.t', ['my-project-42', 'ds', 't']],
    ['a-b-2.ds.t', ['a-b-2', 'ds', 't']],
    ['a-1b.ds.t', undefined],
    ['a -b.ds.t', undefined],
    ['my-from.ds.t', ['my-from', 'ds', 't']],
    ['`my-project.ds.t`', ['my-project', 'ds', 't']],
    ['`my-project`.ds.t', ['my-project', 'ds', 't']],
    ['`my-project.ds`.t', ['my-project', 'ds', 't']],
    ['`google.com:my-project.ds.t`', ['google.com:my-project', 'ds', 't']],
    ['`proj.ds.events_*`', ['proj', 'ds', 'events_*']],
    ['ds.INFORMATION_SCHEMA.COLUMNS', ['ds', 'INFORMATION_SCHEMA', 'COLUMNS']],
    ['region-us.INFORMATION_SCHEMA.JOBS', ['region-us', 'INFORMATION_SCHEMA', 'JOBS']],
    ['`region-us`.INFORMATION_SCHEMA.JOBS', ['region-us', 'INFORMATION_SCHEMA', 'JOBS']],
    ['ds.t$20240101', undefined],
    ['ds.`t$20240101`', ['ds', 't$20240101']],
    ['ds.select', ['ds', 'select']],
    ['ds.2024', ['ds', '2024']],
    ['a . b', ['a', 'b']],
  ])('%s', (name, parts) => {
    if (parts === undefined) expect(parse(`SELECT * FROM ${name}`).problems).not.toEqual([])
    else expect(nameParts(tableOf(`SELECT * FROM ${name} AS x`).path)).toEqual(parts)
  })
})

test('a dash in an expression is a subtraction', () => {
  expect(parseExpression('a-b').kind).toBe('binary')
  expect(parseExpression('a-1').kind).toBe('binary')
  expect(parseExpression('a-1.5').kind).toBe('binary')
})

test.each([...otherWords, ...quietWords])(
  '%s is a keyword and a name: of a column, its alias, a table and its alias',
  (word) => {
    const text = `SELECT t.${word}, a.b AS ${word}, x ${word} FROM ${word} AS ${word}, u ${word}`
    expect(parse(text).problems.map(String)).toEqual([])
  },
)

test.each(reservedWords)('%s is reserved: a name only in backticks and behind a dot', (word) => {
  expect(parse(`SELECT 1 AS ${word}`).problems).toHaveLength(1)
  expect(parse(`SELECT 1 AS \`${word}\`, t.${word} FROM t`).problems).toEqual([])
})

test('escapes in backticks are decoded', () => {
  expect(parseExpression('`a\\`b\\n`')).toMatchObject({ parts: [{ name: 'a`b\n', quoted: true }] })
})
