import type { Path } from '../../runner/googlesql/parse/ast.ts'
import { parse } from '../../runner/googlesql/parse/index.ts'
import { nameParts } from '../../runner/googlesql/parse/name-parts.ts'
import type { QueryParameter, Value } from '../../runner/googlesql/result.ts'
import { scalarType } from '../../runner/googlesql/types/scalars.ts'
import type { SqlType } from '../../runner/googlesql/types/type.ts'
import { Problem } from '../../runner/problem.ts'
import { openDuckDbWarehouse } from '../../runner/warehouse/duckdb/warehouse.ts'
import type { Warehouse } from '../../runner/warehouse/warehouse.ts'
import type { Answer, Case, GivenType, PreparedCase } from './case.ts'
import { compareResult } from './compare.ts'

const PROJECT = 'proj'
const DATASET = 'ds'

/** Runs one case in a warehouse of its own. Never throws. */
export async function runCase({ given, before }: PreparedCase): Promise<Answer> {
  const warehouse = await openDuckDbWarehouse({ path: ':memory:', defaultProject: PROJECT })
  try {
    return await judge(warehouse, given, before)
  } catch (error) {
    return {
      id: given.id,
      outcome: 'wrong',
      why: `crash: ${error instanceof Error ? error.stack : String(error)}`,
    }
  } finally {
    await warehouse.close()
  }
}

async function judge(warehouse: Warehouse, given: Case, before: string | undefined): Promise<Answer> {
  const { id, expect } = given
  const options = { defaultDataset: DATASET }
  try {
    await warehouse.createDataset(PROJECT, DATASET)
    for (const dataset of namedDatasets(given)) await warehouse.createDataset(PROJECT, dataset)
    if (before !== undefined) await warehouse.execute(before, options)
    // One script, so that what begins in one statement of it may end in another.
    const setup = typeof given.setup === 'string' ? [given.setup] : (given.setup ?? [])
    const script = setup.map((text) => filled(text).trim().replace(/;$/, '')).join('\n;\n')
    if (hasStatement(script)) await warehouse.execute(script, options)
    const query = filled(given.query)
    let result = await warehouse.execute(query, { ...options, parameters: parametersOf(given) })
    if (expect.check !== undefined) result = await warehouse.execute(filled(expect.check), options)
    if (expect.error !== undefined) {
      return { id, outcome: 'wrong', why: `an error is expected, got ${JSON.stringify(result.rows, plain)}` }
    }
    const ordered =
      expect.unordered !== true && (expect.ordered === true || isOrdered(filled(expect.check ?? given.query)))
    const why = compareResult(result, expect, ordered)
    return why === undefined ? { id, outcome: 'right' } : { id, outcome: 'wrong', why }
  } catch (error) {
    return failed(given, error)
  }
}

function failed({ id, expect }: Case, error: unknown): Answer {
  if (!(error instanceof Problem)) {
    return { id, outcome: 'wrong', why: `crash: ${error instanceof Error ? error.stack : String(error)}` }
  }
  const { line, column } = error.place
  const message = line === undefined ? error.message : `${error.message} at [${line}:${column}]`
  if (expect.error !== undefined) {
    const { message_pattern: pattern, contains } = expect.error
    const matches =
      pattern === undefined ? message.includes(contains ?? '') : new RegExp(pattern).test(message)
    if (matches) return { id, outcome: 'right' }
  }
  const cause = error.cause instanceof Error ? ` (${error.cause.message.slice(0, 600)})` : ''
  const refused =
    /not supported locally/.test(error.message) && !/the embedded engine refused/.test(error.message)
  return { id, outcome: refused ? 'refused' : 'wrong', why: `error: ${message}${cause}` }
}

function plain(_: string, value: unknown): unknown {
  return typeof value === 'bigint' ? value.toString() : value
}

function hasStatement(text: string): boolean {
  const { statements, problems } = parse(text)
  return statements.length > 0 || problems.length > 0
}

/** Datasets in which the case creates something without having created them: they are taken to be there. */
function namedDatasets({ setup, query, expect }: Case): readonly string[] {
  if (expect.error !== undefined) return []
  const texts = [...(typeof setup === 'string' ? [setup] : (setup ?? [])), query].map(filled)
  const statements = texts.flatMap((text) => parse(text).statements)
  const made = new Set([DATASET])
  const found: string[] = []
  for (const node of statements) {
    if (!('kind' in node) || !('name' in node) || !/^create/.test(node.kind)) continue
    const parts = nameParts(node.name as Path)
    const dataset = node.kind === 'createSchema' ? parts.at(-1) : parts.at(-2)
    if (dataset === undefined || made.has(dataset)) continue
    made.add(dataset)
    if (node.kind !== 'createSchema') found.push(dataset)
  }
  return found
}

function filled(text: string): string {
  return text
    .replaceAll('${DATASET_ID}', DATASET)
    .replaceAll('${DATASET}', `${PROJECT}.${DATASET}`)
    .replaceAll('${PROJECT}', PROJECT)
}

/** True if the last statement is a query with an ORDER BY of its own. */
function isOrdered(text: string): boolean {
  const last = parse(text).statements.at(-1)
  if (last?.kind !== 'query') return false
  const piped = last.pipes.findLast((pipe) => pipe.kind !== 'pipeLimit')
  if (piped !== undefined) return piped.kind === 'pipeOrderBy'
  return last.orderBy.length > 0
}

function parametersOf({ parameters }: Case): readonly QueryParameter[] {
  if (parameters === undefined) return []
  if ('mode' in parameters && Array.isArray(parameters['parameters'])) {
    const given = parameters['parameters'] as readonly { name?: string; type: GivenType; value: unknown }[]
    return given.map(({ name, type, value }) => {
      const sqlType = typeOf(type)
      return { ...(name === undefined ? {} : { name }), type: sqlType, value: parameterValue(value, sqlType) }
    })
  }
  return Object.entries(parameters).map(([name, value]) => {
    const type: SqlType = {
      kind: typeof value === 'number' ? 'INT64' : typeof value === 'boolean' ? 'BOOL' : 'STRING',
    }
    return { name, type, value: parameterValue(value, type) }
  })
}

function typeOf(given: GivenType): SqlType {
  if (typeof given === 'string') return scalarType(given) ?? { kind: 'STRING' }
  if (given.arrayType !== undefined) return { kind: 'ARRAY', element: typeOf(given.arrayType) }
  if (given.structTypes !== undefined) {
    return {
      kind: 'STRUCT',
      fields: given.structTypes.map(({ name, type }) => ({ name, type: typeOf(type) })),
    }
  }
  return scalarType(given.type) ?? { kind: 'STRING' }
}

function parameterValue(value: unknown, type: SqlType): Value {
  if (value === null || value === undefined) return null
  if (type.kind === 'ARRAY')
    return (value as readonly unknown[]).map((item) => parameterValue(item, type.element))
  if (type.kind === 'INT64') return BigInt(value as string | number)
  if (type.kind === 'FLOAT64') return Number(value)
  if (type.kind === 'BOOL') return value === true
  if (type.kind === 'BYTES') return Buffer.from(String(value), 'base64')
  return String(value)
}
