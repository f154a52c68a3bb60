import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { readCases } from '../conformance/case.ts'
import { categoryOf, conformancePage, constructOf } from '../conformance/page.ts'
import { shared } from '../shared.ts'

const page = readFileSync(join(import.meta.dirname, '..', '..', 'docs', 'conformance.md'), 'utf8')
const rows = (text: string) =>
  [...text.matchAll(/^\| ([^|]+) \|((?: \d+ \|)+)$/gm)].map(([, name = '', numbers = '']) => ({
    name,
    counts: numbers.split('|').slice(0, -1).map(Number),
  }))

test('the page of conformance counts every case once, by file and by category, and names what is wrong', () => {
  const [head = '', ...sections] = page.split(/^## /m)
  const files = rows(head)
  expect(files.map(({ name }) => name)).toEqual(['recorded.jsonl', 'documented.jsonl', 'idioms.jsonl'])
  for (const { name, counts } of files) {
    const [cases = 0, right = 0, refused = 0, wrong = 0] = counts
    expect([name, right + refused + wrong]).toEqual([name, cases])
    const named = [...page.matchAll(new RegExp(`^\\* \`${name.split('.')[0]}/`, 'gm'))]
    expect([name, named.length]).toEqual([name, wrong])
    const categories = rows(sections.find((section) => section.startsWith(name)) ?? '')
    expect(counts.map((_, at) => categories.reduce((sum, row) => sum + (row.counts[at] ?? 0), 0))).toEqual(
      counts,
    )
  }
  const refused = rows(sections.find((section) => section.startsWith('What is refused')) ?? '')
  const sum = (numbers: readonly (number | undefined)[]) => numbers.reduce<number>((a, b) => a + (b ?? 0), 0)
  expect(sum(refused.map(({ counts }) => counts[0]))).toBe(sum(files.map(({ counts }) => counts[2])))
})

const folder = shared('conformance')
test.skipIf(folder === undefined)('the page of conformance is of the cases that there are', () => {
  for (const file of ['recorded', 'documented', 'idioms']) {
    const cases = readCases(join(folder ?? '', `${file}.jsonl`))
    const listed = rows(page.split(`## ${file}.jsonl`)[1]?.split('\n## ')[0] ?? '')
    const counted = Map.groupBy(cases, ({ given }) => categoryOf(given.id))
    expect(listed.map(({ name, counts }) => [name, counts[0]])).toEqual(
      [...counted]
        .map(([category, of]) => [category, of.length])
        .sort(([a = ''], [b = '']) => (a < b ? -1 : 1)),
    )
  }
})

test('the page is made of the answers alone', () => {
  const answers = [
    { id: 'f/bigquery/functions/json/a/1', outcome: 'right' },
    {
      id: 'f/bigquery/functions/json/b/2',
      outcome: 'refused',
      why: 'error: function B is not supported locally: so at [1:8]',
    },
    {
      id: 'f/types/x/3',
      outcome: 'refused',
      why: 'error: function B is not supported locally: why at [2:1]',
    },
    { id: 'f/syntax/pipe/4', outcome: 'wrong', why: 'got 1' },
  ] as const
  const text = conformancePage([{ file: 'f.jsonl', answers }])
  expect(rows(text)).toEqual([
    { name: 'f.jsonl', counts: [4, 1, 2, 1] },
    { name: 'functions/json', counts: [2, 1, 1, 0] },
    { name: 'syntax/pipe', counts: [1, 0, 0, 1] },
    { name: 'types', counts: [1, 0, 1, 0] },
    { name: 'function B', counts: [2] },
  ])
  expect(constructOf('error: time travel | snapshots are not supported locally at [1:1]')).toBe(
    'time travel \\| snapshots',
  )
})
