import { createRequire } from 'node:module'
import { expect, test } from 'vitest'
import { positionAt, sourcePlace, sourcePosition } from '../../runner/project/source-place.ts'

const { compiler } = createRequire(import.meta.url)('@dataform/core') as {
  readonly compiler: (code: string, path: string) => string
}

const source = `config { type: "table", description: "a \`b\`" }
js {
  const one = 1;
}
pre_operations { DECLARE day DATE DEFAULT CURRENT_DATE() }
-- a \`quoted\` comment
SELECT r'\\d' AS a,
  \${one} AS b, \${one} AS c
FROM \${ref("x")}
WHERE a = "it's"
`

test('every word of a SQLX file is found again from where the compiler has put it', () => {
  const generated = compiler(source, '/p/definitions/a.sqlx')
  for (const word of [
    'const one',
    'DECLARE day',
    'SELECT r',
    'AS a',
    '${one} AS b',
    '${one} AS c',
    'ref("x")',
    "it's",
  ]) {
    const at = positionAt(generated, generated.lastIndexOf(word))
    expect([word, sourcePosition(generated, at, source)]).toEqual([
      word,
      positionAt(source, source.lastIndexOf(word)),
    ])
  }
})

test('what the compiler has added stands nowhere in the file', () => {
  const generated = compiler(source, '/p/definitions/a.sqlx')
  const at = positionAt(generated, generated.indexOf('sqlStatementCount'))
  expect(sourcePosition(generated, at, source)).toBeUndefined()
})

test('of several files the one whose words agree furthest is the place', () => {
  const model = 'SELECT id, v\nFROM ${ref("t")}\nWHERE v > 1'
  const input = 'input "t" {\n  SELECT 1 AS id, 2 AS v\n}\nSELECT 1 AS id, 2 AS v'
  const query = 'SELECT id, v\nFROM (\n  SELECT 1 AS id, 2 AS v\n)\nWHERE v > 1'
  const sources = [
    { file: 'model', text: model },
    { file: 'test', text: input },
  ]
  const place = (text: string) => sourcePlace(query, positionAt(query, query.indexOf(text)), sources)
  expect(place('v >')).toEqual({ file: 'model', position: { line: 3, column: 7 } })
  expect(place('2 AS v')).toEqual({ file: 'test', position: { line: 2, column: 19 } })
  // One letter at the end of the input: only what stands before it tells where it comes from.
  expect(place('v\n)')).toEqual({ file: 'test', position: { line: 2, column: 24 } })
})
