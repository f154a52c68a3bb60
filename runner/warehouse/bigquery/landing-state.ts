import type { InsertQueryNode, Kysely } from 'kysely'
import { sqlText } from '../../googlesql/quote.ts'
import type { QueryParameter, Value } from '../../googlesql/result.ts'
import type { Target } from '../../googlesql/target.ts'
import type { Batch, Vector } from '../landing.ts'
import { type StateTables, stateDataset } from '../state.ts'
import { type RunStatement, stateColumns, stateOver } from './state.ts'

export interface RecordingOptions {
  readonly project: string
  /** Runs a query at once. */
  readonly read: RunStatement
  /** Keeps a statement for the commit. */
  readonly record: (statement: string) => void
  /** Keeps rows for the commit. */
  readonly append: (table: Target, batch: Batch) => Promise<void>
}

/**
 * The state tables as a landing has them: queries are answered at once, what changes them waits for the commit. Rows go the
 * way of all rows, for a statement may not be long.
 */
export function recordingState({ project, read, record, append }: RecordingOptions): Kysely<StateTables> {
  const changed = new Set<string>()
  return stateOver(project, async (text, parameters, query) => {
    if (query.kind === 'SelectQueryNode') {
      const stale = [...changed].find((name) => text.includes(`\`${name}\``))
      if (stale !== undefined)
        throw new Error(`${stale} was changed in this landing: it cannot be read before the commit`)
      return await read(text, parameters)
    }
    if (query.kind === 'InsertQueryNode') {
      const name = tableOf(query)
      changed.add(name)
      await append({ database: project, schema: stateDataset, name }, batchOf(name, query))
    } else {
      changed.add(/`\.`(\w+)`/.exec(text)?.[1] ?? '')
      record(withLiterals(text, parameters))
    }
    return { columns: [], rows: [] }
  })
}

function tableOf({ into }: InsertQueryNode): keyof StateTables {
  const name = into?.table.identifier.name ?? ''
  if (!Object.hasOwn(stateColumns, name)) throw new Error(`there is no state table ${name}`)
  return name as keyof StateTables
}

function batchOf(table: keyof StateTables, { columns = [], values }: InsertQueryNode): Batch {
  if (values?.kind !== 'ValuesNode' || !('values' in values))
    throw new Error('only rows of values are inserted')
  const rows = (values.values as readonly { readonly values: readonly unknown[] }[]).map((row) =>
    row.values.map((value) => (isValueNode(value) ? value.value : value)),
  )
  const types: Readonly<Record<string, readonly [string, string?]>> = stateColumns[table]
  return {
    length: rows.length,
    columns: columns.map(({ column }, index) => ({
      name: column.name,
      vector: vectorOf(
        types[column.name]?.[0] ?? '',
        rows.map((row) => row[index]),
      ),
    })),
  }
}

const isValueNode = (value: unknown): value is { readonly value: unknown } =>
  typeof value === 'object' && value !== null && 'kind' in value && value.kind === 'ValueNode'

function vectorOf(type: string, values: readonly unknown[]): Vector {
  const valid = Uint8Array.from(values, (value) => (value === null || value === undefined ? 0 : 1))
  switch (type) {
    case 'INT64':
      return {
        kind: 'INT64',
        valid,
        values: BigInt64Array.from(values, (value) => BigInt((value as bigint) ?? 0n)),
      }
    case 'BOOL':
      return { kind: 'BOOL', valid, values: Uint8Array.from(values, (value) => (value === true ? 1 : 0)) }
    case 'TIMESTAMP':
      return {
        kind: 'TIMESTAMP',
        valid,
        values: BigInt64Array.from(values, (value) =>
          value instanceof Date ? BigInt(value.getTime()) * 1000n : 0n,
        ),
      }
    default:
      return texts(
        valid,
        values.map((value) => (typeof value === 'string' ? value : '')),
      )
  }
}

function texts(valid: Uint8Array, values: readonly string[]): Vector {
  const encoded = values.map((value) => Buffer.from(value))
  const offsets = new Uint32Array(encoded.length + 1)
  encoded.forEach((bytes, index) => {
    offsets[index + 1] = (offsets[index] ?? 0) + bytes.length
  })
  return { kind: 'STRING', valid, offsets, bytes: Buffer.concat(encoded) }
}

/** A script's statements share one list of parameters, so that each has its values in its own text instead. */
function withLiterals(text: string, parameters: readonly QueryParameter[]): string {
  let next = 0
  return text.replace(/\?/g, () => {
    const parameter = parameters[next++]
    if (parameter === undefined) throw new Error('a statement has fewer parameters than places for them')
    return literal(parameter.value, parameter.type.kind)
  })
}

function literal(value: Value, kind: string): string {
  if (kind === 'TIMESTAMP') return `TIMESTAMP ${sqlText(String(value))}`
  return typeof value === 'string' ? sqlText(value) : String(value).toUpperCase()
}
