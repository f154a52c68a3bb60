import { createHash } from 'node:crypto'
import type { ResultColumn, Value } from '../../googlesql/result.ts'
import type { Target } from '../../googlesql/target.ts'
import { ApiError, asApiError } from '../api-error.ts'
import type { JsonObject } from '../json.ts'

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
      this.#timer = setTimeout(
        () => this.cancel(`Job timed out after ${(options.timeout ?? 0) / 1000}s`),
        Math.min(options.timeout, 2 ** 31 - 1),
      ).unref()
    this.done = this.#run(options.work)
  }

  async #run(work: (signal: AbortSignal) => Promise<Outcome>): Promise<void> {
    try {
      this.outcome = await work(this.#controller.signal)
    } catch (error) {
      const { aborted, reason } = this.#controller.signal
      this.error = aborted
        ? new ApiError('stopped', `Job execution was cancelled: ${reason.message}`, { cause: error })
        : asApiError(error)
    } finally {
      clearTimeout(this.#timer)
      this.ended = this.#now().getTime()
    }
  }

  /** Interrupts it; one that has ended stays as it is. */
  cancel(why = 'User requested cancellation'): void {
    this.#controller.abort(new Error(why))
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

/** `project:US.id`, as messages and ids have it. */
export const jobName = ({ projectId, location, jobId }: JobReference): string =>
  `${projectId}:${location}.${jobId}`

export const isDml = (statementType: string | undefined): boolean =>
  statementType !== undefined &&
  ['INSERT', 'UPDATE', 'DELETE', 'MERGE', 'TRUNCATE_TABLE'].includes(statementType)

/** A name of a state of something: equal states have equal ones. */
export const etagOf = (state: unknown): string =>
  createHash('sha256').update(JSON.stringify(state)).digest('base64url').slice(0, 22)
