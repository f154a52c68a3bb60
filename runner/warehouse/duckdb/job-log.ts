import type { DuckDBConnection } from '@duckdb/node-api'
import { physicalSchema } from '../../googlesql/lower/identifier.ts'
import { stateDataset } from '../state.ts'

/** One execution that had a name, as `INFORMATION_SCHEMA.JOBS` tells it. */
export interface LoggedJob {
  readonly id: string
  readonly labels: Readonly<Record<string, string>>
  readonly query: string
  /** undefined: it failed. */
  readonly statementType: string | undefined
  readonly started: Date
  readonly ended: Date
  readonly error: string | undefined
}

/** Days that BigQuery tells of a job; here before the newest one (https://cloud.google.com/bigquery/docs/information-schema-jobs#data_retention). */
const KEPT_DAYS = 180

/**
 * The jobs of a warehouse, in its table `streamform.jobs`. They are written together when somebody asks for them and when
 * the warehouse closes: a row for each statement would cost more than many a statement does. What a killed process had not
 * written is in its run's results.
 */
export class JobLog {
  readonly #schema: string
  #waiting: LoggedJob[] = []

  constructor(project: string) {
    this.#schema = physicalSchema({ database: project, schema: stateDataset })
  }

  add(job: LoggedJob): void {
    this.#waiting.push(job)
  }

  get isWritten(): boolean {
    return this.#waiting.length === 0
  }

  /** Writes what waits, and forgets what is too old. */
  async write(connection: DuckDBConnection): Promise<void> {
    const rows = this.#waiting.map(({ labels, started, ended, ...job }) => ({
      ...job,
      labels: Object.entries(labels).map(([key, value]) => ({ key, value })),
      started_at: started.toISOString(),
      ended_at: ended.toISOString(),
    }))
    const table = `${this.#schema}.jobs`
    await connection.run(`create schema if not exists ${this.#schema}`)
    await connection.run(`create table if not exists ${table} (${COLUMNS.join(', ')})`)
    await connection.run(
      `insert into ${table}
       select job.id, job."statementType", job.query, job.started_at::timestamptz, job.ended_at::timestamptz, job.error, job.labels
       from (select unnest(from_json($1, '${JSON.stringify([SHAPE])}')) as job)`,
      [JSON.stringify(rows)],
    )
    await connection.run(
      `delete from ${table} where started_at < (select max(started_at) from ${table}) - interval ${KEPT_DAYS} day`,
    )
    this.#waiting = []
  }
}

const COLUMNS = [
  'id varchar not null',
  'statement_type varchar',
  'query varchar not null',
  'started_at timestamptz not null',
  'ended_at timestamptz not null',
  'error varchar',
  'labels struct("key" varchar, "value" varchar)[]',
]

const SHAPE = {
  id: 'VARCHAR',
  statementType: 'VARCHAR',
  query: 'VARCHAR',
  started_at: 'VARCHAR',
  ended_at: 'VARCHAR',
  error: 'VARCHAR',
  labels: [{ key: 'VARCHAR', value: 'VARCHAR' }],
}
