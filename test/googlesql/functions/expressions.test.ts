import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openDuckDbWarehouse } from '../../../runner/warehouse/duckdb/warehouse.ts'
import type { Warehouse } from '../../../runner/warehouse/warehouse.ts'
import type { Case } from './case.ts'
import { ourOutcome, sameOutcome, showOutcome } from './outcome.ts'

const folder = join(import.meta.dirname, 'cases')
const families = await Promise.all(
  readdirSync(folder).map(async (file) => {
    const { cases } = (await import(join(folder, file))) as { readonly cases: readonly Case[] }
    return { name: file.replace('.ts', ''), cases }
  }),
)

let warehouse: Warehouse

beforeAll(async () => {
  warehouse = await openDuckDbWarehouse({ path: ':memory:', defaultProject: 'p' })
})

afterAll(() => warehouse.close())

/** What differs, as text; empty if all is as expected. */
async function differences(cases: readonly Case[]): Promise<readonly string[]> {
  const found: string[] = []
  for (const [expression, expected] of cases) {
    const ours = await ourOutcome(warehouse, `SELECT ${expression}`)
    const wanted =
      'error' in expected ? expected : { types: expected.types.split(', '), values: expected.values }
    const sameTypes = 'error' in expected || ours.types?.join(', ') === expected.types
    const untyped = { ...ours, types: 'types' in wanted ? wanted.types : [] }
    const same = sameTypes && sameOutcome('error' in expected ? ours : untyped, wanted)
    const sameMessage = !('error' in expected) || expected.error === '' || ours.error === expected.error
    if (!same || !sameMessage)
      found.push(`${expression}\n  gave ${showOutcome(ours)}\n  for  ${showOutcome(wanted)}`)
  }
  return found
}

describe('expressions give what GoogleSQL gives', () => {
  test.each(families)('$name', async ({ cases }) => {
    expect(cases.length).toBeGreaterThan(0)
    expect(await differences(cases)).toEqual([])
  })
})
