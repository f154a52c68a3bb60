import type { IncomingHttpHeaders, IncomingMessage } from 'node:http'
import { gunzipSync } from 'node:zlib'
import { ApiError, invalid } from './api-error.ts'
import { isObject, type JsonObject, parseJson } from './json.ts'

/** One call of the API, whatever prefix it came by. */
export interface ApiRequest {
  readonly method: string
  /** What the route's `:names` stand for. */
  readonly parameters: Readonly<Record<string, string>>
  readonly query: URLSearchParams
  readonly headers: IncomingHttpHeaders
  /** `http://localhost:9050`, as the client wrote it. */
  readonly origin: string
  /** The path as it came, for answers that name a place to go on at. */
  readonly path: string
  /** The body as a JSON object; an empty body is an empty object. @throws ApiError for anything else */
  json(): Promise<JsonObject>
  bytes(): Promise<Buffer>
}

/** What a route answers: a body is JSON; without one the answer is empty. */
export interface ApiResponse {
  readonly status?: number
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: unknown
}

/** A body longer than this is refused: it is kept in memory. */
const longestBody = 2 ** 30

export function requestOf(
  message: IncomingMessage,
  url: URL,
  parameters: Readonly<Record<string, string>>,
): ApiRequest {
  const bytes = () => bodyOf(message)
  return {
    method: message.method ?? 'GET',
    parameters,
    query: url.searchParams,
    headers: message.headers,
    origin: url.origin,
    path: url.pathname,
    bytes,
    json: async () => jsonObject((await bytes()).toString('utf8')),
  }
}

/** A text that must be a JSON object. @throws ApiError */
export function jsonObject(text: string): JsonObject {
  if (text.trim() === '') return {}
  try {
    const value = parseJson(text)
    if (isObject(value)) return value
  } catch (cause) {
    throw new ApiError('parseError', `Invalid JSON payload received: ${(cause as Error).message}`, { cause })
  }
  throw new ApiError('parseError', 'Invalid JSON payload received: it must be an object')
}

async function bodyOf(message: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of message as AsyncIterable<Buffer>) {
    chunks.push(chunk)
    size += chunk.length
    if (size > longestBody)
      throw invalid(`the body is longer than ${longestBody} bytes, the most that is accepted locally`)
  }
  const body = Buffer.concat(chunks)
  return message.headers['content-encoding'] === 'gzip' ? gunzipSync(body) : body
}

/** A query parameter that is a whole number from 0. */
export function countOf(query: URLSearchParams, name: string): number | undefined {
  const text = query.get(name)
  if (text === null || text === '') return undefined
  if (!/^\d{1,15}$/.test(text)) throw invalid(`Invalid value for ${name}: ${text} is no whole number`, name)
  return Number(text)
}

/** True for `true` and Python's `True`. */
export const flagOf = (query: URLSearchParams, name: string): boolean =>
  query.get(name)?.toLowerCase() === 'true'
