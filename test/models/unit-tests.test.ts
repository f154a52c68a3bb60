import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type CompiledProject, compile } from '../../runner/project/compile/compile.ts'
import type { Warehouse } from '../../runner/warehouse/warehouse.ts'
import { root } from './model-project.ts'
import { openTestWarehouse } from './test-warehouse.ts'

let warehouse: Warehouse
let compiled: CompiledProject

beforeAll(async () => {
  warehouse = await openTestWarehouse()
  compiled = await compile(root)
})
afterAll(() => warehouse.close())

describe("the project's own unit tests", () => {
  test('cover every model of the analytics, every current table, and of the layers that all tables share one each', () => {
    const tested = new Set(compiled.unitTests.map(({ target }) => `${target?.schema}.${target?.name}`))
    const models = compiled.actions
      .filter(({ kind, tags }) => (kind === 'table' || kind === 'view') && !tags.includes('history'))
      .map(({ target }) => `${target.schema}.${target.name}`)
    expect(models.filter((model) => !tested.has(model))).toEqual([])
    expect(tested.has('world_x.city_history')).toBe(true)
    expect(
      compiled.unitTests.filter(({ incremental }) => incremental).map(({ target }) => target?.name),
    ).toEqual(['city_log', 'country_state', 'country_versions'])
  })

  test('are of models whose every column is described', async () => {
    const undescribed: string[] = []
    for (const { target, expectedQuery } of compiled.unitTests) {
      const model = compiled.actions.find(
        (action) => action.target.schema === target?.schema && action.target.name === target.name,
      )
      if (model === undefined || !/_(?:analytics|ops)$/.test(model.target.schema)) continue
      const described = new Set(
        model.columns.filter(({ description }) => description).map(({ path }) => path?.[0]),
      )
      const { columns } = await warehouse.dryRun(expectedQuery)
      for (const { name } of columns)
        if (!described.has(name)) undescribed.push(`${model.target.name}.${name}`)
    }
    expect(undescribed).toEqual([])
  })

  // Dataform compares rows in the order in which they come.
  test('hold, row by row in order', async () => {
    const inOrder = async (query: string) => {
      const { columns, rows } = await warehouse.execute(query)
      const names = columns.map(({ name }) => name)
      return rows.map((row) => Object.fromEntries(names.map((name, at) => [name, row[at]])))
    }
    for (const { name, testQuery, expectedQuery } of compiled.unitTests) {
      const actual = await inOrder(testQuery)
      expect({ name, rows: actual }).toEqual({ name, rows: await inOrder(expectedQuery) })
    }
  })
})
