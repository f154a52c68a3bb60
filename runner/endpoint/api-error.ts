import { Problem } from '../problem.ts'

/** BigQuery's `ErrorProto`: one cause of a failure. */
export interface ErrorCause {
  readonly reason: string
  readonly message: string
  readonly location?: string
  readonly locationType?: string
}

/** The HTTP status that BigQuery documents for a reason (https://cloud.google.com/bigquery/docs/error-messages). */
const statuses: Readonly<Record<string, number>> = {
  accessDenied: 403,
  conditionNotMet: 412,
  duplicate: 409,
  invalid: 400,
  invalidQuery: 400,
  jobBackendError: 400,
  notFound: 404,
  notImplemented: 501,
  parseError: 400,
  required: 400,
  resourceInUse: 400,
  responseTooLarge: 403,
  stopped: 400,
}

/** google.rpc's names of the HTTP statuses above. */
const names: Readonly<Record<number, string>> = {
  400: 'INVALID_ARGUMENT',
  403: 'PERMISSION_DENIED',
  404: 'NOT_FOUND',
  409: 'ALREADY_EXISTS',
  412: 'FAILED_PRECONDITION',
  500: 'INTERNAL',
  501: 'UNIMPLEMENTED',
}

/** A failure as BigQuery's API answers it: a reason, the HTTP status that goes with it, and a message. */
export class ApiError extends Error {
  readonly reason: string
  readonly location: string | undefined

  constructor(reason: string, message: string, options: { location?: string; cause?: unknown } = {}) {
    super(message, { cause: options.cause })
    this.name = 'ApiError'
    this.reason = reason
    this.location = options.location
  }

  get status(): number {
    return statuses[this.reason] ?? 400
  }

  /** As a job's `status.errorResult` has it. */
  get causeOfJob(): ErrorCause {
    const place = this.location === undefined ? {} : { location: this.location }
    return { reason: this.reason, ...place, message: this.message }
  }

  /** The body of the HTTP answer. */
  get envelope(): object {
    const { status, message, reason, location } = this
    const locationType = location === 'If-Match' ? 'header' : 'parameter'
    const place = location === undefined ? {} : { location, locationType }
    return {
      error: {
        code: status,
        message,
        errors: [{ message, domain: 'global', reason, ...place }],
        status: names[status] ?? 'UNKNOWN',
      },
    }
  }
}

/**
 * Any failure as the API's. A Problem has BigQuery's wording, which tells the reason; its place goes to the end of the
 * message, as BigQuery has it: `… at [2:8]`. Everything else is a defect of ours: it is said to be one, and not repeated by
 * clients, which a 5xx would be.
 */
export function asApiError(error: unknown): ApiError {
  if (error instanceof ApiError) return error
  if (!(error instanceof Problem)) {
    const text = error instanceof Error ? error.message : String(error)
    return new ApiError('invalid', `streamform failed at this, which is a defect: ${text}`, { cause: error })
  }
  const { line, column } = error.place
  const hint = error.hint === undefined ? '' : `; ${error.hint}`
  const place = line === undefined ? '' : ` at [${line}:${column ?? 1}]`
  const again = error.transient ? '. Retrying the job may solve the problem' : ''
  const reason = reasonOf(error)
  const location = reason === 'invalidQuery' ? { location: 'query' } : {}
  return new ApiError(reason, `${error.message}${again}${hint}${place}`, { ...location, cause: error })
}

function reasonOf(error: Problem): string {
  if (error.transient) return 'jobBackendError'
  if (/^Not found: /.test(error.message)) return 'notFound'
  if (/^Already Exists: /.test(error.message)) return 'duplicate'
  if (/^Job execution was cancelled/.test(error.message)) return 'stopped'
  if (/still in use/.test(error.message)) return 'resourceInUse'
  return 'invalidQuery'
}

/** BigQuery's answer for something that is not there. */
export const notFound = (what: string): ApiError => new ApiError('notFound', `Not found: ${what}`)

/** A request that says something wrong. */
export const invalid = (message: string, location?: string): ApiError =>
  new ApiError('invalid', message, location === undefined ? {} : { location })
