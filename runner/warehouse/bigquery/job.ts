import type { JobMetadata } from '@google-cloud/bigquery'
import { Problem, type ProblemOptions } from '../../problem.ts'
import type { BigQueryClient } from './client.ts'
import { BigQueryProblem, isDuplicate, isNotFound, problemOf } from './errors.ts'

export type JobConfiguration = NonNullable<JobMetadata['configuration']>
export type JobStatistics = NonNullable<JobMetadata['statistics']>

export interface JobRequest {
  /** Equal ids are one job, however often it is asked for: see `job-id.ts`. */
  readonly id: string
  readonly configuration: JobConfiguration
  /** The bytes to load, of a load that names no `sourceUris`. */
  readonly upload?: Uint8Array
  /** Once aborted the job is cancelled. */
  readonly signal?: AbortSignal | undefined
}

/** A job that ended well. */
export interface FinishedJob {
  readonly id: string
  readonly location: string
  readonly configuration: JobConfiguration
  readonly statistics: JobStatistics
}

/** Milliseconds between two looks at a job that is no query, the first and the longest. */
const firstPause = 50
const longestPause = 5000
/** Milliseconds that BigQuery is asked to wait with its answer until a query is done. */
const longPoll = 10_000
/** Milliseconds that a cancelled job is given to end. */
const cancelPatience = 30_000

/**
 * Runs a job to its end. Where a job of this id is there already (an answer was lost, or a former run of ours started it) it
 * is that job's end which is given: nothing runs twice.
 *
 * @throws BigQueryProblem for a job that failed, was cancelled or took longer than `jobTimeout`; `leftNothing` says whether
 *   it is known to have changed nothing
 * @example
 * const configuration = { query: { query: 'select 1', useLegacySql: false } }
 * const { statistics } = await runJob(client, { id: jobId(name), configuration })
 */
export async function runJob(client: BigQueryClient, request: JobRequest): Promise<FinishedJob> {
  const { signal } = request
  signal?.throwIfAborted()
  const started = client.clock.now()
  const begun = await begin(client, request)
  return finished(await untilDone(client, begun, { signal, started }))
}

/** The job of an id that an earlier call may have started; undefined: there is none. */
export async function findJob(client: BigQueryClient, id: string): Promise<JobMetadata | undefined> {
  try {
    return await getJob(client, id)
  } catch (error) {
    if (isNotFound(error)) return undefined
    throw error
  }
}

/** The text of a job that keeps its id from any other. */
const taken = "SELECT 'the run that this id was of has ended'"

/**
 * What came of a job that a process which has ended, or lost its answer, may have started. Waits for its end. Where there
 * is none its id is taken, so that a call still on its way starts none either.
 *
 * @returns undefined if there was none; a job that failed has `status.errorResult`
 * @throws Problem where it cannot be told
 */
export async function settleJob(
  client: BigQueryClient,
  id: string,
  signal?: AbortSignal,
): Promise<JobMetadata | undefined> {
  const started = client.clock.now()
  const ended = (job: JobMetadata) => untilDone(client, job, { signal, started })
  const isTaken = ({ configuration }: JobMetadata) => configuration?.query?.query === taken
  const known = await findJob(client, id)
  if (known !== undefined) return isTaken(known) ? undefined : ended(known)
  try {
    await runJob(client, { id, configuration: { query: { query: taken, useLegacySql: false } }, signal })
    return undefined
  } catch (error) {
    const late = await findJob(client, id)
    if (late === undefined || isTaken(late)) throw error
    return ended(late)
  }
}

/** Waits for the end of a job that is there, and gives what it came to, as `runJob` does. */
export async function awaitJob(
  client: BigQueryClient,
  job: JobMetadata,
  signal?: AbortSignal,
): Promise<FinishedJob> {
  return finished(await untilDone(client, job, { signal, started: client.clock.now() }))
}

/** Asks BigQuery to stop a job, and gives it as it is then: it may be done all the same before it is stopped. */
async function cancelJob(client: BigQueryClient, id: string): Promise<JobMetadata> {
  const { job } = await client.call<{ readonly job?: JobMetadata }>(
    { method: 'POST', path: `jobs/${id}/cancel`, query: { location: client.location } },
    { isAnswer: ({ job }) => job !== undefined && isOf(id)(job) },
  )
  return job ?? {}
}

const isOf = (id: string) => (job: JobMetadata) => job.jobReference?.jobId === id

const getJob = (client: BigQueryClient, id: string, signal?: AbortSignal): Promise<JobMetadata> =>
  client.call<JobMetadata>(
    { method: 'GET', path: `jobs/${id}`, query: { location: client.location } },
    { signal, isAnswer: isOf(id) },
  )

async function begin(client: BigQueryClient, request: JobRequest): Promise<JobMetadata> {
  const { id, upload, signal } = request
  const { project, location, options } = client
  const limit = options.jobTimeout
  const configuration: JobConfiguration = {
    ...request.configuration,
    ...(limit === undefined ? {} : { jobTimeoutMs: String(limit * 1000) }),
  }
  const body = { jobReference: { projectId: project, jobId: id, location }, configuration }
  try {
    return await client.call<JobMetadata>(
      { method: 'POST', path: 'jobs', body, ...(upload === undefined ? {} : { upload }) },
      { signal, isAnswer: isOf(id) },
    )
  } catch (error) {
    // Was it refused, or is it only the answer that is lost? The job itself tells.
    const found = await findJob(client, id).catch(() => 'no answer' as const)
    if (found !== undefined && found !== 'no answer') return attached(found, request)
    if (found === undefined && isDuplicate(error))
      throw problemOf(
        {
          reason: 'internalError',
          message: `BigQuery says that the job ${id} is there, and that it is not`,
          cause: error,
        },
        { undecided: true },
      )
    // Two answers that it is not there are no proof of it; whoever goes on later asks once more, and takes the id.
    throw asUndecided(error)
  }
}

/** A job of ours has our text: anything else under its id is somebody else's. */
function attached(job: JobMetadata, { id, configuration: own }: JobRequest): JobMetadata {
  const { configuration: theirs } = job
  const shown = (given: JobConfiguration | undefined) =>
    JSON.stringify([
      given?.query?.query,
      given?.load?.destinationTable?.tableId,
      given?.load?.sourceUris,
      given?.copy?.destinationTable?.tableId,
      given?.extract?.destinationUris,
    ])
  if (shown(theirs) === shown(own)) return job
  throw new Problem(`the job ${id} is there already, and is another one`, {
    hint: 'start the run anew: it gives its jobs ids of its own',
  })
}

interface Waiting {
  readonly signal: AbortSignal | undefined
  /** By the client's clock. */
  readonly started: number
}

async function untilDone(
  client: BigQueryClient,
  begun: JobMetadata,
  { signal, started }: Waiting,
): Promise<JobMetadata> {
  const id = begun.jobReference?.jobId ?? ''
  const { clock, options } = client
  const deadline =
    options.jobTimeout === undefined ? Number.POSITIVE_INFINITY : started + options.jobTimeout * 1000
  let job = begun
  for (let pause = firstPause; !isDone(job); pause = Math.min(pause * 2, longestPause)) {
    if (isAborted(signal)) return cancelled(client, id, signal?.reason)
    if (clock.now() >= deadline)
      return cancelled(
        client,
        id,
        problemOf({ reason: 'timeout', message: `the job took longer than ${options.jobTimeout} s: ${id}` }),
      )
    try {
      if (job.configuration?.query === undefined || (await queryIsDone(client, id, signal)))
        job = await getJob(client, id, signal)
      // BigQuery waits with its answers itself; the pause is for servers that do not.
      if (!isDone(job)) await clock.sleep(pause, signal)
    } catch (error) {
      if (!isAborted(signal)) throw asUndecided(error)
    }
  }
  return job
}

const isAborted = (signal: AbortSignal | undefined): boolean => signal?.aborted === true

const isDone = ({ status }: JobMetadata): boolean => status?.state === 'DONE'

/** Asks for the results of a query, which BigQuery answers as soon as there are some, or after a while without. */
async function queryIsDone(
  client: BigQueryClient,
  id: string,
  signal: AbortSignal | undefined,
): Promise<boolean> {
  const { location } = client
  const query = { location, maxResults: 0, timeoutMs: longPoll }
  try {
    const answer = await unlessAborted(
      client.call<{ jobComplete?: boolean; jobReference?: { jobId?: string } }>(
        { method: 'GET', path: `queries/${id}`, query },
        { signal, once: true, isAnswer: ({ jobReference }) => jobReference?.jobId === id },
      ),
      signal,
    )
    return answer.jobComplete === true
  } catch (error) {
    // A job that failed is told as the call's error: the job itself says more, and says it apart from other failures.
    if (error instanceof BigQueryProblem) return true
    throw error
  }
}

/** Does not wait for a call to end that is of no more use. */
function unlessAborted<T>(work: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (signal === undefined) return work
  return new Promise((resolve, reject) => {
    const stop = () => reject(signal.reason)
    signal.addEventListener('abort', stop, { once: true })
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', stop))
  })
}

/** Cancels a job and waits for its end. One that was done before counts as done: that is what the tables say. */
async function cancelled(client: BigQueryClient, id: string, reason: unknown): Promise<JobMetadata> {
  const { clock } = client
  let job = await cancelJob(client, id).catch((error: unknown) => {
    throw asUndecided(error)
  })
  const until = clock.now() + cancelPatience
  for (
    let pause = firstPause;
    !isDone(job) && clock.now() < until;
    pause = Math.min(pause * 2, longestPause)
  ) {
    await clock.sleep(pause)
    job = await getJob(client, id)
  }
  if (isDone(job) && job.status?.errorResult === undefined) return job
  throw isDone(job) ? reason : asUndecided(reason)
}

/** @throws BigQueryProblem for a job that failed */
export function finished(job: JobMetadata): FinishedJob {
  const { jobReference, configuration = {}, statistics = {}, status } = job
  const { errorResult } = status ?? {}
  if (errorResult !== undefined) {
    const { reason, message = 'the job failed, and BigQuery does not say why' } = errorResult
    throw problemOf({ reason, message }, { leftNothing: isSingle(statistics) })
  }
  return { id: jobReference?.jobId ?? '', location: jobReference?.location ?? '', configuration, statistics }
}

/**
 * A single statement, and any job that is no query, is done whole or not at all; of a script that failed, the statements
 * before have been done.
 */
const isSingle = ({ query, numChildJobs, load, extract, copy }: JobStatistics): boolean =>
  numChildJobs === undefined &&
  (load !== undefined ||
    extract !== undefined ||
    copy !== undefined ||
    (query?.statementType !== undefined && query.statementType !== 'SCRIPT'))

/** The job may still run, or have done its work: whoever tries again takes the same id. */
export const asUndecided = (error: unknown): unknown =>
  error instanceof Problem ? marked(error, { undecided: true }) : error

function marked(error: Problem, mark: Pick<ProblemOptions, 'leftNothing' | 'undecided'>): BigQueryProblem {
  const { hint, place, transient, exitCode } = error
  const { status, reason } = error instanceof BigQueryProblem ? error : {}
  const own = { ...place, transient, exitCode, cause: error, ...(hint === undefined ? {} : { hint }) }
  return new BigQueryProblem({ status, reason }, error.message, { ...own, ...mark })
}
