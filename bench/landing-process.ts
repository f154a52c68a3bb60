/**
 * Lands a stream in a new warehouse file and prints what it took as JSON: a process of its own, so that its memory is its
 * own. Given a folder, also writes each raw table there afterwards as uncompressed Parquet, plainly encoded: the least
 * that there is to read.
 */
import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { land } from '../loaders/land.ts'
import { localStore } from '../loaders/store/local.ts'
import { openDatabase } from '../runner/warehouse/duckdb/database.ts'
import { openLanding } from '../runner/warehouse/duckdb/landing.ts'
import { duckDbState } from '../runner/warehouse/duckdb/state.ts'

const project = 'bench'
const [stream = '', file = '', parquet] = process.argv.slice(2)
rmSync(file, { force: true })
const database = await openDatabase(file)
const state = duckDbState(database, project)
const began = performance.now()
const report = await land(
  {
    store: localStore(stream),
    warehouse: { state, landing: (now) => openLanding({ database, project, now }) },
    project,
    maxDeadLetters: 0,
  },
  {
    print: () => {},
    note: () => {},
    now: () => new Date(),
    interactive: false,
    signal: new AbortController().signal,
    environment: {},
    workingFolder: '.',
  },
)
const seconds = (performance.now() - began) / 1000
const megabytes = process.resourceUsage().maxRSS / 1000
if (report.quarantined.length > 0) throw new Error(report.quarantined[0]?.reason)
if (parquet !== undefined) {
  const connection = await database.connect()
  const tables = await connection.runAndReadAll(
    `select table_name from duckdb_tables() where schema_name = '${project}.bench_raw'`,
  )
  for (const [table] of tables.getRows()) {
    await connection.run(
      `copy "${project}.bench_raw"."${table}" to '${join(parquet, `${table}.parquet`)}'
       (format parquet, compression uncompressed, dictionary_size_limit 1)`,
    )
  }
  connection.closeSync()
}
await state.destroy()
database.close()
console.log(JSON.stringify({ seconds, megabytes }))
