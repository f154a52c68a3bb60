import {
  BIGINT,
  BOOLEAN,
  DOUBLE,
  type DuckDBConnection,
  DuckDBTimestampTZValue,
  type DuckDBType,
  type DuckDBValue,
  TIMESTAMPTZ,
  VARCHAR,
} from '@duckdb/node-api'
import {
  CompiledQuery,
  type DatabaseConnection,
  type Dialect,
  DialectAdapterBase,
  type Driver,
  Kysely,
  PostgresIntrospector,
  PostgresQueryCompiler,
  type QueryResult,
} from 'kysely'
import { physicalSchema } from '../../googlesql/lower/identifier.ts'
import { type StateTables, stateDataset } from '../state.ts'
import type { Database } from './database.ts'
import { storageProblem } from './storage-problem.ts'

/**
 * streamform's own tables as typed queries. The tables are created at the first query; each query or transaction has a
 * connection of its own. INT64 is a bigint, TIMESTAMP a Date (to the millisecond, UTC).
 *
 * @example await duckDbState(database, 'my-project').selectFrom('files').selectAll().execute()
 */
export function duckDbState(database: Database, project: string): Kysely<StateTables> {
  const connect = async () => {
    const connection = await database.connect()
    await createStateTables(database, connection, project)
    return connection
  }
  return kyselyOn(new PooledDriver(connect), project)
}

/** The same tables, on one connection and inside whatever transaction it is in. */
export function stateOn(connection: DuckDBConnection, project: string): Kysely<StateTables> {
  return kyselyOn(new SingleDriver(connection), project)
}

function kyselyOn(driver: Driver, project: string): Kysely<StateTables> {
  const dialect: Dialect = {
    createAdapter: () => new DuckDbAdapter(),
    createDriver: () => driver,
    // DuckDB speaks PostgreSQL's SQL, `$1` parameters included.
    createQueryCompiler: () => new PostgresQueryCompiler(),
    createIntrospector: (db) => new PostgresIntrospector(db),
  }
  return new Kysely<StateTables>({ dialect }).withSchema(`${project}.${stateDataset}`)
}

class DuckDbAdapter extends DialectAdapterBase {
  override get supportsTransactionalDdl(): boolean {
    return true
  }

  override get supportsReturning(): boolean {
    return true
  }

  // Migrations are not used; only one process at a time can write to the file.
  override async acquireMigrationLock(): Promise<void> {}
  override async releaseMigrationLock(): Promise<void> {}
}

/** Keeps connections that are not in use for the next query. */
class PooledDriver implements Driver {
  private readonly connect: () => Promise<DuckDBConnection>
  private readonly idle: StateConnection[] = []

  constructor(connect: () => Promise<DuckDBConnection>) {
    this.connect = connect
  }

  async init(): Promise<void> {}

  async acquireConnection(): Promise<DatabaseConnection> {
    return this.idle.pop() ?? new StateConnection(await this.connect())
  }

  async releaseConnection(connection: DatabaseConnection): Promise<void> {
    this.idle.push(connection as StateConnection)
  }

  async beginTransaction(connection: DatabaseConnection): Promise<void> {
    await connection.executeQuery(CompiledQuery.raw('begin'))
  }

  async commitTransaction(connection: DatabaseConnection): Promise<void> {
    await connection.executeQuery(CompiledQuery.raw('commit'))
  }

  async rollbackTransaction(connection: DatabaseConnection): Promise<void> {
    await connection.executeQuery(CompiledQuery.raw('rollback'))
  }

  async destroy(): Promise<void> {
    for (const { connection } of this.idle.splice(0)) connection.closeSync()
  }
}

/** Somebody else's connection, in somebody else's transaction. */
class SingleDriver implements Driver {
  private readonly connection: StateConnection

  constructor(connection: DuckDBConnection) {
    this.connection = new StateConnection(connection)
  }

  async init(): Promise<void> {}

  async acquireConnection(): Promise<DatabaseConnection> {
    return this.connection
  }

  async releaseConnection(): Promise<void> {}

  async beginTransaction(): Promise<void> {
    throw new Error('this connection is in a transaction already')
  }

  async commitTransaction(): Promise<void> {}
  async rollbackTransaction(): Promise<void> {}
  async destroy(): Promise<void> {}
}

class StateConnection implements DatabaseConnection {
  readonly connection: DuckDBConnection

  constructor(connection: DuckDBConnection) {
    this.connection = connection
  }

  async executeQuery<Row>({ sql, parameters }: CompiledQuery): Promise<QueryResult<Row>> {
    const bound = parameters.map(parameterOf)
    const result = await this.connection
      .runAndReadAll(
        sql,
        bound.map(({ value }) => value),
        bound.map(({ type }) => type),
      )
      .catch((error: unknown) => {
        throw storageProblem(error) ?? error
      })
    const names = result.deduplicatedColumnNames()
    const rows = result.getRows().map((row) => {
      return Object.fromEntries(names.map((name, index) => [name, plainValue(row[index] ?? null)])) as Row
    })
    return { rows, numAffectedRows: BigInt(result.rowsChanged) }
  }

  async *streamQuery<Row>(query: CompiledQuery): AsyncIterableIterator<QueryResult<Row>> {
    yield await this.executeQuery<Row>(query)
  }
}

interface Bound {
  readonly value: DuckDBValue
  readonly type: DuckDBType
}

function parameterOf(value: unknown): Bound {
  switch (typeof value) {
    case 'string':
      return { value, type: VARCHAR }
    case 'bigint':
      return { value, type: BIGINT }
    case 'boolean':
      return { value, type: BOOLEAN }
    case 'number':
      return Number.isSafeInteger(value) ? { value: BigInt(value), type: BIGINT } : { value, type: DOUBLE }
  }
  if (value === null || value === undefined) return { value: null, type: VARCHAR }
  if (value instanceof Date) {
    return { value: new DuckDBTimestampTZValue(BigInt(value.getTime()) * 1000n), type: TIMESTAMPTZ }
  }
  throw new Error(`state tables have no values of this kind: ${Object.prototype.toString.call(value)}`)
}

function plainValue(value: DuckDBValue): unknown {
  if (value instanceof DuckDBTimestampTZValue) return new Date(Number(value.micros / 1000n))
  return value
}

const created = new WeakMap<Database, Map<string, Promise<void>>>()

/** Once for each open database, however many ask at once. */
async function createStateTables(
  database: Database,
  connection: DuckDBConnection,
  project: string,
): Promise<void> {
  if (database.readOnly) return
  const projects = created.get(database) ?? new Map<string, Promise<void>>()
  created.set(database, projects)
  const running = projects.get(project) ?? runAll(connection, stateStatements(project))
  projects.set(project, running)
  try {
    await running
  } catch (error) {
    projects.delete(project)
    throw error
  }
}

/** Creates the state tables on a connection that is in no transaction. */
export async function ensureState(database: Database, project: string): Promise<void> {
  const connection = await database.connect()
  try {
    await createStateTables(database, connection, project)
  } finally {
    connection.closeSync()
  }
}

async function runAll(connection: DuckDBConnection, statements: readonly string[]): Promise<void> {
  for (const statement of statements) await connection.run(statement)
}

/** No keys or indexes: rows are few for each key, and DuckDB's indexes are read whole when the file opens. */
function stateStatements(project: string): string[] {
  const schema = physicalSchema({ database: project, schema: stateDataset })
  return [
    `create schema if not exists ${schema}`,
    ...Object.entries(tables).map(
      ([name, columns]) => `create table if not exists ${schema}.${name} (${columns.join(', ')})`,
    ),
    // Warehouses of before this column was.
    `alter table ${schema}.dead_letters add column if not exists fingerprint varchar`,
  ]
}

const tables: Readonly<Record<keyof StateTables, readonly string[]>> = {
  files: [
    'name varchar not null',
    'generation varchar not null',
    'status varchar not null',
    'raw_table varchar',
    'rows bigint not null',
    'dead_letters bigint not null',
    'bytes bigint not null',
    'min_source_timestamp timestamptz',
    'max_source_timestamp timestamptz',
    'seen_at timestamptz not null',
    'landed_at timestamptz',
    'late boolean not null',
    'reason varchar',
  ],
  schemas: [
    'raw_table varchar not null',
    'fingerprint varchar not null',
    'schema varchar not null',
    'source_database varchar not null',
    'source_table varchar not null',
    'first_file varchar not null',
    'first_seen_at timestamptz not null',
  ],
  dead_letters: [
    'id varchar not null',
    'file varchar not null',
    'generation varchar not null',
    '"row" bigint not null',
    'raw_table varchar not null',
    '"column" varchar',
    'reason varchar not null',
    'event varchar not null',
    'fingerprint varchar',
    'status varchar not null',
    'attempts bigint not null',
    'created_at timestamptz not null',
    'settled_at timestamptz',
  ],
  runs: [
    'id varchar not null',
    'command varchar not null',
    'status varchar not null',
    'started_at timestamptz not null',
    'ended_at timestamptz',
    'folder varchar not null',
  ],
}
