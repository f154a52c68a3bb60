import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { parse } from '../../../runner/googlesql/parse/index.ts'
import { printStatements } from '../../../runner/googlesql/print/index.ts'
import { shared } from '../../shared.ts'
import { shape } from './tree.ts'

/** Property graphs are not BigQuery SQL's queries and are refused. */
const refused = new Set(['documented/bigquery/functions/aggregate/agg/0'])

interface Case {
  readonly id: string
  readonly setup?: string | readonly string[]
  readonly query: string
  readonly expect?: { readonly error?: { readonly message_sample?: string } }
}

const files = ['documented', 'idioms', 'recorded'] as const

function texts({ setup, query }: Case): readonly string[] {
  const before = setup === undefined ? [] : typeof setup === 'string' ? [setup] : setup
  return [...before, query].map((text) => text.replaceAll('${DATASET}', 'proj.ds'))
}

describe.each(files)('the cases of %s', (name) => {
  const file = shared(`conformance/${name}.jsonl`)
  const cases = file === undefined ? [] : readFileSync(file, 'utf8').split('\n').filter(Boolean)
  const parsed = cases.map((line) => JSON.parse(line) as Case).filter(({ id }) => !refused.has(id))
  const isSyntaxError = (each: Case) =>
    each.expect?.error?.message_sample?.startsWith('Syntax error') === true

  test.skipIf(file === undefined)('parse, and parse to the same tree when printed', () => {
    expect(parsed.length).toBeGreaterThan(200)
    const wrong = parsed
      .filter((each) => !isSyntaxError(each))
      .flatMap((each) =>
        texts(each).flatMap((text) => fault(text).map((message) => `${each.id}: ${message}`)),
      )
    expect(wrong).toEqual([])
  })

  test.skipIf(file === undefined)("have BigQuery's own syntax errors", () => {
    for (const each of parsed.filter(isSyntaxError)) {
      const [problem] = parse(each.query).problems
      const message = `${problem?.message} at [${problem?.place.line}:${problem?.place.column}]`
      expect(message).toBe(each.expect?.error?.message_sample)
    }
  })
})

/** What is wrong with parsing and printing a text; empty if nothing is. */
function fault(text: string): readonly string[] {
  const { statements, problems } = parse(text)
  if (problems.length > 0) return problems.map(String)
  const printed = printStatements(statements)
  const again = parse(printed)
  if (again.problems.length > 0) return again.problems.map((problem) => `printed: ${problem}`)
  if (JSON.stringify(shape(again.statements)) !== JSON.stringify(shape(statements)))
    return ['another tree when printed']
  if (printStatements(again.statements) !== printed) return ['another text when printed twice']
  const kept = (nodes: typeof statements) =>
    nodes.flatMap(({ comments = [] }) => comments.map((each) => each.text))
  return String(kept(again.statements)) === String(kept(statements)) ? [] : ['comments lost or moved']
}
