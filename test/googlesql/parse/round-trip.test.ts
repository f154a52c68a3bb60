import { describe, expect, test } from 'vitest'
import { parse } from '../../../runner/googlesql/parse/index.ts'
import { printStatement, printStatements } from '../../../runner/googlesql/print/index.ts'
import { samples } from './samples.ts'
import { shape } from './tree.ts'

describe('every kind of statement', () => {
  test.each(samples)('%s', (sample) => {
    const { statements, problems } = parse(sample)
    expect(problems.map(String)).toEqual([])
    expect(statements).toHaveLength(1)
    const printed = statements.map((statement) => printStatement(statement))
    const again = parse(printed.join(';\n'))
    expect(again.problems.map(String)).toEqual([])
    expect(shape(again.statements)).toEqual(shape(statements))
    expect(again.statements.map((statement) => printStatement(statement))).toEqual(printed)
  })
})

test('all of them are one script too', () => {
  const script = samples.map((sample) => `${sample};\n`).join('')
  const { statements, problems } = parse(script)
  expect(problems.map(String)).toEqual([])
  expect(statements).toHaveLength(samples.length)
  expect(shape(parse(printStatements(statements)).statements)).toEqual(shape(statements))
})

test('each statement is found at its place in the script', () => {
  const script = samples.map((sample) => `${sample};\n`).join('')
  const texts = parse(script).statements.map(({ start, end }) => script.slice(start, end))
  expect(texts).toEqual([...samples])
})

test('keywords may be written in any case', () => {
  const lower = 'select a from t where b is not null group by a order by a desc limit 1'
  expect(shape(parse(lower).statements)).toEqual(
    shape(parse(lower.replace(/\b(?!a\b|b\b|t\b)[a-z]+/g, (word) => word.toUpperCase())).statements),
  )
})
