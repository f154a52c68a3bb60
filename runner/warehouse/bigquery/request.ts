import { randomUUID } from 'node:crypto'
import type { BigQuery } from '@google-cloud/bigquery'
import { type BigQueryProblem, type Failure, isPassing, problemOf } from './errors.ts'

/** One call of the REST API. Every call is one that does no harm when it is made twice. */
export interface ApiCall {
  readonly method: 'GET' | 'POST' | 'PATCH' | 'PUT' | 'DELETE'
  /** Behind `projects/<project>/`, its parts encoded: `datasets/d/tables/t`. */
  readonly path: string
  /** Default: the client's. */
  readonly project?: string
  readonly query?: Readonly<Record<string, string | number | boolean | undefined>>
  readonly body?: object
  readonly headers?: Readonly<Record<string, string>>
  /** Bytes to load: `body` is sent before them, to the address of uploads. */
  readonly upload?: Uint8Array
}

/** Whom a request goes to. */
export interface Recipient {
  /** `https://bigquery.googleapis.com` */
  readonly origin: string
  /** Of calls that name none. */
  readonly project: string
  /** Milliseconds without a byte of answer, after which a call counts as lost. */
  readonly timeout: number
}

/**
 * One request through the real client. Its body is handed over as text: the client would put the project's name in place
 * of `{{projectId}}` anywhere in an object, in a query's text too.
 */
export function request<Answer extends object>(
  service: BigQuery,
  { origin, timeout, project: ownProject }: Recipient,
  call: ApiCall,
): Promise<Answer> {
  const { method, path, project = ownProject, query = {}, body, upload } = call
  const prefix = upload === undefined ? 'bigquery/v2' : 'upload/bigquery/v2'
  const parts = upload === undefined ? undefined : multipart(body ?? {}, upload)
  const qs = Object.fromEntries(
    Object.entries({ ...query, prettyPrint: false }).filter(([, value]) => value !== undefined),
  )
  return new Promise((resolve, reject) => {
    service.request(
      {
        method,
        uri: `${origin}/${prefix}/projects/${encodeURIComponent(project)}/${path}`,
        qs: upload === undefined ? qs : { ...qs, uploadType: 'multipart' },
        timeout,
        headers: {
          ...call.headers,
          ...(body === undefined ? {} : { 'Content-Type': parts?.type ?? 'application/json' }),
        },
        ...(body === undefined ? {} : { body: parts?.bytes ?? JSON.stringify(body) }),
      },
      (error: unknown, answer: unknown) => {
        if (error !== null && error !== undefined) reject(problemOf(failureOf(error)))
        else if (isAnswerOf(call, answer)) resolve(answer as Answer)
        else reject(garbled(`${shownCall(call)} was answered with no JSON`))
      },
    )
  })
}

/** An answer that is none: what was asked may or may not have been done. */
export const garbled = (message: string): BigQueryProblem =>
  problemOf({ status: 502, reason: 'badGateway', message })

export const shownCall = ({ method, path }: ApiCall): string => `${method} ${path}`

/** A DELETE is answered with nothing. */
const isAnswerOf = ({ method }: ApiCall, answer: unknown): boolean =>
  method === 'DELETE' ||
  (typeof answer === 'object' && answer !== null && !('pipe' in answer) && !Array.isArray(answer))

/** The two parts of an upload (https://cloud.google.com/bigquery/docs/reference/api-uploads#multipart). */
function multipart(body: object, upload: Uint8Array): { readonly type: string; readonly bytes: Buffer } {
  const boundary = randomUUID()
  const head = `--${boundary}\r\nContent-Type: application/json; charset=UTF-8\r\n\r\n${JSON.stringify(body)}\r\n--${boundary}\r\nContent-Type: application/octet-stream\r\n\r\n`
  return {
    type: `multipart/related; boundary=${boundary}`,
    bytes: Buffer.concat([Buffer.from(head), upload, Buffer.from(`\r\n--${boundary}--`)]),
  }
}

interface ClientError {
  readonly code?: unknown
  readonly errors?: readonly { readonly reason?: string; readonly message?: string }[]
  readonly message?: string
  readonly response?: { readonly statusCode?: number }
}

/** The client's error holds the call, and its token in that: what is kept of it is where it happened. */
function bare(error: unknown): Error {
  const { message, stack = '' } = error instanceof Error ? error : new Error(String(error))
  return Object.assign(new Error(message), { stack })
}

/** What the client's error says: of its errors the first is BigQuery's own, the others repeat it. */
function failureOf(error: unknown): Failure {
  const { code, errors, message = String(error), response } = error as ClientError
  const [first] = errors ?? []
  const status = typeof code === 'number' ? code : response?.statusCode
  // An answer that is no JSON came from something in between, or was cut off.
  const broken = /invalid json response body|Unexpected end of JSON/i.test(message)
  const reason = first?.reason ?? (typeof code === 'string' ? code : broken ? 'badGateway' : undefined)
  const failure = {
    status: broken ? 502 : status,
    reason,
    message: first?.message ?? message,
    cause: bare(error),
  }
  return {
    ...failure,
    message:
      isPassing(failure) && first === undefined
        ? `BigQuery could not be reached: ${failure.message}`
        : failure.message,
  }
}
