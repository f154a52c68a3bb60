/** Sends the statements of a JSON file to a new DuckDB file, one after another: the least that a run can cost. */
import { readFileSync, rmSync } from 'node:fs'
import { DuckDBInstance } from '@duckdb/node-api'

const [file = ''] = process.argv.slice(2)
for (const name of ['bare.duckdb', 'bare.duckdb.wal']) rmSync(name, { force: true })
const instance = await DuckDBInstance.create('bare.duckdb')
const connection = await instance.connect()
await connection.run('create schema "p.d"')
for (const statement of JSON.parse(readFileSync(file, 'utf8')) as string[]) await connection.run(statement)
connection.closeSync()
instance.closeSync()
