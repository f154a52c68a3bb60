import { expect, test } from 'vitest'
import { parseExpression } from '../../../runner/googlesql/parse/index.ts'
import { sketch } from './tree.ts'

test.each([
  ['a OR b AND c', ['OR', 'a', ['AND', 'b', 'c']]],
  ['a AND b OR c AND d OR e', ['OR', ['AND', 'a', 'b'], ['AND', 'c', 'd'], 'e']],
  ['NOT a AND b', ['AND', ['NOT', 'a'], 'b']],
  ['NOT a = b', ['NOT', ['=', 'a', 'b']]],
  ['NOT a IS NULL', ['NOT', ['IS NULL', 'a']]],
  ['NOT NOT a', ['NOT', ['NOT', 'a']]],
  ['a = b | c', ['=', 'a', ['|', 'b', 'c']]],
  [
    'a | b ^ c & d << e + f * g',
    ['|', 'a', ['^', 'b', ['&', 'c', ['<<', 'd', ['+', 'e', ['*', 'f', 'g']]]]]],
  ],
  [
    'a * b + c << d & e ^ f | g',
    ['|', ['^', ['&', ['<<', ['+', ['*', 'a', 'b'], 'c'], 'd'], 'e'], 'f'], 'g'],
  ],
  ['a - b - c', ['-', ['-', 'a', 'b'], 'c']],
  ['a / b * c || d', ['||', ['*', ['/', 'a', 'b'], 'c'], 'd']],
  ['a >> b << c', ['<<', ['>>', 'a', 'b'], 'c']],
  ['-a * b', ['*', ['-', 'a'], 'b']],
  ['- + ~ a', ['-', ['+', ['~', 'a']]]],
  ['-a.b', ['-', 'a.b']],
  ['-a[0]', ['-', ['[]', 'a', '0']]],
  ['-f(x).y', ['-', ['.', ['f', 'x'], 'y']]],
  ['a || b = c', ['=', ['||', 'a', 'b'], 'c']],
  ['a BETWEEN b AND c AND d', ['AND', ['BETWEEN', 'a', 'b', 'c'], 'd']],
  ['a BETWEEN b + 1 AND c | d', ['BETWEEN', 'a', ['+', 'b', '1'], ['|', 'c', 'd']]],
  ['a LIKE b || c', ['LIKE', 'a', ['||', 'b', 'c']]],
  ['a IS DISTINCT FROM b + c', ['IS DISTINCT FROM', 'a', ['+', 'b', 'c']]],
  ['a + b IS NOT NULL OR c', ['OR', ['IS NOT NULL', ['+', 'a', 'b']], 'c']],
  ['(a = b) = c', ['=', ['=', 'a', 'b'], 'c']],
  ['(a OR b) AND c', ['AND', ['OR', 'a', 'b'], 'c']],
  ['a AND (b AND c)', ['AND', 'a', ['AND', 'b', 'c']]],
  ['a - (b - c)', ['-', 'a', ['-', 'b', 'c']]],
  ['x.y.z', 'x.y.z'],
  ['(x).y.z', ['.', ['.', 'x', 'y'], 'z']],
  ['x[0][1].y', ['.', ['[]', ['[]', 'x', '0'], '1'], 'y']],
])('%s', (text, tree) => {
  expect(sketch(parseExpression(text))).toEqual(tree)
})

test.each([
  'a = b = c',
  'a < b IS NULL',
  'a IS NULL IS NULL',
  'a IN (1) IN (2)',
  'a = NOT b',
  'a LIKE b LIKE c',
])('%s needs parentheses', (text) => {
  expect(() => parseExpression(text)).toThrow(/^Syntax error: (Unexpected|Expression to the left of)/)
})
