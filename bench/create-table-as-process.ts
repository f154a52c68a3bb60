/**
 * `CREATE TABLE AS` from each Parquet file of a folder into a new DuckDB file; prints the seconds. With `defaults` as DuckDB
 * comes, else in the storage format that streamform's warehouse has.
 */
import { readdirSync, rmSync } from 'node:fs'
import { basename, join } from 'node:path'
import { DuckDBInstance } from '@duckdb/node-api'
import { openDatabase } from '../runner/warehouse/duckdb/database.ts'

const [folder = '', file = '', settings] = process.argv.slice(2)
rmSync(file, { force: true })
const database = settings === 'defaults' ? await DuckDBInstance.create(file) : await openDatabase(file)
const connection = await database.connect()
const began = performance.now()
for (const name of readdirSync(folder)) {
  await connection.run(
    `create table "${basename(name, '.parquet')}" as from read_parquet('${join(folder, name)}')`,
  )
}
console.log(JSON.stringify({ seconds: (performance.now() - began) / 1000 }))
