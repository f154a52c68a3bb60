import { afterEach } from 'vitest'
import type { Value } from '../../runner/googlesql/result.ts'
import { Problem } from '../../runner/problem.ts'
import { openDuckDbWarehouse } from '../../runner/warehouse/duckdb/warehouse.ts'
import type { ExecuteOptions, Warehouse } from '../../runner/warehouse/warehouse.ts'

const open: Warehouse[] = []

afterEach(async () => {
  for (const warehouse of open.splice(0)) await warehouse.close()
})

/** An empty warehouse in memory with dataset `d`, closed after the test. */
export async function freshWarehouse(): Promise<Warehouse> {
  const warehouse = await openDuckDbWarehouse({ path: ':memory:', defaultProject: 'p', defaultDataset: 'd' })
  open.push(warehouse)
  await warehouse.createDataset('p', 'd')
  return warehouse
}

/** The rows of a text, INT64 as numbers so that they are easy to write down. */
export async function rowsOf(warehouse: Warehouse, text: string, options?: ExecuteOptions): Promise<unknown> {
  const { rows } = await warehouse.execute(text, options)
  return rows.map((row) => row.map(plain))
}

function plain(value: Value): unknown {
  if (typeof value === 'bigint') return Number(value)
  return Array.isArray(value) ? (value as readonly Value[]).map(plain) : value
}

/** `line:column: message` of the Problem that a text ends in. */
export async function problemOf(work: Promise<unknown>): Promise<string> {
  try {
    await work
  } catch (error) {
    if (!(error instanceof Problem)) throw error
    return error.toString()
  }
  throw new Error('a Problem was expected')
}
