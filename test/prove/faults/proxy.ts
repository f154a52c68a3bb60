import { createServer, request as httpRequest, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { gunzipSync } from 'node:zlib'
import { LateJobs } from './late-jobs.ts'

/** A call on its way from the client to the endpoint. */
export interface ProxiedCall {
  /** Ordinal, from 0. */
  readonly index: number
  readonly method: string
  /** Without the prefix and the query: `/projects/p/jobs`. */
  readonly path: string
  /** undefined: none, or no JSON. */
  readonly body: Json | undefined
}

export interface Json {
  readonly [key: string]: unknown
}

/** What goes wrong with one call. */
export type Fault =
  /** An error in place of the answer; the server never saw the call, or (`acted`) did what it says. */
  | { readonly kind: 'error'; readonly status: number; readonly reason: string; readonly acted: boolean }
  | { readonly kind: 'reset'; readonly acted: boolean }
  /** The answer ends in its middle: with the connection (`cut`), or as if it were all. */
  | { readonly kind: 'truncated'; readonly cut: boolean }
  /** The answer comes byte after byte, with pauses of some milliseconds. */
  | { readonly kind: 'slow'; readonly milliseconds: number }
  /** The answer is another job's. */
  | { readonly kind: 'other job' }
  /** A job that is accepted, runs, and then fails; the server never sees it. */
  | { readonly kind: 'late failure'; readonly reason: string }
  /** The token that came with the call is valid no more. */
  | { readonly kind: 'expired token' }

export interface Proxy {
  readonly url: string
  /** Every call, in order of arrival. */
  readonly calls: readonly ProxiedCall[]
  close(): Promise<void>
}

export interface ProxyOptions {
  /** The endpoint's address. */
  readonly to: string
  /** What goes wrong with a call; undefined: nothing. */
  readonly fault?: (call: ProxiedCall) => Fault | undefined
}

/** Stands between a client and the endpoint, notes every call, and lets go wrong what `fault` says. */
export async function startProxy({ to, fault = () => undefined }: ProxyOptions): Promise<Proxy> {
  const calls: ProxiedCall[] = []
  const late = new LateJobs()
  const expired = new Set<string>()
  const server = createServer((request, response) => {
    void handle(request, response).catch(() => request.socket.destroy())
  })

  async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const bytes = await bodyOf(request)
    const path = (request.url ?? '').replace(/\?.*/s, '').replace(/^(?:\/upload)?\/bigquery\/v2/, '')
    const call = { index: calls.length, method: request.method ?? '', path, body: jsonOf(request, bytes) }
    calls.push(call)
    const token = request.headers.authorization ?? ''
    const wrong = fault(call)
    if (wrong?.kind === 'expired token') expired.add(token)
    if (expired.has(token)) return answer(response, error(401, 'authError', 'Invalid Credentials'))
    const pretended = late.answer(call, wrong?.kind === 'late failure' ? wrong.reason : undefined)
    const acted = wrong === undefined || !('acted' in wrong) || wrong.acted
    if (pretended === undefined && acted) late.passedOn(call)
    const real = pretended ?? (acted ? await forwarded(to, request, bytes) : undefined)
    return damaged(request, response, wrong, real)
  }

  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${port}`,
    calls,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

export interface Answer {
  readonly status: number
  readonly text: string
}

export const error = (status: number, reason: string, message = `injected ${reason}`): Answer => ({
  status,
  text: JSON.stringify({
    error: { code: status, message, errors: [{ message, domain: 'global', reason }] },
  }),
})

function answer(response: ServerResponse, { status, text }: Answer): void {
  response.writeHead(status, {
    'content-type': 'application/json; charset=UTF-8',
    'content-length': Buffer.byteLength(text),
  })
  response.end(text)
}

async function damaged(
  request: IncomingMessage,
  response: ServerResponse,
  fault: Fault | undefined,
  real: Answer | undefined,
): Promise<void> {
  switch (fault?.kind) {
    case 'error':
      return answer(response, error(fault.status, fault.reason))
    case 'reset':
      request.socket.resetAndDestroy()
      return
    case undefined:
    case 'late failure':
    case 'expired token':
      return answer(response, real ?? error(500, 'internalError'))
    case 'other job':
      return answer(response, otherJob(real ?? error(500, 'internalError')))
    case 'truncated':
    case 'slow':
      return halved(request, response, fault, real ?? error(500, 'internalError'))
  }
}

async function halved(
  request: IncomingMessage,
  response: ServerResponse,
  fault: Extract<Fault, { readonly kind: 'truncated' | 'slow' }>,
  { status, text }: Answer,
): Promise<void> {
  const half = text.slice(0, Math.floor(text.length / 2))
  if (fault.kind === 'truncated' && !fault.cut) return answer(response, { status, text: half })
  response.writeHead(status, {
    'content-type': 'application/json; charset=UTF-8',
    'content-length': Buffer.byteLength(text),
  })
  response.write(half)
  if (fault.kind === 'truncated') {
    setImmediate(() => request.socket.destroy())
    return
  }
  await new Promise((resolve) => setTimeout(resolve, fault.milliseconds))
  response.end(text.slice(half.length))
}

function otherJob({ status, text }: Answer): Answer {
  return { status, text: text.replace(/"jobId":"[^"]*"/g, '"jobId":"somebody_elses"') }
}

async function bodyOf(message: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = []
  for await (const chunk of message as AsyncIterable<Buffer>) chunks.push(chunk)
  return Buffer.concat(chunks)
}

/** The JSON of a call; of an upload its first part. */
function jsonOf({ headers }: IncomingMessage, bytes: Buffer): Json | undefined {
  const plain = headers['content-encoding'] === 'gzip' ? gunzipSync(bytes) : bytes
  const text = plain.toString('utf8')
  const part = headers['content-type']?.startsWith('multipart/') === true ? /\{.*\}/.exec(text)?.[0] : text
  try {
    return JSON.parse(part ?? '') as Json
  } catch {
    return undefined
  }
}

function forwarded(to: string, { method, url, headers }: IncomingMessage, bytes: Buffer): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const { host: _, ...rest } = headers
    const call = httpRequest(`${to}${url}`, { method, headers: rest, agent: false }, (response) => {
      bodyOf(response).then((body) => {
        resolve({ status: response.statusCode ?? 500, text: body.toString('utf8') })
      }, reject)
    })
    call.on('error', reject)
    call.end(bytes)
  })
}
