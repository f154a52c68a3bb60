import { describe, expect, test } from 'vitest'
import { parse } from '../../../runner/googlesql/parse/index.ts'
import { printStatements } from '../../../runner/googlesql/print/index.ts'

/** `open` a thousand times around `inside`. */
function nest(open: string, inside: string, close: string, times = 1000): string {
  return open.repeat(times) + inside + close.repeat(times)
}

describe('a thousand levels', () => {
  test.each([
    ['parentheses', `SELECT ${nest('(', '1', ')')}`],
    ['sums in parentheses', `SELECT ${nest('1 + (', '1', ')')}`],
    ['calls', `SELECT ${nest('f(', '1', ')')}`],
    ['calls with other arguments', `SELECT ${nest('IF(a = 1, 2, ', '3', ')')}`],
    ['casts', `SELECT ${nest('CAST(', '1', ' AS INT64)')}`],
    ['CASEs', `SELECT ${nest('CASE WHEN a = 1 THEN 1 ELSE ', '1', ' END')}`],
    ['subqueries', `SELECT ${nest('(SELECT ', '1', ')')}`],
    ['subqueries in FROM', `SELECT * FROM ${nest('(SELECT * FROM ', 't', ')')}`],
    ['EXISTS', `SELECT ${nest('EXISTS(SELECT 1 WHERE ', 'TRUE', ')')}`],
    ['IN with a query', `SELECT ${nest('a IN (SELECT ', '1', ')')}`],
    ['WITHs', `${'WITH a AS ('.repeat(1000)}SELECT 1${') SELECT 1'.repeat(1000)}`],
    ['queries in parentheses', nest('(', 'SELECT 1', ')')],
    ['arrays', `SELECT ${nest('[', '1', ']')}`],
    ['STRUCTs', `SELECT ${nest('STRUCT(', '1', ')')}`],
    ['NOTs', `SELECT ${'NOT '.repeat(1000)}TRUE`],
    ['NOTs in parentheses', `SELECT ${nest('NOT (', 'TRUE', ')')}`],
    ['minus signs', `SELECT ${'- '.repeat(1000)}1`],
    ['types', `SELECT CAST(NULL AS ${nest('ARRAY<', 'INT64', '>')})`],
    ['joins in parentheses', `SELECT * FROM ${nest('(a JOIN ', 'b', ' ON TRUE)')}`],
    ['blocks', nest('BEGIN ', 'SELECT 1;', 'END;')],
    ['IFs', nest('IF TRUE THEN ', 'SELECT 1;', 'END IF;')],
  ])('of %s parse and print', (_name, text) => {
    const { statements, problems } = parse(text)
    expect(problems.map(String)).toEqual([])
    expect(statements).toHaveLength(1)
    const printed = printStatements(statements)
    expect(printStatements(parse(printed).statements) === printed).toBe(true)
  })
})

describe('long chains', () => {
  test.each([
    ['OR', `SELECT ${new Array(5000).fill('a = 1').join(' OR ')}`],
    ['UNION ALL', new Array(5000).fill('SELECT 1').join(' UNION ALL ')],
    ['+', `SELECT ${new Array(5000).fill('1').join(' + ')}`],
    ['JOIN', `SELECT * FROM t${' JOIN u USING (a)'.repeat(5000)}`],
    ['IN lists', `SELECT a IN (${new Array(5000).fill("'x'").join(', ')})`],
    ['fields', `SELECT a${'.b'.repeat(5000)}`],
    ['statements', 'SELECT 1;'.repeat(5000)],
  ])('of five thousand %s parse and print', (_name, text) => {
    const { statements, problems } = parse(text)
    expect(problems.map(String)).toEqual([])
    const printed = printStatements(statements)
    expect(printStatements(parse(printed).statements) === printed).toBe(true)
  })
})

test('what is nested deep is parsed as what is not', () => {
  const deep = `SELECT ${nest('f(', 'EXTRACT(WEEK(MONDAY) FROM x[OFFSET(?)] + @p)', ', ?)', 100)}`
  const names: string[] = []
  const positions: number[] = []
  const visit = (value: unknown): void => {
    if (typeof value !== 'object' || value === null) return
    const node = value as { readonly kind?: string; readonly name?: unknown; readonly position?: number }
    if (node.kind === 'datePart' || node.kind === 'subscript') names.push(node.kind)
    if (node.kind === 'parameter' && node.position !== undefined) positions.push(node.position)
    Object.values(value).forEach(visit)
  }
  visit(parse(deep).statements)
  expect(names).toEqual(['datePart', 'subscript'])
  expect(positions).toEqual([...new Array(101).keys()])
})

test('an error deep in a nest has its place', () => {
  const text = `SELECT ${nest('f(', '1 +', ')', 200)}`
  expect(parse(text).problems.map(String)).toEqual([`1:${7 + 400 + 4}: Syntax error: Unexpected ")"`])
})

test('a nest too deep for the stack is a Problem, not a crash', () => {
  expect(parse(`SELECT ${nest('1 + (', '1', ')', 100_000)}; SELECT 1`)).toMatchObject({
    statements: [{ kind: 'query' }],
    problems: [{ message: 'The statement nests too deeply; split it, for example with WITH' }],
  })
})
