import { describe, expect, test } from 'vitest'
import { parse, parseExpression, parseType } from '../../../runner/googlesql/parse/index.ts'
import { Problem } from '../../../runner/problem.ts'

/** The one problem of a text, as it is shown. */
function problemOf(text: string): string {
  const { problems } = parse(text)
  expect(problems).toHaveLength(1)
  return String(problems[0])
}

describe('the whole message, with its place', () => {
  test.each([
    ['SELECT', '1:7: Syntax error: Unexpected end of script'],
    ['SELECT 1 FROM', '1:14: Syntax error: Unexpected end of script'],
    ['SELECT 1 +  ', '1:11: Syntax error: Unexpected end of script'],
    ['SELECT 1 FROM;', '1:14: Syntax error: Unexpected ";"'],
    ['SELECT 1)', '1:9: Syntax error: Expected end of input but got ")"'],
    ['SELECT )', '1:8: Syntax error: Unexpected ")"'],
    ['SELECT from t', '1:8: Syntax error: SELECT list must not be empty'],
    ['SELECT a FROM t WHERE b\nWHERE c', '2:1: Syntax error: Expected end of input but got keyword WHERE'],
    ['SELECT 1 a b', '1:12: Syntax error: Expected end of input but got identifier "b"'],
    ['SELECT 1 `a` `b c`', '1:14: Syntax error: Expected end of input but got identifier `b c`'],
    ['SELECT 1 1', '1:10: Syntax error: Expected end of input but got integer literal "1"'],
    ['SELECT 1 1.5', '1:10: Syntax error: Expected end of input but got floating point literal "1.5"'],
    ["SELECT a 'x'", "1:10: Syntax error: Expected end of input but got string literal 'x'"],
    ["SELECT a b'x'", "1:10: Syntax error: Expected end of input but got bytes literal b'x'"],
    ['SELECT (1 + 2 AS x', '1:15: Syntax error: Expected "," but got keyword AS'],
    ['SELECT f(1', '1:11: Syntax error: Expected ")" but got end of script'],
    ['SELECT [1 2]', '1:11: Syntax error: Expected "," or "]" but got integer literal "2"'],
    ['SELECT a[1', '1:11: Syntax error: Expected "]" but got end of script'],
    ['SELECT CASE 1 END', '1:15: Syntax error: Expected keyword WHEN but got keyword END'],
    [
      'SELECT CASE WHEN 1 THEN 2',
      '1:26: Syntax error: Expected keyword ELSE or keyword END but got end of script',
    ],
    ['SELECT CAST(1)', '1:14: Syntax error: Expected keyword AS but got ")"'],
    ['SELECT a = b = c', '1:14: Syntax error: Unexpected "="'],
    ['SELECT a IS NULL IS NULL', '1:18: Syntax error: Expression to the left of IS must be parenthesized'],
    ['SELECT a IN (1) IN (2)', '1:17: Syntax error: Expression to the left of IN must be parenthesized'],
    ['SELECT a = NOT b', '1:12: Syntax error: Unexpected keyword NOT'],
    ['SELECT 1 BETWEEN 2 OR 3', '1:18: Syntax error: Expression in BETWEEN must be parenthesized'],
    ['SELECT 1 IN 2', '1:13: Syntax error: Expected "(" or keyword UNNEST but got integer literal "2"'],
    [
      'SELECT 1 IS 2',
      '1:13: Syntax error: Expected keyword FALSE or keyword NULL or keyword TRUE or keyword UNKNOWN but got integer literal "2"',
    ],
    ['SELECT a OVER w', '1:10: Syntax error: OVER keyword must follow a function call'],
    [
      'SELECT f(SELECT 1)',
      '1:10: Each function argument is an expression, not a query; to use a query as an expression, the query must be wrapped with additional parentheses to make it a scalar subquery expression',
    ],
    ['SELECT * EXCEPT a FROM t', '1:10: EXCEPT must be followed by ALL, DISTINCT, or "("'],
    [
      'SELECT 1 UNION SELECT 2',
      '1:16: Syntax error: Expected keyword ALL or keyword DISTINCT but got keyword SELECT',
    ],
    [
      'SELECT 1 UNION ALL SELECT 2 UNION DISTINCT SELECT 3',
      '1:29: Syntax error: Different set operations cannot be used in the same query without using parentheses for grouping',
    ],
    ['SELECT * FROM a CROSS JOIN b ON c', '1:30: ON clause cannot be used with CROSS JOIN'],
    ['SELECT * FROM a, b ON c', '1:20: Syntax error: Expected end of input but got keyword ON'],
    ['SELECT * FROM t GROUP x', '1:23: Syntax error: Expected keyword BY but got identifier "x"'],
    ['WITH a AS (SELECT 1)', '1:21: Syntax error: Unexpected end of script'],
    ['WITH a AS SELECT 1', '1:11: Syntax error: Expected "(" but got keyword SELECT'],
    [
      'FROM t WHERE a',
      '1:8: Syntax error: WHERE not supported after FROM query; Consider using pipe operator `|> WHERE`',
    ],
    ['FOO', '1:1: Syntax error: Unexpected identifier "FOO"'],
    ['DROP FOO t', '1:6: object type FOO is not supported locally'],
    ['INSERT INTO t VALUES 1', '1:22: Syntax error: Expected "(" but got integer literal "1"'],
    ['MERGE t USING u ON TRUE', '1:24: Syntax error: Expected keyword WHEN but got end of script'],
    ['CREATE VIEW v SELECT 1', '1:15: Syntax error: Expected keyword AS but got keyword SELECT'],
    ['CREATE TABLE t (a INT64 b)', '1:25: Syntax error: Expected ")" or "," but got identifier "b"'],
    ['IF TRUE THEN SELECT 1; END', '1:27: Syntax error: Expected keyword IF but got end of script'],
    ['x: LOOP LEAVE; END LOOP y', '1:25: Syntax error: Mismatched end label; expected x, got y'],
  ])('%s', (text, message) => {
    expect(problemOf(text)).toBe(message)
  })
})

describe('what is no token', () => {
  test.each([
    ['SELECT 1a', '1:9: Syntax error: Missing whitespace between literal and alias'],
    ["SELECT 'abc", '1:8: Syntax error: Unclosed string literal'],
    ["SELECT 'a\nb'", '1:8: Syntax error: Unclosed string literal'],
    ['SELECT """abc', '1:8: Syntax error: Unclosed triple-quoted string literal'],
    ["SELECT r'abc", '1:8: Syntax error: Unclosed raw string literal'],
    ["SELECT b'abc", '1:8: Syntax error: Unclosed bytes literal'],
    ["SELECT rb'''abc", '1:8: Syntax error: Unclosed triple-quoted raw bytes literal'],
    ['SELECT `abc', '1:8: Syntax error: Unclosed identifier literal'],
    ['SELECT ``', '1:8: Syntax error: Invalid empty identifier'],
    ['SELECT 1 /* a', '1:10: Syntax error: Unclosed comment'],
    ['SELECT €', '1:8: Syntax error: Illegal input character "€"'],
    ["SELECT 'ab\\q'", '1:11: Syntax error: Illegal escape sequence: \\q'],
    [
      "SELECT '\\x4'",
      '1:9: Syntax error: Illegal escape sequence: Hex escape must be followed by 2 hex digits but saw: \\x4',
    ],
    [
      "SELECT '\\08'",
      '1:9: Syntax error: Illegal escape sequence: Octal escape must be followed by 3 octal digits but saw: \\08',
    ],
    [
      "SELECT '\\u12'",
      '1:9: Syntax error: Illegal escape sequence: \\u must be followed by 4 hex digits but saw: \\u12',
    ],
    ["SELECT '\\ud800'", '1:9: Syntax error: Illegal escape sequence: Unicode value \\ud800 is invalid'],
    [
      "SELECT '\\U00110000'",
      '1:9: Syntax error: Illegal escape sequence: Value of \\U00110000 exceeds Unicode limit (0x0010FFFF)',
    ],
    [
      "SELECT b'\\u0041'",
      '1:10: Syntax error: Illegal escape sequence: Unicode escape sequence \\u cannot be used in bytes literals',
    ],
    ["SELECT 'a\\\nb'", '1:10: Syntax error: Illegal escaped newline'],
  ])('%s', (text, message) => {
    expect(problemOf(text)).toBe(message)
  })
})

describe('what the language has and streamform refuses is named', () => {
  test.each([
    [
      'SELECT WITH DIFFERENTIAL_PRIVACY OPTIONS (epsilon = 1) a FROM t',
      '1:8: SELECT WITH DIFFERENTIAL_PRIVACY is not supported',
    ],
    ['SELECT * FROM t MATCH_RECOGNIZE (ORDER BY a)', '1:17: MATCH_RECOGNIZE is not supported'],
    ['SELECT * FROM a NATURAL JOIN b', '1:17: NATURAL JOIN is not supported'],
    ['SELECT NEW a.b()', '1:8: NEW (protocol buffers) is not supported'],
    ['SELECT @{x = 1} 1', '1:8: A hint is not supported'],
    ['DELETE FROM t WHERE TRUE THEN RETURN *', undefined],
  ])('%s', (text, message) => {
    if (message !== undefined) expect(problemOf(text)).toBe(message)
    else expect(parse(text).problems).toHaveLength(1)
  })
})

describe('recovery', () => {
  test('one text gives the errors of all its statements, and its right statements', () => {
    const { statements, problems } = parse('SELECT 1;\nSELECT FROM;\nSELECT 2;\nFOO BAR;\nSELECT 3', {
      file: 'a.sql',
    })
    expect(statements.map(({ kind, start }) => [kind, start])).toEqual([
      ['query', 0],
      ['query', 23],
      ['query', 42],
    ])
    expect(problems.map(String)).toEqual([
      'a.sql:2:8: Syntax error: SELECT list must not be empty',
      'a.sql:4:1: Syntax error: Unexpected identifier "FOO"',
    ])
    expect(problems.every((problem) => problem instanceof Problem)).toBe(true)
  })

  test('goes on behind a statement of a block', () => {
    expect(parse('BEGIN SELECT FROM; SELECT 1; SELECT 2 3; END; SELECT 4 5').problems.map(String)).toEqual([
      '1:14: Syntax error: SELECT list must not be empty',
      '1:39: Syntax error: Expected ";" but got integer literal "3"',
      '1:56: Syntax error: Expected end of input but got integer literal "5"',
    ])
  })

  test('stops at a broken IF or loop, whose end is not known', () => {
    expect(parse('IF a SELECT 1; END IF; SELECT 4 5').problems.map(String)).toEqual([
      '1:6: Syntax error: Expected keyword THEN but got keyword SELECT',
    ])
  })

  test('semicolons in strings, names and comments end nothing', () => {
    const { problems, statements } = parse("SELECT ( 'a;b' `c;d` -- ;\n; SELECT ';', `;` /* ; */")
    expect([problems.length, statements.length]).toEqual([1, 1])
  })

  test('an empty text, or one of comments and semicolons, has no statements', () => {
    for (const text of ['', '  \n', ';;', '-- a', '/* a */;'])
      expect(parse(text)).toEqual({ statements: [], problems: [] })
  })
})

test('columns count UTF-16 code units, lines end at LF, CRLF and CR', () => {
  expect(problemOf("SELECT '😀' a b")).toContain('1:15:')
  expect(problemOf('SELECT\r\n1\rFROM')).toContain('3:5:')
})

test('an expression or type alone throws its problem', () => {
  expect(() => parseExpression('a b')).toThrow(
    new Problem('Syntax error: Expected end of input but got identifier "b"', { line: 1, column: 3 }),
  )
  expect(() => parseExpression('')).toThrow('Syntax error: Unexpected end of script')
  expect(() => parseType('ARRAY<INT64')).toThrow('Syntax error: Expected ">" but got end of script')
})
