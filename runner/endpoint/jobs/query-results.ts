import { randomUUID } from 'node:crypto'
import { ApiError, invalid, notFound } from '../api-error.ts'
import { rowOf, type TimestampFormat } from '../cell.ts'
import { countAt, flagAt, type JsonObject, objectAt, textAt } from '../json.ts'
import { tableName } from '../reference.ts'
import { type ApiRequest, type ApiResponse, countOf, flagOf } from '../request.ts'
import { defaultLocation, type Service } from '../service.ts'
import { resultSchema } from '../tables/field-schema.ts'
import { etagOf, isDml, type Job } from './job.ts'
import { type DryRunJob, jobCreationReason, sessionInfo } from './job-resource.ts'
import { rowPage } from './row-page.ts'
import { startJob } from './start-job.ts'

/** Documented as the API's default of `timeoutMs`. */
const defaultTimeout = 10_000
const longestTimeout = 200_000

interface Shape {
  readonly kind: string
  readonly start: number
  readonly maxResults: number | undefined
  readonly timestamps: TimestampFormat
}

/** `GET queries/{id}`: waits for the job, at most `timeoutMs`, and gives a page of its rows. */
export async function getQueryResults(service: Service, request: ApiRequest): Promise<ApiResponse> {
  const { query, parameters } = request
  const location = query.get('location') ?? defaultLocation
  const job = service.jobs.get(parameters['project'] ?? '', parameters['job'] ?? '', location)
  if (job.kind !== 'QUERY') throw invalid('the job is no query: it has no results')
  const shape: Shape = {
    kind: 'bigquery#getQueryResultsResponse',
    start: countOf(query, 'pageToken') ?? countOf(query, 'startIndex') ?? 0,
    maxResults: countOf(query, 'maxResults'),
    timestamps: timestampFormat(
      flagOf(query, 'formatOptions.useInt64Timestamp'),
      query.get('formatOptions.timestampOutputFormat') ?? undefined,
    ),
  }
  return answer(job, shape, countOf(query, 'timeoutMs') ?? defaultTimeout)
}

/** `POST queries`: starts a query, waits for it, and gives its first page. */
export async function query(service: Service, request: ApiRequest): Promise<ApiResponse> {
  const body = await request.json()
  const project = request.parameters['project'] ?? ''
  const requestId = textAt(body, 'requestId')
  const known = requestId === undefined ? undefined : service.jobs.ofRequest(project, requestId)
  const format = objectAt(body, 'formatOptions')
  const shape: Shape = {
    kind: 'bigquery#queryResponse',
    start: 0,
    maxResults: countAt(body, 'maxResults'),
    timestamps: timestampFormat(
      flagAt(format, 'useInt64Timestamp') === true,
      textAt(format, 'timestampOutputFormat'),
    ),
  }
  const timeout = countAt(body, 'timeoutMs') ?? defaultTimeout
  if (known !== undefined) return answer(known, shape, timeout)
  const started = await startJob(service, project, jobOfQuery(body, project), undefined, requestId)
  if ('dryRun' in started) return { body: dryRunResponse(started.dryRun) }
  return answer(started.job, shape, timeout)
}

/** Fields of a `jobs.query` call that belong to the job, not to its query. */
const jobFields = ['labels', 'dryRun', 'jobTimeoutMs', 'reservation'] as const

function jobOfQuery(body: JsonObject, project: string): JsonObject {
  const rest = Object.fromEntries(
    Object.entries(body).filter(([key]) => !(jobFields as readonly string[]).includes(key)),
  )
  const own = Object.fromEntries(jobFields.map((key) => [key, body[key]]))
  const {
    kind: _kind,
    maxResults: _max,
    timeoutMs: _timeout,
    requestId: _id,
    formatOptions: _format,
    ...query
  } = rest
  return {
    jobReference: {
      projectId: project,
      jobId: `job_${randomUUID().replaceAll('-', '')}`,
      location: textAt(body, 'location') ?? defaultLocation,
    },
    configuration: { ...own, query },
  }
}

const dryRunResponse = ({ reference, planned: { columns, bytes } }: DryRunJob): object => ({
  kind: 'bigquery#queryResponse',
  schema: resultSchema(columns),
  jobReference: reference,
  totalBytesProcessed: String(bytes ?? 0),
  jobComplete: true,
  cacheHit: false,
})

function timestampFormat(micros: boolean, format: string | undefined): TimestampFormat {
  if (format === 'ISO8601_STRING') return 'iso'
  return micros || format === 'INT64' ? 'micros' : 'seconds'
}

/** A failed job is an HTTP error here, never 200: Node's client reads no `errors` of a body. */
async function answer(job: Job, shape: Shape, timeout: number): Promise<ApiResponse> {
  const done = await job.wait(Math.min(timeout, longestTimeout))
  const { kind } = shape
  if (!done) {
    const started =
      kind === 'bigquery#queryResponse'
        ? { queryId: job.reference.jobId, jobCreationReason }
        : { etag: etagOf(job.reference) }
    return { body: { kind, jobReference: job.reference, jobComplete: false, ...started } }
  }
  if (job.error !== undefined) throw job.error
  const { outcome } = job
  if (job.expired)
    throw notFound(
      `Table ${outcome.destination === undefined ? '' : tableName(outcome.destination)}: the result was given up for newer ones`,
    )
  const dml = isDml(outcome.statementType) && outcome.affectedRows !== undefined
  const common = {
    kind,
    jobReference: job.reference,
    jobComplete: true,
    cacheHit: false,
    totalBytesProcessed: String(outcome.bytes ?? 0),
    ...(dml ? { numDmlAffectedRows: String(outcome.affectedRows) } : {}),
    ...(outcome.result === undefined ? {} : rows(job, shape)),
  }
  return {
    body:
      kind === 'bigquery#queryResponse'
        ? { ...common, ...queryInfo(job) }
        : { ...common, etag: etagOf([job.reference, shape]) },
  }
}

/** What `jobs.query` says of its job; `jobs.getQueryResults` leaves it to `jobs.get`. */
const queryInfo = ({ reference, created, ended, outcome }: Job): object => ({
  queryId: reference.jobId,
  jobCreationReason,
  location: reference.location,
  ...(outcome.statementType === undefined ? {} : { statementType: outcome.statementType }),
  totalBytesBilled: '0',
  creationTime: String(created),
  startTime: String(created),
  endTime: String(ended),
  ...sessionInfo(outcome),
})

function rows({ outcome }: Job, { start, maxResults, timestamps }: Shape): object {
  const { columns, rows: all } = outcome.result ?? { columns: [], rows: [] }
  if (start > all.length)
    throw new ApiError('invalid', `the result has no row ${start}: it has ${all.length}`)
  const { items, next } = rowPage(all.length, start, maxResults, (index) =>
    rowOf(columns, all[index] ?? [], timestamps),
  )
  return {
    schema: resultSchema(columns),
    totalRows: String(all.length),
    ...(items.length === 0 ? {} : { rows: items }),
    ...(next === undefined ? {} : { pageToken: String(next) }),
  }
}
