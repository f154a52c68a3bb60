import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { gunzipSync, gzipSync } from 'node:zlib'
import { CRC32C } from '@google-cloud/storage'

interface Stored {
  readonly content: Buffer
  readonly generation: string
  /** True for an object that was put with `Content-Encoding: gzip`: its content is compressed. */
  readonly gzip: boolean
}

/** How one request goes wrong. */
export type Failure =
  | { readonly kind: 'status'; readonly status: number; readonly body?: string }
  /** The connection is cut before anything is answered. */
  | { readonly kind: 'reset' }
  /** The connection is cut after so many bytes of the content. */
  | { readonly kind: 'cut'; readonly after: number }
  /** Nothing more comes after so many bytes, and the connection stays. */
  | { readonly kind: 'stall'; readonly after: number }
  /** One bit of the content is another. */
  | { readonly kind: 'damage' }
  /** The whole content, with status 200, though a range was asked for. */
  | { readonly kind: 'ignore-range' }
  /** JSON that ends in the middle. */
  | { readonly kind: 'half-json' }

export interface BucketRequest {
  readonly route: 'list' | 'metadata' | 'content'
  readonly name: string
  readonly range: string | undefined
  readonly generation: string | undefined
  /** True if the client takes gzip as it is. */
  readonly takesGzip: boolean
}

/** Gives the failure of a request, if any; `number` counts all requests from 0. */
export type Failing = (request: BucketRequest, number: number) => Failure | undefined

/**
 * A bucket in this process, behind the routes of Cloud Storage's JSON API that reading uses: objects of a prefix by
 * pages, an object's metadata, its content by generation and range.
 */
export class FakeBucket {
  readonly objects = new Map<string, Stored>()
  readonly requests: BucketRequest[] = []
  failing: Failing = () => undefined
  /** Milliseconds before content is sent. */
  delay = 0
  /** Content requests under way now, and at most. */
  open = 0
  mostOpen = 0
  private generation = 1_700_000_000_000_000
  private readonly server: Server

  private constructor() {
    this.server = createServer((request, response) => this.answer(request, response))
  }

  static async start(): Promise<FakeBucket> {
    const bucket = new FakeBucket()
    await new Promise<void>((resolve) => bucket.server.listen(0, '127.0.0.1', resolve))
    return bucket
  }

  get endpoint(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections()
    await new Promise((resolve) => this.server.close(resolve))
  }

  put(name: string, content: Uint8Array | string): void {
    this.objects.set(name, {
      content: Buffer.from(content),
      generation: String(this.generation++),
      gzip: false,
    })
  }

  /** As an uploader does that says `Content-Encoding: gzip`. */
  putGzip(name: string, content: Uint8Array | string): void {
    this.objects.set(name, { content: gzipSync(content), generation: String(this.generation++), gzip: true })
  }

  private answer(request: IncomingMessage, response: ServerResponse): void {
    const url = new URL(request.url ?? '', 'http://none')
    const match = /^\/storage\/v1\/b\/([^/]+)\/o(?:\/([^/]*))?$/.exec(url.pathname)
    if (match === null || request.method !== 'GET') {
      response.writeHead(501).end(`no route for ${request.method} ${url.pathname}`)
      return
    }
    const name = decodeURIComponent(match[2] ?? '')
    const isContent = url.searchParams.get('alt') === 'media'
    const asked: BucketRequest = {
      route: match[2] === undefined ? 'list' : isContent ? 'content' : 'metadata',
      name,
      range: request.headers.range,
      generation: url.searchParams.get('generation') ?? undefined,
      takesGzip: /gzip/.test(String(request.headers['accept-encoding'] ?? '')),
    }
    const failure = this.failing(asked, this.requests.length)
    this.requests.push(asked)
    if (failure?.kind === 'reset') request.socket.destroy()
    else if (failure?.kind === 'status') sendError(response, failure.status, failure.body)
    else if (match[1] !== 'shop-cdc') sendError(response, 404)
    else if (asked.route === 'list') this.list(url.searchParams, response, failure)
    else this.object(asked, response, failure)
  }

  private list(query: URLSearchParams, response: ServerResponse, failure: Failure | undefined): void {
    const prefix = query.get('prefix') ?? ''
    const after = query.get('pageToken')
    const names = [...this.objects.keys()]
      .filter((name) => name.startsWith(prefix))
      .sort((left, right) => Buffer.compare(Buffer.from(left), Buffer.from(right)))
    const from = after === null ? 0 : names.indexOf(Buffer.from(after, 'base64').toString()) + 1
    const page = names.slice(from, from + Number(query.get('maxResults')))
    const last = page.at(-1)
    const more = last !== undefined && from + page.length < names.length
    const body = JSON.stringify({
      ...(page.length === 0 ? {} : { items: page.map((name) => this.metadata(name)) }),
      ...(more ? { nextPageToken: Buffer.from(last).toString('base64') } : {}),
    })
    response.writeHead(200, { 'content-type': 'application/json' })
    response.end(failure?.kind === 'half-json' ? body.slice(0, body.length / 2) : body)
  }

  private metadata(name: string): object | undefined {
    const stored = this.objects.get(name)
    if (stored === undefined) return undefined
    const { content, generation } = stored
    return { name, size: String(content.length), generation, crc32c: checksum(content) }
  }

  private object(asked: BucketRequest, response: ServerResponse, failure: Failure | undefined): void {
    const stored = this.objects.get(asked.name)
    const isThere =
      stored !== undefined && (asked.generation === undefined || asked.generation === stored.generation)
    if (!isThere) sendError(response, 404)
    else if (asked.route === 'metadata') {
      response.writeHead(200, { 'content-type': 'application/json' })
      response.end(JSON.stringify(this.metadata(asked.name)))
    } else this.content(asked, stored, response, failure)
  }

  private content(
    { range, takesGzip }: BucketRequest,
    { content, generation, gzip }: Stored,
    response: ServerResponse,
    failure: Failure | undefined,
  ): void {
    if (gzip && !takesGzip) {
      // What does not take gzip gets the content uncompressed, whatever range it asked for.
      response.writeHead(200, { 'content-type': 'application/octet-stream', 'x-goog-generation': generation })
      response.end(gunzipSync(content))
      return
    }
    const from = failure?.kind === 'ignore-range' ? 0 : Number(/^bytes=(\d+)-$/.exec(range ?? '')?.[1] ?? 0)
    const part = Buffer.from(content.subarray(from))
    if (failure?.kind === 'damage') part[part.length >> 1] = (part[part.length >> 1] ?? 0) ^ 1
    this.mostOpen = Math.max(this.mostOpen, ++this.open)
    response.on('close', () => {
      this.open--
    })
    response.writeHead(from > 0 ? 206 : 200, {
      'content-length': part.length,
      'content-type': 'application/octet-stream',
      'x-goog-generation': generation,
      'x-goog-hash': `crc32c=${checksum(content)}`,
      'x-goog-stored-content-encoding': gzip ? 'gzip' : 'identity',
      ...(gzip ? { 'content-encoding': 'gzip' } : {}),
    })
    if (failure?.kind === 'cut') {
      response.write(part.subarray(0, failure.after), () => response.destroy())
    } else if (failure?.kind === 'stall') response.write(part.subarray(0, failure.after))
    else setTimeout(() => response.end(part), this.delay)
  }
}

function checksum(content: Buffer): string {
  const crc = new CRC32C()
  crc.update(content)
  return crc.toString()
}

function sendError(response: ServerResponse, status: number, body?: string): void {
  const retryAfter = status === 429 ? { 'retry-after': '0' } : {}
  response.writeHead(status, { 'content-type': 'application/json', ...retryAfter })
  response.end(body ?? JSON.stringify({ error: { code: status, message: `answered with ${status}` } }))
}
