import { createHash } from 'node:crypto'
import type { ResultColumn, Value } from '../../googlesql/result.ts'
import type { Target } from '../../googlesql/target.ts'
import { ApiError, asApiError } from '../api-error.ts'
import type { JsonObject } from '../json.ts'
import { tableReference } from '../reference.ts'

export type JobKind = 'QUERY' | 'LOAD' | 'COPY' | 'EXTRACT'

export interface JobReference {
  readonly projectId: string
  readonly jobId: string
  readonly location: string
}

/** What a job came to. */
export interface Outcome {
  readonly statementType?: string
  /** Of a query: its result, until memory is needed for newer ones. */
  readonly result?: Result
  readonly affectedRows?: number
  /** The table that the job wrote, or the anonymous one that its result can be read from. */
  readonly destination?: Target
  readonly ddl?: { readonly operation: string; readonly target: Target }
  readonly reads?: readonly Target[]
  /** What BigQuery would have read, about. */
  readonly bytes?: number
  /** The session that it ran in. */
  readonly session?: string
  /** More fields of the job's statistics, by its kind. */
  readonly statistics?: object
}

export interface Result {
  readonly columns: readonly ResultColumn[]
  readonly rows: readonly (readonly Value[])[]
}

/** A job that was started; it runs by itself and never throws. */
export class Job {
  readonly reference: JobReference
  readonly kind: JobKind
  readonly configuration: JsonObject
  readonly created: number
  readonly done: Promise<void>
  outcome: Outcome = {}
  error: ApiError | undefined
  ended: number | undefined
  /** True: it had a result, which was given up for newer ones. */
  expired = false
  readonly #controller = new AbortController()
  readonly #timer: NodeJS.Timeout | undefined
  readonly #now: () => Date

  constructor(options: {
    readonly reference: JobReference
    readonly kind: JobKind
    readonly configuration: JsonObject
    readonly now: () => Date
    readonly timeout: number | undefined
    readonly work: (signal: AbortSignal) => Promise<Outcome>
  }) {
    this.reference = options.reference
    this.kind = options.kind
    this.configuration = options.configuration
    this.#now = options.now
    this.created = options.now().getTime()
    if (options.timeout !== undefined && options.timeout > 0)
      this.#timer = setTimeout(() => this.cancel(), Math.min(options.timeout, 2 ** 31 - 1)).unref()
    this.done = this.#run(options.work)
  }

  async #run(work: (signal: AbortSignal) => Promise<Outcome>): Promise<void> {
    try {
      this.outcome = await work(this.#controller.signal)
    } catch (error) {
      this.error = this.#controller.signal.aborted ? cancelled(error) : asApiError(error)
    } finally {
      clearTimeout(this.#timer)
      this.ended = this.#now().getTime()
    }
  }

  /** Interrupts it; one that has ended stays as it is. */
  cancel(): void {
    this.#controller.abort(new Error('the job was cancelled'))
  }

  /** Waits for its end, at most so long. */
  async wait(milliseconds: number): Promise<boolean> {
    if (this.ended !== undefined) return true
    let timer: NodeJS.Timeout | undefined
    const elapsed = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, milliseconds)
    })
    await Promise.race([this.done, elapsed])
    clearTimeout(timer)
    return this.ended !== undefined
  }

  get state(): 'RUNNING' | 'DONE' {
    return this.ended === undefined ? 'RUNNING' : 'DONE'
  }
}

const cancelled = (cause: unknown): ApiError =>
  new ApiError('stopped', 'Job execution was cancelled: User requested cancellation', { cause })

/** `project:US.id`, as messages and ids have it. */
export const jobName = ({ projectId, location, jobId }: JobReference): string =>
  `${projectId}:${location}.${jobId}`

/** A job as BigQuery's API shows it; `full`: with its configuration, as everything but `jobs.list` gives it. */
export function jobResource(job: Job, origin: string): object {
  const { reference, kind, error, outcome } = job
  const { projectId, jobId, location } = reference
  const resource = {
    kind: 'bigquery#job',
    id: jobName(reference),
    selfLink: `${origin}/bigquery/v2/projects/${projectId}/jobs/${jobId}?location=${location}`,
    user_email: 'streamform@localhost',
    principal_subject: 'user:streamform@localhost',
    configuration: shownConfiguration(job),
    jobReference: reference,
    status: {
      state: job.state,
      ...(error === undefined ? {} : { errorResult: error.causeOfJob, errors: [error.causeOfJob] }),
    },
    statistics: {
      creationTime: String(job.created),
      startTime: String(job.created),
      ...(job.ended === undefined ? {} : { endTime: String(job.ended) }),
      totalBytesProcessed: String(outcome.bytes ?? 0),
      ...(kind === 'QUERY' ? { query: queryStatistics(outcome) } : {}),
      ...sessionInfo(outcome),
      ...outcome.statistics,
    },
  }
  return { ...resource, etag: etagOf(resource) }
}

/** As a job's statistics and the answer of a query have it. */
export const sessionInfo = ({ session }: Outcome): object =>
  session === undefined ? {} : { sessionInfo: { sessionId: session } }

function shownConfiguration({ kind, configuration, outcome }: Job): object {
  const { query, ...rest } = configuration
  if (kind !== 'QUERY') return { jobType: kind, ...configuration }
  const destination =
    outcome.destination === undefined ? {} : { destinationTable: tableReference(outcome.destination) }
  return { jobType: kind, ...rest, query: { ...destination, ...(query as JsonObject) } }
}

function queryStatistics({ statementType, affectedRows, ddl, reads, bytes = 0 }: Outcome): object {
  const dml = affectedRows !== undefined && isDml(statementType)
  return {
    ...(statementType === undefined ? {} : { statementType }),
    totalBytesProcessed: String(bytes),
    totalBytesBilled: '0',
    cacheHit: false,
    ...(dml
      ? { numDmlAffectedRows: String(affectedRows), ...dmlStatistics(statementType, affectedRows) }
      : {}),
    ...(ddl === undefined
      ? {}
      : { ddlOperationPerformed: ddl.operation, ddlTargetTable: tableReference(ddl.target) }),
    ...(reads === undefined || reads.length === 0 ? {} : { referencedTables: reads.map(tableReference) }),
  }
}

export const isDml = (statementType: string | undefined): boolean =>
  statementType !== undefined &&
  ['INSERT', 'UPDATE', 'DELETE', 'MERGE', 'TRUNCATE_TABLE'].includes(statementType)

/** BigQuery splits the number by what was done; of a MERGE we know only the sum. */
function dmlStatistics(statementType: string | undefined, rows: number): object {
  const names: Readonly<Record<string, string>> = {
    INSERT: 'insertedRowCount',
    UPDATE: 'updatedRowCount',
    DELETE: 'deletedRowCount',
    TRUNCATE_TABLE: 'deletedRowCount',
  }
  const name = names[statementType ?? '']
  return name === undefined ? {} : { dmlStats: { [name]: String(rows) } }
}

/** A name of a state of something: equal states have equal ones. */
export const etagOf = (state: unknown): string =>
  createHash('sha256').update(JSON.stringify(state)).digest('base64url').slice(0, 22)
