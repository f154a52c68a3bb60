import { type Place, Problem, type ProblemOptions } from '../../problem.ts'

/** What BigQuery says of a failure (its `ErrorProto`), or what the network did. */
export interface Failure {
  /** Of the HTTP answer; undefined: there was none, or it is a job that failed. */
  readonly status?: number | undefined
  /** `notFound`, `rateLimitExceeded`, `ECONNRESET` … */
  readonly reason?: string | undefined
  readonly message: string
  readonly cause?: unknown
}

/** A failure of BigQuery's. */
export class BigQueryProblem extends Problem {
  readonly status: number | undefined
  readonly reason: string | undefined

  constructor(
    { status, reason }: Pick<Failure, 'status' | 'reason'>,
    message: string,
    options: ProblemOptions,
  ) {
    super(message, options)
    this.name = 'BigQueryProblem'
    this.status = status
    this.reason = reason
  }
}

/**
 * The reasons after which the same call, or the same job under a new id, may succeed; everything else would fail again.
 * `quotaExceeded` is not one: such quotas last for hours or a day.
 * Source: https://cloud.google.com/bigquery/docs/error-messages ("Error table").
 */
const passingReasons = new Set([
  'backendError',
  'internalError',
  'jobBackendError',
  'jobInternalError',
  'jobRateLimitExceeded',
  'rateLimitExceeded',
  'userRateLimitExceeded',
  'tableUnavailable',
  'badGateway',
  'gatewayTimeout',
])

/** HTTP statuses whose calls BigQuery asks to repeat; 408 and 429 are those of servers in between. */
const passingStatuses = new Set([408, 429, 500, 502, 503, 504])

/** What Node says of a connection that broke, or of an answer that did not come whole. */
const passingCodes = new Set([
  'ECONNRESET',
  'ECONNREFUSED',
  'ECONNABORTED',
  'EPIPE',
  'ETIMEDOUT',
  'EAI_AGAIN',
  'ENOTFOUND',
  'ENETUNREACH',
  'EHOSTUNREACH',
  'ERR_STREAM_PREMATURE_CLOSE',
])

/**
 * Jobs that lost against another on the same table, and those whose message asks for it
 * (https://cloud.google.com/bigquery/docs/transactions#transaction_concurrency, "concurrent update").
 */
const passingWords =
  /due to (?:a )?concurrent update|Retrying the (?:job|query) may solve the problem|Please try again|socket hang up|aborted$|network timeout|Premature close/i

/** True if the same may succeed later. */
export function isPassing({ status, reason, message }: Failure): boolean {
  if (reason !== undefined && (passingReasons.has(reason) || passingCodes.has(reason))) return true
  // The reason says more than the status: 403 is a rate, a quota or a right that is missing.
  if (status !== undefined && passingStatuses.has(status)) return true
  return passingWords.test(message)
}

/** What to do about it, by reason. */
const hints: Readonly<Record<string, string>> = {
  accessDenied: 'docs/bigquery.md has the roles that streamform needs',
  authError: 'log in with `gcloud auth application-default login`, or set GOOGLE_APPLICATION_CREDENTIALS',
  billingNotEnabled: 'enable billing for the project',
  bytesBilledLimitExceeded: 'raise warehouse.maximum_bytes_billed in streamform.yaml, or read less',
  quotaExceeded: 'wait until the quota is filled again, or ask for more (IAM & Admin, Quotas)',
  responseTooLarge: 'write the result to a table',
  stopped: 'run it again',
  timeout: 'raise warehouse.job_timeout_seconds in streamform.yaml, or split the query',
}

/**
 * A failure as what a person is told: BigQuery's words, with the line and column that stand at their end as the place.
 *
 * @example problemOf({ reason: 'invalidQuery', message: 'Unrecognized name: x at [2:8]' }) // place 2:8
 */
export function problemOf(failure: Failure, options: ProblemOptions = {}): BigQueryProblem {
  const { text, place } = placed(failure.message)
  const reason = failure.reason ?? (failure.status === 401 ? 'authError' : undefined)
  const hint = options.hint ?? hints[reason ?? '']
  return new BigQueryProblem({ status: failure.status, reason }, text, {
    ...place,
    transient: isPassing(failure),
    ...(failure.cause === undefined ? {} : { cause: failure.cause }),
    ...options,
    ...(hint === undefined ? {} : { hint }),
  })
}

function placed(message: string): { readonly text: string; readonly place: Place } {
  const found = /^([\s\S]*?)\s+at \[(\d+):(\d+)\]\s*$/.exec(message)
  return found === null
    ? { text: message, place: {} }
    : { text: found[1] ?? '', place: { line: Number(found[2]), column: Number(found[3]) } }
}

/** True for what BigQuery answers of something that is not there. */
export const isNotFound = (error: unknown): boolean =>
  error instanceof BigQueryProblem && (error.reason === 'notFound' || error.status === 404)

/** True for what BigQuery answers of something that is there already. */
export const isDuplicate = (error: unknown): boolean =>
  error instanceof BigQueryProblem && (error.reason === 'duplicate' || error.status === 409)
