import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { nearest } from '../nearest.ts'
import { Problem } from '../problem.ts'
import type { CompileError } from './compile-error.ts'
import type { WorkerAnswer } from './compile-worker.ts'
import type { CompiledGraph, GraphTarget } from './compiled-graph.ts'
import { allowedKeys } from './config-keys.ts'
import type { CoreLocation } from './core-module.ts'
import { type Position, positionAt } from './source-place.ts'

/** What the readings of one error need beside it. */
interface Reading {
  readonly error: CompileError
  /** The text of the error's file, empty if there is none. */
  readonly source: string
  readonly graph: CompiledGraph
  readonly core: CoreLocation
}

interface Shown {
  readonly message: string
  readonly position?: Position | undefined
  readonly hint?: string
  /** Errors with the same key are one: the core says some things twice. */
  readonly key?: string
}

/**
 * The errors of a compilation as Problems: what the core said, with what was probably meant and where it stands, each
 * thing once, ordered by file and line.
 */
export async function graphProblems(
  folder: string,
  core: CoreLocation,
  { errors, graph = {} }: Pick<WorkerAnswer, 'errors' | 'graph'>,
): Promise<readonly Problem[]> {
  const problems = new Map<string, Problem>()
  for (const error of errors) {
    const source = sourceOf(folder, error.file)
    const { message, position = error.position, hint, key } = read({ error, source, graph, core })
    const problem = new Problem(message, {
      file: error.file,
      line: position?.line,
      column: position?.column,
      cause: error.stack,
      ...(hint !== undefined && { hint }),
    })
    const id = `${error.file}\n${key ?? problem}`
    const earlier = problems.get(id)
    if (earlier === undefined || (earlier.place.line === undefined && position !== undefined))
      problems.set(id, problem)
  }
  return [...problems.values()].toSorted(byPlace)
}

function sourceOf(folder: string, file: string | undefined): string {
  if (file === undefined) return ''
  try {
    return readFileSync(join(folder, file), 'utf8')
  } catch {
    return ''
  }
}

function byPlace(a: Problem, b: Problem): number {
  const [left, right] = [a.place, b.place]
  if (left.file !== right.file) return (left.file ?? '') < (right.file ?? '') ? -1 : 1
  return (left.line ?? 0) - (right.line ?? 0) || (left.column ?? 0) - (right.column ?? 0)
}

function read(reading: Reading): Shown {
  for (const reader of readers) {
    const shown = reader(reading)
    if (shown !== undefined) return shown
  }
  const { name, message } = reading.error
  return { message: name === '' || name === 'ReferenceError' ? message : `${name}: ${message}` }
}

/** Each knows one kind of message of the core. */
const readers: readonly ((reading: Reading) => Shown | undefined)[] = [
  missingAction,
  unexpectedProperty,
  emptyProperty,
  undefinedName,
  yamlMistake,
  trailingSemicolon,
  testOfIncremental,
  (reading) =>
    quotedThing(reading, /^Circular dependency detected in chain: \[[^>]*> [^>]*?([\w-]+)"?\}?(?: >|\])/),
  (reading) => quotedThing(reading, /^Ambiguous Action name: .*?"?name"?:?"?([\w-]+)"/),
  (reading) => quotedThing(reading, /^Ambiguous Action name: ([\w-]+)\./),
  (reading) => quotedThing(reading, /^Dataset "?([\w-]+)"? could not be found/),
]

function missingAction({ error, source, graph }: Reading): Shown | undefined {
  const [, wanted] =
    /^Could not resolve (.+)$/s.exec(error.message) ??
    /^Missing dependency detected: .*? depends on "(.+)" which does not exist$/s.exec(error.message) ??
    []
  if (wanted === undefined) return undefined
  const target = targetIn(wanted)
  const written = [target.database, target.schema, target.name].filter((part) => part !== undefined).join('.')
  const meant = meantTarget(target, graph.targets ?? [])
  return {
    message: `no action is named \`${written}\`${meant === undefined ? '' : `; did you mean \`${meant}\`?`}`,
    position: error.position ?? findQuoted(source, target.name ?? written),
    key: `missing ${written}`,
    hint: 'a table that no action of this project makes needs a declaration',
  }
}

/** The core writes a name alone as it is, or everything as JSON (twice, where it quotes it). */
function targetIn(text: string): GraphTarget {
  try {
    const value: unknown = JSON.parse(text)
    if (typeof value === 'string') return value.startsWith('{') ? targetIn(value) : { name: value }
    const { database, schema, name, project, dataset } = value as Record<string, string | undefined>
    return Object.fromEntries(
      Object.entries({ database: database ?? project, schema: schema ?? dataset, name }).filter(
        ([, part]) => part,
      ),
    )
  } catch {
    return { name: text }
  }
}

function meantTarget(wanted: GraphTarget, known: readonly GraphTarget[]): string | undefined {
  const dotted = ({ schema, name }: GraphTarget): string =>
    wanted.schema === undefined ? `${name}` : `${schema}.${name}`
  const elsewhere = known.find(({ name }) => name === wanted.name)
  if (elsewhere !== undefined) return dotted(elsewhere)
  return nearest(dotted(wanted), [...new Set(known.map(dotted))])
}

function unexpectedProperty({ error, source, core }: Reading): Shown | undefined {
  const [, key] = /Unexpected property "([^"]+)"/.exec(error.message) ?? []
  if (key === undefined) return undefined
  const known = allowedKeys(error.message, core)
  const position = findKey(source, key) ?? error.position
  if (known.has(key)) return { message: `\`${key}\` must be ${known.get(key)}`, position }
  const meant = nearest(key, [...known.keys()])
  const advice =
    meant !== undefined
      ? `; did you mean \`${meant}\`?`
      : known.size === 0
        ? ''
        : `; known: ${[...known.keys()].join(', ')}`
  return { message: `unknown key \`${key}\`${advice}`, position }
}

function emptyProperty({ error, source }: Reading): Shown | undefined {
  const [, key] = /Unexpected empty value for "([^"]+)"/.exec(error.message) ?? []
  return key === undefined
    ? undefined
    : {
        message: `\`${key}\` has no value`,
        position: findKey(source, key) ?? error.position,
        hint: 'give it one, or take the key away',
      }
}

const sqlxNames = ['ref', 'resolve', 'self', 'name', 'schema', 'database', 'when', 'incremental']
const globalNames = [
  'publish',
  'operate',
  'assert',
  'declare',
  'notebook',
  'test',
  'jitData',
  'getContents',
  'dataform',
  'require',
  'module',
  'exports',
]

function undefinedName({ error, source }: Reading): Shown | undefined {
  const [, name] = /^([\w$]+) is not defined$/.exec(error.message) ?? []
  if (name === undefined || error.name !== 'ReferenceError') return undefined
  const declared = [...source.matchAll(/\b(?:const|let|var|function|class)\s+([\w$]+)/g)].map(
    ([, own]) => own ?? '',
  )
  const meant = nearest(name, [...declared, ...sqlxNames, ...globalNames])
  return { message: `\`${name}\` is not defined${meant === undefined ? '' : `; did you mean \`${meant}\`?`}` }
}

function yamlMistake({ error }: Reading): Shown | undefined {
  const [, text, line, column] =
    /is not a valid YAML file: YAMLException: (.*?) \((\d+):(\d+)\)/.exec(error.message) ?? []
  return text === undefined
    ? undefined
    : { message: `this is not YAML: ${text}`, position: { line: Number(line), column: Number(column) } }
}

function trailingSemicolon({ error, source }: Reading): Shown | undefined {
  if (!error.message.startsWith('Semi-colons are not allowed')) return undefined
  const offset = source.lastIndexOf(';')
  return {
    message: 'a query does not end with a semicolon: it becomes part of a larger statement',
    position: source.trimEnd().length === offset + 1 ? positionAt(source, offset) : error.position,
  }
}

function testOfIncremental({ error }: Reading): Shown | undefined {
  if (!error.message.startsWith('Running tests on incremental datasets')) return undefined
  return {
    message: 'Dataform has no unit tests of incremental tables',
    hint: 'move this test to `unit_tests/`, where streamform runs it: see `streamform test --help`',
  }
}

/** The core's own words, at the place where the name they are about stands in quotes. */
function quotedThing({ error, source }: Reading, pattern: RegExp): Shown | undefined {
  const [, name] = pattern.exec(error.message) ?? []
  return name === undefined
    ? undefined
    : { message: error.message, position: error.position ?? findQuoted(source, name) }
}

function findQuoted(source: string, name: string): Position | undefined {
  const offset = ['"', "'", '`']
    .map((quote) => source.indexOf(quote + name + quote))
    .find((found) => found !== -1)
  return offset === undefined ? undefined : positionAt(source, offset)
}

function findKey(source: string, key: string): Position | undefined {
  const escaped = key.replaceAll(/[^\w]/g, '\\$&')
  const found = new RegExp(`(?<![\\w$])["']?${escaped}["']?\\s*:`).exec(source)
  return found === null ? undefined : positionAt(source, found.index)
}
