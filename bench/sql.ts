import type { Catalog, CatalogTable } from '../runner/googlesql/catalog.ts'
import { compileStatement } from '../runner/googlesql/compile.ts'
import { parse } from '../runner/googlesql/parse/index.ts'
import type { SqlType } from '../runner/googlesql/types/type.ts'
import { type BenchResult, median } from './bench.ts'
import { model } from './sql-model.ts'

const models = 1000
const project = 'bench'

/**
 * Compiling a model of 63 lines (parse, resolve, lower): 1,000 different ones in a process that has not compiled yet,
 * and one when the process is warm. No result is cached. Processor time, helpers of the garbage collector included: a
 * machine that is busy with something else does not count.
 */
export async function run(): Promise<BenchResult> {
  const cold = timed(models, (index) => compiled(model(index))) * models
  const warm = median(Array.from({ length: 5 }, () => timed(200, (index) => compiled(model(index)))))
  const parsing = median(Array.from({ length: 5 }, () => timed(200, (index) => parse(model(index)))))
  return {
    title: `compiling a model of ${model(0).trim().split('\n').length} lines`,
    lines: [
      { what: `${models} different models, cold`, value: cold, unit: 's', limit: { most: 1.5 } },
      { what: 'a model, warm', value: warm, unit: 's', limit: { most: 0.002 } },
      { what: 'of that, parsing', value: parsing, unit: 's' },
    ],
  }
}

function compiled(text: string): void {
  const { statements, problems } = parse(text)
  const [statement] = statements
  if (statement === undefined) throw problems[0] ?? new Error('no statement')
  const { steps } = compileStatement(text, statement, catalog, { defaults: { project, dataset: undefined } })
  if (steps.length !== 1) throw new Error('one statement was expected')
}

/** Seconds of processor time for one call. */
function timed(calls: number, work: (index: number) => void): number {
  const start = process.cpuUsage()
  for (let index = 0; index < calls; index++) work(index)
  const { user, system } = process.cpuUsage(start)
  return (user + system) / 1_000_000 / calls
}

const columns: Readonly<
  Record<string, Readonly<Record<string, Exclude<SqlType['kind'], 'ARRAY' | 'STRUCT' | 'RANGE'>>>>
> = {
  orders: {
    order_id: 'INT64',
    customer_id: 'INT64',
    status: 'STRING',
    created_at: 'TIMESTAMP',
    payload: 'JSON',
  },
  order_lines: { order_id: 'INT64', sku: 'STRING', quantity: 'INT64', unit_price: 'NUMERIC' },
  customers: { customer_id: 'INT64', email: 'STRING', country: 'STRING', updated_at: 'TIMESTAMP' },
}

const tables: readonly CatalogTable[] = Object.entries(columns).map(([name, kinds]) => ({
  target: { database: project, schema: 'shop', name },
  kind: 'TABLE',
  columns: Object.entries(kinds).map(([column, kind]) => ({ name: column, type: { kind } })),
}))

const catalog: Catalog = {
  version: '1',
  table: ({ schema, name }) =>
    schema === 'shop' ? tables.find(({ target }) => target.name === name) : undefined,
  spelling: () => undefined,
  routine: () => undefined,
  hasDataset: (_database, schema) => schema === 'shop',
  tables: () => tables,
  routines: () => [],
  datasets: () => ['shop'],
}
