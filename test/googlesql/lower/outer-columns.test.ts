import { expect, test } from 'vitest'
import { bindOuterColumns } from '../../../runner/googlesql/lower/outer-columns.ts'

const outer = new Set(['u1."k$2"'])

test.each([
  ['no lambda: nothing to bind', 'a + u1."k$2"', 'a + u1."k$2"'],
  ['a lambda of local columns alone', 'list_filter(l, lambda e: e > 1)', 'list_filter(l, lambda e: e > 1)'],
  [
    'a value that is computed once stays outside of the lambda',
    'list_transform([sum(a)], lambda v1: v1 + u1."k$2")[1]',
    `list_transform([{'x': sum(a), 'o0': u1."k$2"}], lambda c0: c0.x + c0.o0)[1]`,
  ],
  [
    'the value itself may have the column',
    'list_transform([u1."k$2"], lambda v1: v1 + 1)[1]',
    'list_transform([u1."k$2"], lambda v1: v1 + 1)[1]',
  ],
  [
    'any other call is put into a lambda of its own',
    'list_filter(l, lambda e: e > u1."k$2")',
    `list_transform([{'o0': u1."k$2"}], lambda c0: list_filter(l, lambda e: e > c0.o0))[1]`,
  ],
  [
    'a lambda inside that has the same name keeps it',
    'list_transform([a + b], lambda v1: f(v1, list_transform([v1 + c], lambda v1: v1 + u1."k$2")[1]) + v1)[1]',
    `list_transform([{'x': a + b, 'o0': u1."k$2"}], lambda c0: f(c0.x, list_transform([c0.x + c], lambda v1: v1 + c0.o0)[1]) + c0.x)[1]`,
  ],
  [
    'a value that holds a lambda of its own is computed outside, too',
    'list_transform([list_transform([a], lambda v1: v1[1])[1]], lambda let3: let3 + u1."k$2")[1]',
    `list_transform([{'x': list_transform([a], lambda v1: v1[1])[1], 'o0': u1."k$2"}], lambda c0: c0.x + c0.o0)[1]`,
  ],
  [
    'a text that looks like a column is none',
    `list_filter(l, lambda e: e = 'u1."k$2"')`,
    `list_filter(l, lambda e: e = 'u1."k$2"')`,
  ],
])('%s', (_, sql, bound) => {
  expect(bindOuterColumns(sql, outer)).toBe(bound)
})
