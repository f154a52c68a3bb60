import {
  type CompiledQuery,
  type DatabaseConnection,
  DefaultQueryCompiler,
  type Dialect,
  DialectAdapterBase,
  type Driver,
  Kysely,
  PostgresIntrospector,
  type QueryResult,
} from 'kysely'
import { sqlDataset, sqlName, sqlTable } from '../../googlesql/quote.ts'
import type { QueryParameter, StatementResult, Value } from '../../googlesql/result.ts'
import type { SqlType } from '../../googlesql/types/type.ts'
import { type StateTables, stateDataset } from '../state.ts'

/** Runs one statement, its parameters by position. */
export type RunStatement = (text: string, parameters: readonly QueryParameter[]) => Promise<StatementRows>

export type StatementRows = Pick<StatementResult, 'columns' | 'rows' | 'affectedRows'>

/** The same, told too what the statement was made of. */
type RunQuery = (
  text: string,
  parameters: readonly QueryParameter[],
  query: CompiledQuery['query'],
) => Promise<StatementRows>

/**
 * streamform's own tables as typed queries in BigQuery's SQL. INT64 is a bigint, TIMESTAMP a Date (to the millisecond).
 *
 * @param project the project of dataset `streamform`
 * @example await stateOver('shop', run).selectFrom('files').selectAll().execute()
 */
export function stateOver(project: string, run: RunQuery): Kysely<StateTables> {
  const dialect: Dialect = {
    createAdapter: () => new BigQueryAdapter(),
    createDriver: () => new StatementDriver(run),
    createQueryCompiler: () => new BigQueryCompiler(),
    // Never asked: the tables are known.
    createIntrospector: (db) => new PostgresIntrospector(db),
  }
  return new Kysely<StateTables>({ dialect }).withSchema(`${project}.${stateDataset}`)
}

class BigQueryAdapter extends DialectAdapterBase {
  override get supportsTransactionalDdl(): boolean {
    return false
  }

  override get supportsReturning(): boolean {
    return false
  }

  override async acquireMigrationLock(): Promise<void> {}
  override async releaseMigrationLock(): Promise<void> {}
}

class BigQueryCompiler extends DefaultQueryCompiler {
  protected override getCurrentParameterPlaceholder(): string {
    return '?'
  }

  protected override getLeftIdentifierWrapper(): string {
    return '`'
  }

  protected override getRightIdentifierWrapper(): string {
    return '`'
  }

  protected override sanitizeIdentifier(identifier: string): string {
    return sqlName(identifier).slice(1, -1)
  }

  /** A parameter has a type, which NULL does not tell. */
  protected override appendValue(parameter: unknown): void {
    if (parameter === null) this.append('NULL')
    else super.appendValue(parameter)
  }
}

/** Every query is a job of its own: there is nothing to connect to. */
class StatementDriver implements Driver {
  private readonly connection: StatementConnection

  constructor(run: RunQuery) {
    this.connection = new StatementConnection(run)
  }

  async init(): Promise<void> {}

  async acquireConnection(): Promise<DatabaseConnection> {
    return this.connection
  }

  async releaseConnection(): Promise<void> {}

  async beginTransaction(): Promise<void> {
    throw new Error('a transaction on BigQuery is one script: use a landing')
  }

  async commitTransaction(): Promise<void> {}
  async rollbackTransaction(): Promise<void> {}
  async destroy(): Promise<void> {}
}

class StatementConnection implements DatabaseConnection {
  private readonly run: RunQuery

  constructor(run: RunQuery) {
    this.run = run
  }

  async executeQuery<Row>({ sql, parameters, query }: CompiledQuery): Promise<QueryResult<Row>> {
    const { columns, rows, affectedRows } = await this.run(sql, parameters.map(parameterOf), query)
    return {
      rows: rows.map(
        (row) =>
          Object.fromEntries(
            columns.map(({ name, type }, index) => [name, plainValue(row[index] ?? null, type)]),
          ) as Row,
      ),
      ...(affectedRows === undefined ? {} : { numAffectedRows: BigInt(affectedRows) }),
    }
  }

  async *streamQuery<Row>(query: CompiledQuery): AsyncIterableIterator<QueryResult<Row>> {
    yield await this.executeQuery<Row>(query)
  }
}

function parameterOf(value: unknown): QueryParameter {
  if (typeof value === 'string') return { type: { kind: 'STRING' }, value }
  if (typeof value === 'bigint') return { type: { kind: 'INT64' }, value }
  if (typeof value === 'boolean') return { type: { kind: 'BOOL' }, value }
  if (Number.isSafeInteger(value)) return { type: { kind: 'INT64' }, value: BigInt(value as number) }
  if (value instanceof Date) return { type: { kind: 'TIMESTAMP' }, value: value.toISOString() }
  throw new Error(`state tables have no values of this kind: ${Object.prototype.toString.call(value)}`)
}

function plainValue(value: Value, type: SqlType): unknown {
  return type.kind === 'TIMESTAMP' && typeof value === 'string' ? new Date(value) : value
}

type Columns<Table> = Readonly<Record<keyof Table, readonly [type: string, required?: 'NOT NULL']>>

/** The columns of the state tables. */
export const stateColumns: { readonly [Name in keyof StateTables]: Columns<StateTables[Name]> } = {
  files: {
    name: ['STRING', 'NOT NULL'],
    generation: ['STRING', 'NOT NULL'],
    status: ['STRING', 'NOT NULL'],
    raw_table: ['STRING'],
    rows: ['INT64', 'NOT NULL'],
    dead_letters: ['INT64', 'NOT NULL'],
    bytes: ['INT64', 'NOT NULL'],
    min_source_timestamp: ['TIMESTAMP'],
    max_source_timestamp: ['TIMESTAMP'],
    seen_at: ['TIMESTAMP', 'NOT NULL'],
    landed_at: ['TIMESTAMP'],
    late: ['BOOL', 'NOT NULL'],
    reason: ['STRING'],
  },
  schemas: {
    raw_table: ['STRING', 'NOT NULL'],
    fingerprint: ['STRING', 'NOT NULL'],
    schema: ['STRING', 'NOT NULL'],
    source_database: ['STRING', 'NOT NULL'],
    source_table: ['STRING', 'NOT NULL'],
    first_file: ['STRING', 'NOT NULL'],
    first_seen_at: ['TIMESTAMP', 'NOT NULL'],
  },
  dead_letters: {
    id: ['STRING', 'NOT NULL'],
    file: ['STRING', 'NOT NULL'],
    generation: ['STRING', 'NOT NULL'],
    row: ['INT64', 'NOT NULL'],
    raw_table: ['STRING', 'NOT NULL'],
    column: ['STRING'],
    reason: ['STRING', 'NOT NULL'],
    event: ['STRING', 'NOT NULL'],
    fingerprint: ['STRING'],
    status: ['STRING', 'NOT NULL'],
    attempts: ['INT64', 'NOT NULL'],
    created_at: ['TIMESTAMP', 'NOT NULL'],
    settled_at: ['TIMESTAMP'],
  },
  runs: {
    id: ['STRING', 'NOT NULL'],
    command: ['STRING', 'NOT NULL'],
    status: ['STRING', 'NOT NULL'],
    started_at: ['TIMESTAMP', 'NOT NULL'],
    ended_at: ['TIMESTAMP'],
    folder: ['STRING', 'NOT NULL'],
  },
}

/** What queries ask by: BigQuery then reads few blocks of a ledger that has millions of files. */
const clustered: Readonly<Partial<Record<keyof StateTables, string>>> = {
  files: 'name',
  dead_letters: 'status, id',
}

/** The script that creates the state tables where they are missing; it may run any number of times, and at once. */
export function createStateTables(project: string): string {
  const dataset = { database: project, schema: stateDataset }
  return [
    `CREATE SCHEMA IF NOT EXISTS ${sqlDataset(dataset)}`,
    ...Object.entries(stateColumns).map(([name, columns]) => {
      const definitions = Object.entries(columns).map(
        ([column, type]) => `${sqlName(column)} ${type.join(' ')}`,
      )
      const by = clustered[name as keyof StateTables]
      return `CREATE TABLE IF NOT EXISTS ${sqlTable({ ...dataset, name })} (${definitions.join(', ')})${by === undefined ? '' : ` CLUSTER BY ${by}`}`
    }),
    '',
  ].join(';\n')
}
