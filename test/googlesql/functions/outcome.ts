import { typeName } from '../../../runner/googlesql/types/print.ts'
import type { Warehouse } from '../../../runner/warehouse/warehouse.ts'

/** What a query gave: one row's values and their types, or an error. */
export interface Outcome {
  readonly types?: readonly string[]
  readonly values?: readonly unknown[]
  readonly error?: string
}

/** Runs a query of one row on the embedded warehouse. */
export async function ourOutcome(warehouse: Warehouse, query: string): Promise<Outcome> {
  try {
    const result = await warehouse.execute(query)
    return {
      types: result.columns.map((column) => typeName(column.type)),
      values: (result.rows[0] ?? []).map((value) => comparable(value)),
    }
  } catch (error) {
    return { error: error instanceof Error ? error.message : String(error) }
  }
}

/** A value in the form that both sides share: INT64 as text, BYTES in base64, STRUCT as a list, fractions without zeros at the end. */
export function comparable(value: unknown): unknown {
  if (typeof value === 'bigint') return value.toString()
  if (typeof value === 'number') return Number.isFinite(value) ? value : String(value)
  if (value instanceof Uint8Array) return Buffer.from(value).toString('base64')
  if (Array.isArray(value)) return value.map(comparable)
  if (typeof value === 'object' && value !== null) return Object.values(value).map(comparable)
  if (typeof value === 'string' && /^\[.*, .*\)$/.test(value)) {
    return value.replace(/(\.\d*?)0+(?=[+,)])/g, '$1')
  }
  if (typeof value === 'string' && /^\d{4}-\d\d-\d\dT|^\d\d:\d\d:\d\d\./.test(value)) {
    return value.replace(/(\.\d*?)0+(Z?)$/, '$1$2').replace(/\.(Z?)$/, '$1')
  }
  return value
}

/** Errors are the same whatever they say; numbers to 1e-12. A NULL array is an empty one in a result. */
export function sameOutcome(ours: Outcome, theirs: Outcome): boolean {
  if (ours.error !== undefined || theirs.error !== undefined) {
    return ours.error !== undefined && theirs.error !== undefined
  }
  const names = (types: readonly string[] | undefined) =>
    (types ?? []).map((type) => type.replace(/`/g, '')).join()
  return names(ours.types) === names(theirs.types) && sameValue(ours.values, theirs.values)
}

function sameValue(a: unknown, b: unknown): boolean {
  if (Array.isArray(a) && Array.isArray(b)) {
    return a.length === b.length && a.every((item, index) => sameValue(item, b[index]))
  }
  if (a === null && Array.isArray(b)) return b.length === 0
  if (a === null || b === null) return a === b
  if (typeof a === 'number' || typeof b === 'number') {
    const [x, y] = [Number(a), Number(b)]
    const near = Math.abs(x - y) <= 1e-12 * Math.max(Math.abs(x), Math.abs(y))
    return (
      x === y || (near && Number.isFinite(x) && Number.isFinite(y)) || (Number.isNaN(x) && Number.isNaN(y))
    )
  }
  return a === b
}

export function showOutcome(outcome: Outcome): string {
  if (outcome.error !== undefined) return `error: ${outcome.error.split('\n')[0]}`
  return `${JSON.stringify(outcome.values)} ${outcome.types?.join(', ')}`
}
