import fc from 'fast-check'
import { expect, test } from 'vitest'
import { parse, parseExpression } from '../../../runner/googlesql/parse/index.ts'
import { tokenize } from '../../../runner/googlesql/parse/lexer.ts'
import {
  printExpressionText,
  printStatement,
  printStatements,
} from '../../../runner/googlesql/print/index.ts'
import { trees } from './random-tree.ts'
import { samples } from './samples.ts'
import { shape } from './tree.ts'

/**
 * The shape without the parentheses that were written, which the printer adds where they are needed, without numbers of
 * positional parameters, and without parentheses around a query in parentheses.
 */
function bare(value: unknown): unknown {
  return simplified(shape(value))
}

function simplified(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(simplified)
  if (typeof value !== 'object' || value === null) return value
  const node = value as Record<string, unknown>
  const { body, orderBy, limit } = node as {
    body?: { kind: string; query?: unknown }
    orderBy?: unknown[]
    limit?: unknown
  }
  const plain = orderBy?.length === 0 && limit === undefined
  if (node.kind === 'query' && body?.kind === 'parenthesizedQuery' && plain) return simplified(body.query)
  return Object.fromEntries(
    Object.entries(node)
      .filter(([name]) => name !== 'parenthesized' && name !== 'position')
      .map(([name, inner]) => [name, simplified(inner)]),
  )
}

const seed = { seed: 20_240_601 }

test('a random expression is the same tree when printed and parsed', () => {
  fc.assert(
    fc.property(trees.expression, (tree) => {
      const printed = printExpressionText(tree)
      expect(bare(parseExpression(printed)), printed).toEqual(bare(tree))
    }),
    { ...seed, numRuns: 300 },
  )
})

test('a random query is the same tree when printed and parsed, and the same text when printed again', () => {
  fc.assert(
    fc.property(trees.query, (tree) => {
      const printed = printStatement(tree)
      const { statements, problems } = parse(printed)
      expect(problems.map(String), printed).toEqual([])
      expect(bare(statements), printed).toEqual([bare(tree)])
      // The parser drops double parentheses, so that the first text need not stay.
      const settled = printStatements(statements)
      expect(printStatements(parse(settled).statements)).toBe(settled)
    }),
    { ...seed, numRuns: 300 },
  )
})

/** The tokens of all samples, as texts. */
const vocabulary = [
  ...new Set(
    samples.flatMap((sample) => {
      const { starts, ends, length } = tokenize(sample)
      return Array.from({ length }, (_, index) => sample.slice(starts[index], ends[index]))
    }),
  ),
]

test('no text makes the parser throw or run on, and every problem has its place', () => {
  fc.assert(
    fc.property(fc.array(fc.constantFrom(...vocabulary), { maxLength: 30 }), (words) => {
      const text = words.join(' ')
      const { problems } = parse(text)
      for (const { place } of problems) {
        expect(place.line).toBeGreaterThan(0)
        expect(place.column).toBeGreaterThan(0)
      }
    }),
    { ...seed, numRuns: 2000 },
  )
})

test('no characters make the lexer throw', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 40 }), (text) => {
      const { starts, ends, length } = tokenize(text)
      const order = Array.from({ length }, (_, index) => [
        starts[index] as number,
        ends[index] as number,
      ]).flat()
      expect(order).toEqual(order.toSorted((a, b) => a - b))
      parse(text)
    }),
    { ...seed, numRuns: 300 },
  )
})

interface Edit {
  readonly sample: string
  readonly kind: 'drop' | 'double' | 'replace' | 'swap'
  readonly at: number
  readonly word: string
}

function edited({ sample, kind, at, word }: Edit): string {
  const { starts, ends, length } = tokenize(sample)
  const words = Array.from({ length }, (_, index) => sample.slice(starts[index], ends[index]))
  const index = at % length
  const here = words[index] as string
  const next = words[index + 1] ?? ''
  const change = { drop: [], double: [here, here], replace: [word], swap: [next, here] }[kind]
  return [...words.slice(0, index), ...change, ...words.slice(kind === 'swap' ? index + 2 : index + 1)].join(
    ' ',
  )
}

test('a sample with one token changed is refused, or round-trips like every right text', () => {
  const edit = fc.record({
    sample: fc.constantFrom(...samples),
    kind: fc.constantFrom('drop' as const, 'double' as const, 'replace' as const, 'swap' as const),
    at: fc.nat(200),
    word: fc.constantFrom(...vocabulary),
  })
  fc.assert(
    fc.property(edit, (change) => {
      const text = edited(change)
      const { statements, problems } = parse(text)
      if (problems.length > 0) return
      const printed = printStatements(statements)
      const again = parse(printed)
      expect(again.problems.map(String), `${text}\n=>\n${printed}`).toEqual([])
      // The printer writes the parentheses of `(a IS NULL) + 1`, which the language does not ask for.
      expect(bare(again.statements), `${text}\n=>\n${printed}`).toEqual(bare(statements))
    }),
    { ...seed, numRuns: 3000 },
  )
})
