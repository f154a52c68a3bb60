import { isBuiltin } from 'node:module'
import { nearest } from '../../nearest.ts'
import { findKey, findQuoted, findWord, type Position, positionAt } from '../source-place.ts'
import { fullName, targetIn } from '../target-text.ts'
import type { CompileError } from './compile-error.ts'
import type { CompiledGraph, GraphTarget } from './compiled-graph.ts'
import { allowedKeys } from './config-keys.ts'
import type { CoreLocation } from './core-module.ts'

/** What the reading of one error needs beside it. */
export interface Reading {
  readonly error: CompileError
  /** All errors of the compilation. */
  readonly errors: readonly CompileError[]
  /** The text of the error's file, empty if there is none. */
  readonly source: string
  readonly graph: CompiledGraph
  readonly core: CoreLocation
}

export interface ReadError {
  readonly message: string
  readonly position?: Position | undefined
  readonly hint?: string
  /** Errors of one file with the same key are one: the core says some things twice. */
  readonly key?: string
}

/** What an error of the core means to who wrote the project; the core's own words where nothing more is known. */
export function readError(reading: Reading): ReadError {
  const { name, message, position } = reading.error
  for (const read of readers) {
    const found = read(reading)
    if (found !== undefined) return { ...found, position: found.position ?? position }
  }
  return { message: name === '' || name === 'ReferenceError' ? message : `${name}: ${message}`, position }
}

/** Each knows one kind of message (core/session.ts, core/actions, common/protos). */
const readers: readonly ((reading: Reading) => ReadError | undefined)[] = [
  missingAction,
  unexpectedProperty,
  emptyProperty,
  unknownType,
  undefinedName,
  yamlMistake,
  trailingSemicolon,
  testOfIncremental,
  testOfNothing,
  missingInput,
  circle,
  sameName,
  ambiguousName,
  missingModule,
]

const didYouMean = (meant: string | undefined): string =>
  meant === undefined ? '' : `; did you mean \`${meant}\`?`

function missingAction({ error, source, graph }: Reading): ReadError | undefined {
  const [, wanted] =
    /^Could not resolve (.+)$/s.exec(error.message) ??
    /^Missing dependency detected: .*? depends on "(.+)" which does not exist$/s.exec(error.message) ??
    []
  if (wanted === undefined) return undefined
  const target = targetIn(wanted)
  const written = fullName(target)
  return {
    message: `no action is named \`${written}\`${didYouMean(meantTarget(target, graph.targets ?? []))}`,
    position: error.position ?? findQuoted(source, target.name ?? written),
    hint: 'a table that no action of this project makes needs a declaration',
    key: `missing ${written}`,
  }
}

function meantTarget(wanted: GraphTarget, known: readonly GraphTarget[]): string | undefined {
  const dotted = ({ schema, name }: GraphTarget): string =>
    wanted.schema === undefined ? `${name}` : `${schema}.${name}`
  const elsewhere = known.find(({ name }) => name === wanted.name)
  if (elsewhere !== undefined) return dotted(elsewhere)
  const { database: _, ...withoutDatabase } = wanted
  return nearest(fullName(withoutDatabase), [...new Set(known.map(dotted))])
}

/** Older names of keys, which Dataform takes in most places but not in all. */
const newerNames: ReadonlyMap<string, string> = new Map([
  ['schema', 'dataset'],
  ['database', 'project'],
  ['dependencies', 'dependencyTargets'],
])

function unexpectedProperty({ error, source, core }: Reading): ReadError | undefined {
  const [, key] = /Unexpected property "([^"]+)"/.exec(error.message) ?? []
  if (key === undefined) return undefined
  const { own, inner } = allowedKeys(error.message, core)
  const position = findKey(source, key)
  if (own.has(key)) return { message: `\`${key}\` must be ${own.get(key)}`, position }
  if (inner.has(key) && !newerNames.has(key)) {
    return { message: `\`${key}\` does not belong here, or is not ${inner.get(key)}`, position }
  }
  const names = [...own.keys()]
  const meant = newerNames.get(key) ?? nearest(key, names) ?? nearest(key, [...inner.keys()])
  const advice = meant === undefined && names.length > 0 ? `; known: ${names.join(', ')}` : didYouMean(meant)
  return { message: `unknown key \`${key}\`${advice}`, position }
}

function emptyProperty({ error, source }: Reading): ReadError | undefined {
  const [, key] = /Unexpected empty value for "([^"]+)"/.exec(error.message) ?? []
  return key === undefined
    ? undefined
    : {
        message: `\`${key}\` has no value`,
        position: findKey(source, key),
        hint: 'give it one, or take the key away',
      }
}

const types = [
  'table',
  'view',
  'incremental',
  'assertion',
  'operations',
  'declaration',
  'test',
  'dataPreparation',
]

function unknownType({ error, source }: Reading): ReadError | undefined {
  const [, type] = /^Unrecognized (?:action|table) type: (.*)$/.exec(error.message) ?? []
  if (type === undefined) return undefined
  const meant = nearest(type, types)
  const advice = meant === undefined ? `; known: ${types.join(', ')}` : didYouMean(meant)
  return { message: `unknown type \`${type}\`${advice}`, position: findQuoted(source, type) }
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

function undefinedName({ error, source }: Reading): ReadError | undefined {
  const [, name] = /^([\w$]+) is not defined$/.exec(error.message) ?? []
  if (name === undefined || error.name !== 'ReferenceError') return undefined
  const declared = [...source.matchAll(/\b(?:const|let|var|function|class)\s+([\w$]+)/g)].map(
    ([, own]) => own ?? '',
  )
  const meant = nearest(name, [...declared, ...sqlxNames, ...globalNames])
  // V8 names the statement, not the name.
  return { message: `\`${name}\` is not defined${didYouMean(meant)}`, position: findWord(source, name) }
}

function yamlMistake({ error }: Reading): ReadError | undefined {
  const [, text, line, column] =
    /is not a valid YAML file: YAMLException: (.*?) \((\d+):(\d+)\)/.exec(error.message) ?? []
  return text === undefined
    ? undefined
    : { message: `this is not YAML: ${text}`, position: { line: Number(line), column: Number(column) } }
}

function trailingSemicolon({ error, source }: Reading): ReadError | undefined {
  if (!error.message.startsWith('Semi-colons are not allowed')) return undefined
  const offset = source.trimEnd().length - 1
  return {
    message: 'a query does not end with a semicolon: it becomes part of a larger statement',
    position: source[offset] === ';' ? positionAt(source, offset) : undefined,
  }
}

function testOfIncremental({ error }: Reading): ReadError | undefined {
  if (!error.message.startsWith('Running tests on incremental datasets')) return undefined
  return {
    message: 'Dataform has no unit tests of incremental tables',
    hint: 'move this file to the folder `unit_tests`, where streamform runs it',
  }
}

function testOfNothing({ error, source, graph }: Reading): ReadError | undefined {
  const [, text] = /^Dataset (.*) could not be found\.$/s.exec(error.message) ?? []
  if (text === undefined) return undefined
  const target = targetIn(text)
  const names = (graph.tables ?? []).flatMap((table) => table.target.name ?? [])
  const advice = didYouMean(nearest(target.name ?? '', names))
  return {
    message: `this tests \`${fullName(target)}\`, which is no table or view of the project${advice}`,
    position: findQuoted(source, target.name ?? ''),
  }
}

function missingInput({ error, graph }: Reading): ReadError | undefined {
  const [, text, given] =
    /^Input for dataset "(.*)" has not been provided\. Provided inputs: ?(.*)$/s.exec(error.message) ?? []
  if (text === undefined || given === undefined) return undefined
  const inputs = (JSON.parse(`[${given}]`) as string[]).map((input) => fullName(targetIn(input)))
  const tests = (graph.tests ?? []).map(({ fileName }) => fileName)
  return {
    message: `a unit test of this model has no input for \`${fullName(targetIn(text))}\`; it has ${inputs.join(', ') || 'none'}`,
    hint: `name an input as the model's \`ref\` names it; the project's tests: ${tests.join(', ')}`,
  }
}

function circle({ error, source }: Reading): ReadError | undefined {
  const [, chain] = /^Circular dependency detected in chain: \[(.*)\]$/s.exec(error.message) ?? []
  if (chain === undefined) return undefined
  // It ends with the action that it starts with.
  const targets = chain.split(' > ').slice(0, -1).map(targetIn)
  const next = targets[1] ?? targets[0]
  return {
    message: `these actions depend on each other in a circle: ${[...targets, ...targets.slice(0, 1)].map(fullName).join(' -> ')}`,
    position: findQuoted(source, next?.name ?? ''),
  }
}

const duplicate = /^Duplicate (?:action name|canonical target) detected\..*\n"(\{.*\})"$/s

function sameName({ error, errors, source }: Reading): ReadError | undefined {
  const [, text] = duplicate.exec(error.message) ?? []
  if (text === undefined) return undefined
  const target = targetIn(text)
  const same = errors.filter(({ message }) => duplicate.exec(message)?.[1] === text)
  const others = new Set(
    same.flatMap(({ file }) => (file === undefined || file === error.file ? [] : [file])),
  )
  return {
    message: `another action is named \`${fullName(target)}\` too: ${[...others].join(', ') || 'in this file'}`,
    position: findQuoted(source, target.name ?? ''),
    hint: 'names are unique across tables, views, assertions, operations and declarations',
    key: `same name ${target.name}`,
  }
}

function ambiguousName({ error, source }: Reading): ReadError | undefined {
  const [, text, choices] =
    /^Ambiguous Action name: (.*)\. Did you mean one of: (.*)\.$/s.exec(error.message) ?? []
  if (text === undefined || choices === undefined) return undefined
  const target = targetIn(text)
  return {
    message: `several actions are named \`${fullName(target)}\`: ${choices}`,
    position: error.position ?? findQuoted(source, target.name ?? ''),
    hint: `say which: ref("${choices.split(', ')[0]?.replace('.', '", "')}")`,
    key: `ambiguous ${fullName(target)}`,
  }
}

function missingModule({ error }: Reading): ReadError | undefined {
  const [, name] = /^Cannot find module '(.*)'$/.exec(error.message) ?? []
  if (name === undefined) return undefined
  if (isBuiltin(name))
    return { message: `Dataform allows no module of Node's own but \`path\`; this is \`${name}\`` }
  return {
    message: `there is no module \`${name}\``,
    hint: 'a path is relative to this file or to the project; a package has to be installed in the project',
  }
}
