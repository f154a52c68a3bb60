import { StoreFailure } from './object-changed.ts'

/** What the client and what is below it say of an error: an HTTP status, or a word of the system's. */
interface ClientError {
  readonly code?: unknown
  readonly message?: unknown
  readonly status?: unknown
}

function statusOf(error: unknown): number | undefined {
  const { code, status } = (error ?? {}) as ClientError
  if (typeof code === 'number') return code
  if (typeof code === 'string' && /^\d{3}$/.test(code)) return Number(code)
  return typeof status === 'number' ? status : undefined
}

const passingCodes: ReadonlySet<unknown> = new Set([
  'ECONNRESET',
  'ECONNREFUSED',
  'ECONNABORTED',
  'ETIMEDOUT',
  'EPIPE',
  'EAI_AGAIN',
  'ENETUNREACH',
  'EHOSTUNREACH',
  'ERR_STREAM_PREMATURE_CLOSE',
  'UND_ERR_SOCKET',
])

/** True for an error that may pass: too many requests, a fault of the server, a connection that broke. */
export function isPassing(error: unknown): boolean {
  if (isOfCredentials(error)) return false
  if (error instanceof SyntaxError) return true // an answer that was cut short
  const status = statusOf(error)
  if (status !== undefined) return status === 408 || status === 429 || (status >= 500 && status !== 501)
  const { code, message } = (error ?? {}) as ClientError
  return (
    passingCodes.has(code) ||
    /socket hang up|premature close|terminated|aborted|ECONNRESET|cannot parse response/i.test(
      String(message),
    )
  )
}

/** True if the credentials of this machine cannot be read: a file that is not there, or holds something else. */
function isOfCredentials(error: unknown): boolean {
  const { message = '' } = (error ?? {}) as ClientError
  return /default credentials|read the credential file|GOOGLE_APPLICATION_CREDENTIALS/i.test(String(message))
}

/** True if there is no such object, in no such generation. */
export function isMissing(error: unknown): boolean {
  const status = statusOf(error)
  return status === 404 || status === 412
}

/** An error of a request as a person is told of it. The client's own message may hold a whole page; it is cut. */
export function requestProblem(place: string, error: unknown): StoreFailure {
  const status = statusOf(error)
  const { message } = (error ?? {}) as ClientError
  const said = String(message).replace(/\s+/g, ' ').slice(0, 200)
  const about = { file: place, cause: error }
  if (status === 404) {
    return new StoreFailure('the bucket does not exist, or its name is hidden from these credentials', {
      ...about,
      hint: 'set `stream: path:` in streamform.yaml to gs://bucket/prefix',
    })
  }
  // What is wrong with a file of credentials is not repeated: the client shows a piece of it.
  if (status === 401 || isOfCredentials(error)) {
    return new StoreFailure('there are no credentials for Cloud Storage, or they are not accepted', {
      ...about,
      hint: 'run `gcloud auth application-default login`, or set GOOGLE_APPLICATION_CREDENTIALS',
    })
  }
  if (status === 403) {
    return new StoreFailure('these credentials may not read here', {
      ...about,
      hint: 'grant roles/storage.objectViewer on the bucket to whom you are logged in as',
    })
  }
  if ((error as ClientError | undefined)?.code === 'ENOTFOUND') {
    return new StoreFailure('the name of Cloud Storage is not found: this machine seems to be offline', {
      ...about,
      transient: true,
    })
  }
  const passing = isPassing(error)
  const code = status === undefined ? '' : ` (${status})`
  return new StoreFailure(`Cloud Storage does not answer as it should${code}: ${said}`, {
    ...about,
    transient: passing,
    ...(passing ? { hint: 'run it again later: what has landed stays, the rest is still new' } : {}),
  })
}
