import { globSync, readFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { expect, test } from 'vitest'

const root = join(import.meta.dirname, '..', '..')

/** Who may import whom: a room on the left may import the rooms on its right (and itself). See ARCHITECTURE.md. */
const allowed: Readonly<Record<string, readonly string[]>> = {
  'runner/problem.ts': [],
  'runner/nearest.ts': [],
  'runner/effects.ts': [],
  'runner/google-client.ts': [],
  'runner/googlesql': [],
  'runner/warehouse': ['runner/googlesql'],
  'runner/project': ['runner/warehouse'],
  'runner/unit-test': ['runner/warehouse', 'runner/project', 'runner/googlesql/types', 'runner/report'],
  'runner/graph': ['runner/project', 'runner/warehouse'],
  'runner/lineage': ['runner/project', 'runner/warehouse'],
  'runner/execute': ['runner/project', 'runner/graph', 'runner/warehouse', 'runner/googlesql/types'],
  'runner/reconcile': ['runner/warehouse', 'runner/execute', 'runner/project', 'runner/googlesql/types'],
  'runner/report': [
    'runner/project',
    'runner/graph',
    'runner/execute',
    'runner/warehouse',
    'runner/googlesql/types',
  ],
  'runner/deploy': ['runner/project', 'runner/warehouse/bigquery/clock.ts'],
  'runner/format': ['runner/googlesql/parse', 'runner/googlesql/print', 'runner/project/split-sqlx.ts'],
  'runner/scaffold': ['runner/warehouse', 'runner/googlesql/types', 'runner/project'],
  loaders: ['runner/warehouse', 'runner/googlesql/types'],
  'runner/endpoint': [
    'runner/warehouse',
    'runner/googlesql/types',
    'runner/googlesql/catalog.ts',
    'runner/googlesql/option-value.ts',
    'runner/googlesql/routine-parts.ts',
  ],
  'runner/commands': ['runner', 'loaders'],
  'runner/default-effects.ts': [],
  'runner/cli.ts': ['runner'],
  bench: ['runner', 'loaders', 'test'],
}

/** What anyone may import. */
const common = [
  'runner/problem.ts',
  'runner/nearest.ts',
  'runner/effects.ts',
  'runner/google-client.ts',
  'runner/googlesql/quote.ts',
  'runner/googlesql/target.ts',
  'runner/googlesql/result.ts',
  'runner/googlesql/result-json.ts',
]

const inside = (file: string, room: string) => file === room || file.startsWith(`${room}/`)

const roomOf = (file: string) =>
  Object.keys(allowed)
    .filter((room) => inside(file, room))
    .sort((a, b) => b.length - a.length)[0]

function imports(file: string): string[] {
  const text = readFileSync(join(root, file), 'utf8')
  const specifiers = [...text.matchAll(/(?:from|import)\s*\(?\s*'(\.[^']+)'/g)].map((match) => match[1] ?? '')
  return specifiers.map((specifier) => relative(root, join(root, dirname(file), specifier)))
}

const sources = globSync('{runner,loaders,bench}/**/*.ts', { cwd: root }).sort()

test('every source file lies in a room of the house', () => {
  expect(sources.filter((file) => roomOf(file) === undefined)).toEqual([])
})

test('rooms import only the rooms that ARCHITECTURE.md lets them', () => {
  const wrong = sources.flatMap((file) => {
    const room = roomOf(file) ?? file
    const may = [room, ...common, ...(allowed[room] ?? [])]
    return imports(file)
      .filter((target) => !may.some((other) => inside(target, other)))
      .map((target) => `${file} -> ${target}`)
  })
  expect(wrong).toEqual([])
})

test('commands are imported by the command line alone', () => {
  const wrong = sources
    .filter((file) => !inside(file, 'runner/commands') && file !== 'runner/cli.ts' && !inside(file, 'bench'))
    .flatMap((file) => imports(file).map((target) => ({ file, target })))
    .filter(({ target }) => inside(target, 'runner/commands'))
    .map(({ file, target }) => `${file} -> ${target}`)
  expect(wrong).toEqual([])
})

test("DuckDB's packages are imported under runner/warehouse/duckdb and runner/googlesql alone", () => {
  const wrong = sources.filter(
    (file) =>
      !inside(file, 'runner/warehouse/duckdb') &&
      !inside(file, 'runner/googlesql') &&
      !inside(file, 'bench') &&
      readFileSync(join(root, file), 'utf8').includes("'@duckdb/"),
  )
  expect(wrong).toEqual([])
})

test('files stay small enough to hold in mind', () => {
  const limit = 600
  const long = sources
    .map((file) => ({ file, lines: readFileSync(join(root, file), 'utf8').split('\n').length }))
    .filter(({ lines }) => lines > limit)
  expect(long).toEqual([])
})
