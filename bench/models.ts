import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Action } from '../runner/project/compile/compiled-graph.ts'
import { openDuckDbWarehouse } from '../runner/warehouse/duckdb/warehouse.ts'
import type { Warehouse } from '../runner/warehouse/warehouse.ts'
import { actionOf, build, modelsOf, project } from '../test/models/model-project.ts'
import { createRaw, rawName } from '../test/models/raw-events.ts'
import type { BenchLine, BenchResult } from './bench.ts'

/** 10,000,000 takes some ten minutes of a core, and 20 GB of disk: STREAMFORM_BENCH_KEYS=10000000. */
const keys = Number(process.env['STREAMFORM_BENCH_KEYS'] ?? 1_000_000)
const changes = keys / 1000
const most = 0.05

/** What is built from the raw table, in order, each by its own increments. */
const layers = [
  { model: 'account_landings', what: 'landings' },
  { model: 'account_log', what: 'log' },
  { model: 'account_state', what: 'state' },
  { model: 'account_versions', what: 'history' },
] as const

/**
 * What an increment costs of a rebuild: a table of keys with two events each, then changes of a thousandth of them, spread
 * over all keys and over the last day. Costs are CPU seconds of this process, so that other processes do not count.
 */
export async function run(): Promise<BenchResult> {
  const folder = mkdtempSync(join(tmpdir(), 'streamform-bench-'))
  const warehouse = await openDuckDbWarehouse({
    path: join(folder, 'bench.duckdb'),
    defaultProject: project,
    memoryLimit: '8GB',
  })
  try {
    const models = await modelsOf({ account: { key: ['id'] } })
    return await measured(warehouse, models)
  } finally {
    await warehouse.close()
    rmSync(folder, { recursive: true, force: true })
  }
}

async function measured(warehouse: Warehouse, models: ReadonlyMap<string, Action>): Promise<BenchResult> {
  await createRaw(warehouse, 'account', { id: 'INT64', name: 'STRING', amount: 'INT64', note: 'STRING' })
  await warehouse.execute(events(keys, 0))
  await warehouse.execute(events(keys, 1))
  const rebuilt = await costs(warehouse, models, true)
  await warehouse.execute(events(changes, 2))
  const increments = await costs(warehouse, models, false)
  const lines = layers.flatMap(({ what }, at): readonly BenchLine[] => {
    const [whole = 0, part = 0] = [rebuilt[at], increments[at]]
    return [
      { what: `${what}: rebuild`, value: whole, unit: 's' },
      { what: `${what}: increment`, value: part, unit: 's' },
      {
        what: `${what}: increment / rebuild`,
        value: part / whole,
        unit: 'x',
        // Landings are few rows, however they are made: what counts is that an increment takes no longer.
        ...(what === 'landings' ? {} : { limit: { most } }),
      },
    ]
  })
  return {
    title: `${changes.toLocaleString('en-US')} changes into ${keys.toLocaleString('en-US')} keys on DuckDB, in CPU seconds`,
    lines,
  }
}

async function costs(
  warehouse: Warehouse,
  models: ReadonlyMap<string, Action>,
  fullRefresh: boolean,
): Promise<readonly number[]> {
  const seconds: number[] = []
  for (const { model } of layers) {
    const before = process.cpuUsage()
    await build(warehouse, actionOf(models, model), { fullRefresh })
    const { user, system } = process.cpuUsage(before)
    seconds.push((user + system) / 1e6)
  }
  return seconds
}

/** The events of one landing: of every key, or of some, all over the keys. Landing 0 is a backfill. */
const events = (count: number, landing: number): string => `
INSERT INTO ${rawName('account')} (uuid, read_timestamp, source_timestamp, object, read_method, source_metadata, payload, _file, _row, _loaded_at)
SELECT
  GENERATE_UUID(), happened, happened, 'shop_account', '${landing === 0 ? 'mysql-backfill-fulldump' : 'mysql-cdc-binlog'}',
  STRUCT('shop' AS database, CAST(NULL AS STRING) AS schema, 'account' AS \`table\`, '${landing === 0 ? 'INSERT' : 'UPDATE-INSERT'}' AS change_type,
    FALSE AS is_deleted, ['id'] AS primary_keys, '${landing === 0 ? '' : `mysql-bin.00000${landing}`}' AS log_file, n * 100 AS log_position,
    CAST(NULL AS STRING) AS gtid, CAST(NULL AS STRING) AS binlog_file, CAST(NULL AS INT64) AS binlog_position, CAST(NULL AS STRING) AS tx_id,
    CAST(NULL AS STRING) AS lsn, CAST(NULL AS INT64) AS scn, CAST(NULL AS STRING) AS rs_id, CAST(NULL AS INT64) AS ssn,
    CAST(NULL AS STRING) AS row_id, CAST(NULL AS STRING) AS physical_location, CAST([] AS ARRAY<STRING>) AS replication_index,
    CAST(NULL AS JSON) AS extra),
  STRUCT(id, CONCAT('account ', CAST(id AS STRING)) AS name, n * 7 AS amount, REPEAT('x', 20) AS note),
  'landing ${landing}', n, TIMESTAMP_ADD(TIMESTAMP '2024-06-30 00:00:00+00', INTERVAL ${landing} HOUR)
FROM (
  SELECT
    n,
    ${count === keys ? 'n' : `n * ${keys / count}`} AS id,
    ${
      landing === 0
        ? "TIMESTAMP '2024-05-31 00:00:00+00'"
        : landing === 1
          ? `TIMESTAMP_ADD(TIMESTAMP '2024-06-01 00:00:00+00', INTERVAL CAST(n * 2500000 / ${count} AS INT64) SECOND)`
          : `TIMESTAMP_ADD(TIMESTAMP '2024-06-30 00:00:00+00', INTERVAL CAST(n * 3600 / ${count} AS INT64) SECOND)`
    } AS happened
  FROM (
    SELECT thousand * ${Math.min(1000, count)} + one AS n
    FROM UNNEST(GENERATE_ARRAY(0, ${Math.ceil(count / 1000) - 1})) AS thousand, UNNEST(GENERATE_ARRAY(1, ${Math.min(1000, count)})) AS one
  )
)`
