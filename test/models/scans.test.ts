import { expect, test } from 'vitest'
import type { ExistingTable } from '../../runner/execute/plan.ts'
import { planAction } from '../../runner/execute/plan.ts'
import { compile } from '../../runner/project/compile/compile.ts'
import type { Action } from '../../runner/project/compile/compiled-graph.ts'
import { modelsOf, root } from './model-project.ts'
import { scansOf } from './scans.ts'

const existing: ExistingTable = {
  kind: 'TABLE',
  columns: [{ name: 'x', type: { kind: 'INT64' }, mode: 'NULLABLE' }],
}

/** The script that an increment is, for any columns. */
const increment = (action: Action): string => {
  const { statements } = planAction(action, { existing, fullRefresh: false, incoming: existing.columns })
  expect(statements).toHaveLength(1)
  return statements[0]?.text ?? ''
}

test('every increment of world_x names, by constants, the partitions of each partitioned table that it reads', async () => {
  const { actions } = await compile(root)
  const increments = actions.filter(({ incremental }) => incremental !== undefined)
  const partitioned = partitionColumns(actions)
  expect([...partitioned.keys()].sort()).toEqual(
    ['city', 'country', 'countryinfo', 'countrylanguage']
      .flatMap((name) => [`world_x.${name}_log`, `world_x.${name}_versions`, `world_x_raw.${name}`])
      .sort(),
  )
  const scans = increments.flatMap((action) =>
    scansOf(increment(action), partitioned).map((scan) => ({ model: action.target.name, ...scan })),
  )
  expect(scans.filter(({ prunedBy }) => prunedBy === undefined)).toEqual([])
  const places = new Map(
    increments.map(({ target: { name } }) => [name, scans.filter(({ model }) => model === name).length]),
  )
  expect(Object.fromEntries([...places].filter(([name]) => name.startsWith('city')))).toEqual({
    city_landings: 1,
    city_log: 8,
    city_state: 5,
    city_versions: 10,
  })
})

test('so does every increment of a table with a retention, whatever its key', async () => {
  const models = await modelsOf({
    brief: { key: ['id', 'part'], retentionDays: 10, backfillMarginMinutes: 0 },
    journal: {},
  })
  const actions = [...models.values()]
  const partitioned = new Map([
    ...partitionColumns(actions),
    ['shop_raw.brief', '_loaded_at'],
    ['shop_raw.journal', '_loaded_at'],
  ])
  const scans = actions
    .filter((action) => action.incremental !== undefined)
    .flatMap((action) => scansOf(increment(action), partitioned))
  expect([scans.length > 30, scans.filter(({ prunedBy }) => prunedBy === undefined)]).toEqual([true, []])
})

/** Logs are partitioned by the day of their events, raw tables by the day of their landing (docs/cost.md). */
function partitionColumns(actions: readonly Action[]): ReadonlyMap<string, string> {
  return new Map(
    actions.flatMap(({ target: { schema, name }, kind, partitionBy }): [string, string][] => {
      const column = /^DATE\((\w+)\)$/.exec(partitionBy ?? '')?.[1]
      if (column !== undefined) return [[`${schema}.${name}`, column]]
      return kind === 'declaration' && schema.endsWith('_raw') ? [[`${schema}.${name}`, '_loaded_at']] : []
    }),
  )
}

test('a scan that a subquery limits, or that a condition may miss, is told', () => {
  const tables = new Map([['d.t', 'ts']])
  const pruned = (sql: string) =>
    scansOf(`DECLARE x TIMESTAMP; ${sql}`, tables).map(({ prunedBy }) => prunedBy)
  expect(pruned('SELECT 1 FROM p.d.t WHERE ts > x AND y = 1')).toEqual(['ts > x'])
  expect(pruned('SELECT 1 FROM p.d.t WHERE ts > (SELECT MAX(z) FROM p.d.u)')).toEqual([undefined])
  expect(pruned('SELECT 1 FROM p.d.t WHERE ts > x OR y = 1')).toEqual([undefined])
  expect(pruned('SELECT 1 FROM p.d.t WHERE ts > x OR ts IS NULL')).toEqual(['ts > x OR ts IS NULL'])
  expect(pruned('SELECT 1 FROM p.d.t WHERE ts > y')).toEqual([undefined])
  expect(pruned('SELECT (SELECT MAX(ts) FROM p.d.t)')).toEqual([undefined])
})
