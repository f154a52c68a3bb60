import type { Warehouse } from '../../runner/warehouse/warehouse.ts'
import { project } from './model-project.ts'

/** An embedded warehouse that holds nothing and ends with the test. */
export async function openTestWarehouse(): Promise<Warehouse> {
  const { openWarehouse } = await import('../../runner/warehouse/open.ts')
  return openWarehouse({ kind: 'duckdb', path: ':memory:', defaultProject: project })
}
