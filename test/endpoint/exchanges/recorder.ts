import {
  createServer,
  request as httpRequest,
  type IncomingHttpHeaders,
  type IncomingMessage,
} from 'node:http'
import type { AddressInfo } from 'node:net'
import { gunzipSync } from 'node:zlib'

/** One call of a client, and its answer, as they went over the wire. */
export interface Exchange {
  /** Which of Google's clients, as it says itself: `Node 9.3.0`; undefined: none of them. */
  readonly client: string | undefined
  readonly method: string
  /** As it came, with its prefix and without its query. */
  readonly path: string
  readonly query: URLSearchParams
  /** The JSON of the call, of an upload its first part; undefined: none. */
  readonly sent: unknown
  readonly status: number
  readonly headers: IncomingHttpHeaders
  /** undefined: it is empty. */
  readonly answer: unknown
}

export interface Recorder {
  readonly url: string
  readonly exchanges: readonly Exchange[]
  close(): Promise<void>
}

/** Stands between clients and an endpoint and notes what they say to each other, byte for byte as it is. */
export async function startRecorder(to: string): Promise<Recorder> {
  const exchanges: Exchange[] = []
  const server = createServer((request, response) => {
    void (async () => {
      const sent = await bytesOf(request)
      const { host, ...headers } = request.headers
      const call = httpRequest(`${to}${request.url}`, {
        method: request.method ?? 'GET',
        // The host is the recorder's, so that places to go on at lead through it.
        headers: { ...headers, host: host ?? '' },
        agent: false,
      })
      call.end(sent)
      const answered = await new Promise<IncomingMessage>((resolve, reject) => {
        call.once('response', resolve).once('error', reject)
      })
      const bytes = await bytesOf(answered)
      const exchange = exchangeOf(request, sent, answered, bytes)
      exchanges.push(exchange)
      response.writeHead(exchange.status, answered.headers)
      response.end(bytes)
    })().catch(() => request.socket.destroy())
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${port}`,
    exchanges,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

function exchangeOf(
  request: IncomingMessage,
  sent: Buffer,
  answered: IncomingMessage,
  bytes: Buffer,
): Exchange {
  const url = new URL(request.url ?? '/', 'http://localhost')
  return {
    client: clientOf(request.headers),
    method: request.method ?? '',
    path: url.pathname,
    query: url.searchParams,
    sent: jsonOf(request.headers, sent),
    status: answered.statusCode ?? 0,
    headers: answered.headers,
    answer: jsonOf(answered.headers, bytes),
  }
}

/** `gl-node/24.21.0 gccl/9.3.0`, `gl-python/3.11.2 gccl/3.47.0` */
function clientOf(headers: IncomingHttpHeaders): string | undefined {
  const [, language, version] =
    /gl-(node|python)\/\S+.* gccl\/([\d.]+)/.exec(String(headers['x-goog-api-client'])) ?? []
  return language === undefined ? undefined : `${language === 'node' ? 'Node' : 'Python'} ${version}`
}

async function bytesOf(message: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = []
  for await (const chunk of message as AsyncIterable<Buffer>) chunks.push(chunk)
  return Buffer.concat(chunks)
}

/** JSON, or of a multipart upload the JSON of its first part; undefined for what is neither. */
function jsonOf(headers: IncomingHttpHeaders, bytes: Buffer): unknown {
  const plain = headers['content-encoding'] === 'gzip' ? gunzipSync(bytes) : bytes
  const text = plain.toString('utf8')
  const first = headers['content-type']?.startsWith('multipart/') === true ? /\{.*\}/.exec(text)?.[0] : text
  try {
    return JSON.parse(first ?? '')
  } catch {
    return undefined
  }
}
