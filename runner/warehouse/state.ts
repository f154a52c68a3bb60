/** The dataset of streamform's own tables. */
export const stateDataset = 'streamform'

/**
 * streamform's own tables, in dataset `streamform` of the default project. They are ordinary tables of the warehouse:
 * models may read them (stream health does). Times are UTC, written as the warehouse's TIMESTAMP.
 */
export interface StateTables {
  readonly files: FilesTable
  readonly schemas: SchemasTable
  readonly dead_letters: DeadLettersTable
  readonly runs: RunsTable
}

/** The ledger: every change file ever seen and what became of it. */
export interface FilesTable {
  /** The object's name below the stream's root, with `/`. */
  name: string
  /** Cloud Storage's generation; locally `<size>-<modification time in ns>-<sha-256 of the content>`. */
  generation: string
  /**
   * `skipped`: no change file at all; `forgotten`: to be landed again if it is still there; `replaced`: was quarantined,
   * and its object has been written anew since.
   */
  status: 'landed' | 'quarantined' | 'skipped' | 'forgotten' | 'replaced'
  /** `<database>_raw.<table>`; null for a file that could not be read. */
  raw_table: string | null
  rows: bigint
  dead_letters: bigint
  bytes: bigint
  /** Of the events in the file; null if it has none. */
  min_source_timestamp: Date | null
  max_source_timestamp: Date | null
  /** When this loader first met it, and when it committed. */
  seen_at: Date
  landed_at: Date | null
  /** True if the file appeared in a minute folder older than one that had landed before. */
  late: boolean
  /** Why it was quarantined, with the byte offset. */
  reason: string | null
}

/** Every writer schema met, with when. */
export interface SchemasTable {
  raw_table: string
  /** SHA-256 of the writer schema in canonical form, hex. */
  fingerprint: string
  schema: string
  /** The source table, as the events name it: one raw table holds one source table's rows. */
  source_database: string
  source_table: string
  first_file: string
  first_seen_at: Date
}

/** Events and files that could not be landed, kept until retried or discarded. */
export interface DeadLettersTable {
  id: string
  file: string
  generation: string
  /** Ordinal of the event in the file, from 0. */
  row: bigint
  raw_table: string
  column: string | null
  reason: string
  /** The whole event as JSON. */
  event: string
  /** Of the writer schema in `schemas` that says what the JSON stands for; null for an event of JSON lines, which have none. */
  fingerprint: string | null
  status: 'waiting' | 'landed' | 'discarded'
  attempts: bigint
  created_at: Date
  settled_at: Date | null
}

/** One row a run of the runner. */
export interface RunsTable {
  id: string
  command: string
  status: 'running' | 'succeeded' | 'failed' | 'cancelled'
  started_at: Date
  ended_at: Date | null
  /** Folder of `run_results.json`, relative to the project. */
  folder: string
}
