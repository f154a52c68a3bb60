import { describe, expect, test } from 'vitest'
import { parse } from '../../../runner/googlesql/parse/index.ts'
import { printStatements } from '../../../runner/googlesql/print/index.ts'

function format(text: string): string {
  const { statements, problems } = parse(text)
  expect(problems.map(String)).toEqual([])
  return printStatements(statements)
}

describe('comments', () => {
  test.each([
    [
      'before, behind and in the midst of clauses',
      `-- orders, newest first
# second line
SELECT a, -- the key
  /* inline */ b,
  -- a line of its own
  c /* behind c */
FROM t -- the table
-- only the open ones
WHERE open -- really
`,
      `-- orders, newest first
# second line
SELECT
  a, -- the key
  /* inline */ b,
  -- a line of its own
  c /* behind c */
FROM t -- the table
WHERE
  -- only the open ones
  open; -- really
`,
    ],
    [
      'of several lines stand as they are',
      `/*
 * Heading
 */
SELECT 1`,
      `/*
 * Heading
 */
SELECT 1;
`,
    ],
    [
      'behind a semicolon belong to the statement before it',
      `SELECT 1; -- one
-- two
SELECT 2; -- also two
-- the end`,
      `SELECT 1; -- one

-- two
SELECT 2; -- also two
-- the end
`,
    ],
    [
      'in blocks',
      `BEGIN
  -- first
  SELECT 1; -- one
  /* second */ SELECT 2;
END`,
      `BEGIN
  -- first
  SELECT 1; -- one
  /* second */ SELECT 2;
END;
`,
    ],
    [
      'in column lists',
      `CREATE TABLE t (
  a INT64, -- the key
  -- b is not
  b STRING
)`,
      `CREATE TABLE t (
  a INT64, -- the key
  -- b is not
  b STRING
);
`,
    ],
  ])('%s', (_name, text, printed) => {
    expect(format(text)).toBe(printed)
    expect(format(printed)).toBe(printed)
  })

  test('are on the statement, with their places', () => {
    const [statement] = parse('SELECT 1 -- one\n').statements
    expect(statement?.comments).toEqual([
      { start: 9, end: 15, text: '-- one', startsLine: false, endsLine: true },
    ])
  })

  test('of a text with an error stay with their own statements', () => {
    const { statements } = parse('-- a\nSELECT FROM; -- b\n-- c\nSELECT 1')
    expect(statements.map(({ comments = [] }) => comments.map(({ text }) => text))).toEqual([['-- c']])
  })

  test('between any two tokens survive printing', () => {
    const tokens =
      'SELECT DISTINCT a , f ( b , 1 ) AS c FROM t AS u JOIN v USING ( d ) WHERE a IN ( 1 ) ORDER BY c DESC'.split(
        ' ',
      )
    for (const comment of ['/* x */', '-- x\n']) {
      for (let at = 0; at <= tokens.length; at += 1) {
        const text = [...tokens.slice(0, at), comment, ...tokens.slice(at)].join(' ')
        const printed = format(text)
        expect(printed.split(comment.trim()).length, text).toBe(2)
        expect(format(printed), text).toBe(printed)
      }
    }
  })
})
