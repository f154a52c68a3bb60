import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { Problem } from '../problem.ts'
import type { LocalWarehouse } from '../warehouse/local-warehouse.ts'
import { ApiError, asApiError, notFound } from './api-error.ts'
import { externalFiles } from './files/external-files.ts'
import { Uploads } from './files/uploads.ts'
import { JobStore } from './jobs/job-store.ts'
import { Sessions } from './jobs/sessions.ts'
import { Turns } from './jobs/turns.ts'
import { type ApiResponse, requestOf } from './request.ts'
import { findRoute } from './routes.ts'
import type { Service } from './service.ts'
import { InsertIds } from './tables/insert-ids.ts'
import { TableTimes } from './tables/table-times.ts'

export interface EndpointOptions {
  /** What it serves: an open one, which the caller closes after the endpoint, or a file or `:memory:`. */
  readonly warehouse: LocalWarehouse | string
  /** 0 or undefined: any free one. */
  readonly port?: number | undefined
  /** Calls must bear it (`Authorization: Bearer …`); undefined: any credentials and none will do. */
  readonly token?: string | undefined
  /** The folder whose folders are the buckets of `gs://` URIs. */
  readonly bucketFolder?: string | undefined
  readonly now?: () => Date
  /** Called with every answer: method, path and status. */
  readonly onAnswer?: (line: string) => void
}

export interface Endpoint {
  /** `http://127.0.0.1:9050`, for `BIGQUERY_EMULATOR_HOST`, `apiEndpoint` or `api_endpoint`. */
  readonly url: string
  /** Cancels running jobs and ends all connections. */
  close(): Promise<void>
}

/**
 * Serves BigQuery's REST API v2 over an embedded warehouse, on the loopback interface alone.
 *
 * @throws Problem if the port is taken
 * @example
 * const endpoint = await startEndpoint({ warehouse: ':memory:' })
 * const bigquery = new BigQuery({ projectId: 'my-project', apiEndpoint: endpoint.url })
 */
export async function startEndpoint(options: EndpointOptions): Promise<Endpoint> {
  const { port = 0, token, bucketFolder, now = () => new Date() } = options
  const given = options.warehouse
  const warehouse = typeof given === 'string' ? await open(given) : given
  const release = async () => {
    if (typeof given === 'string') await warehouse.close()
  }
  const service: Service = {
    warehouse,
    jobs: new JobStore(),
    uploads: new Uploads(),
    insertIds: new InsertIds(),
    times: new TableTimes(now().getTime()),
    turns: new Turns(),
    sessions: new Sessions(warehouse),
    bucketFolder,
    now,
  }
  warehouse.exchangeFilesBy(externalFiles(service))
  const server = createServer((request, response) => {
    void answer(service, token, request).then((result) => {
      options.onAnswer?.(`${request.method} ${request.url} ${result.status ?? 200}`)
      send(response, result)
    })
  })
  await listen(server, port).catch(async (error: unknown) => {
    await release()
    throw error
  })
  const { port: taken } = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${taken}`,
    async close() {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()))
      await service.jobs.close()
      await service.sessions.close()
      server.closeAllConnections()
      await closed
      await release()
    },
  }
}

/** Every call names its project, so the warehouse's own default does not matter. */
async function open(path: string): Promise<LocalWarehouse> {
  const { openDuckDbWarehouse } = await import('../warehouse/duckdb/warehouse.ts')
  return openDuckDbWarehouse({ path, defaultProject: 'streamform-local' })
}

function listen(server: Server, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      reject(
        error.code === 'EADDRINUSE' || error.code === 'EACCES'
          ? new Problem(`the port ${port} cannot be used: ${error.code}`, {
              hint: 'choose another with --port, or 0 for any that is free',
              exitCode: 2,
              cause: error,
            })
          : error,
      )
    })
    server.listen(port, '127.0.0.1', resolve)
  })
}

/** Never throws: every failure is an answer. */
async function answer(
  service: Service,
  token: string | undefined,
  message: IncomingMessage,
): Promise<ApiResponse> {
  try {
    const host = message.headers.host ?? 'localhost'
    const url = new URL(message.url ?? '/', `http://${host}`)
    checkCaller(message, url, token)
    const method = message.headers['x-http-method-override']?.toString() ?? message.method ?? 'GET'
    const route = findRoute(method, url.pathname)
    if (route === undefined) throw notFound(`${method} ${url.pathname} is not part of the local endpoint`)
    return await route.handler(service, requestOf(message, url, route.parameters))
  } catch (error) {
    const { status, envelope } = asApiError(error)
    return { status, body: envelope }
  }
}

const loopback = /^(?:localhost|127(?:\.\d+){3}|\[::1\])$/

/**
 * Refuses web pages that a browser here shows (they come with an Origin, or under a name of theirs that resolves to
 * this machine), and calls without the token. Never 401: clients put a message of their own in place of that.
 */
function checkCaller({ headers }: IncomingMessage, url: URL, token: string | undefined): void {
  const { origin } = headers
  if (!loopback.test(url.hostname) || (origin !== undefined && !isLoopback(origin)))
    throw new ApiError('accessDenied', `Access Denied: the local endpoint answers calls to localhost alone`)
  if (token !== undefined && headers.authorization !== `Bearer ${token}`)
    throw new ApiError(
      'accessDenied',
      'Access Denied: the local endpoint was started with a token; send it as Authorization: Bearer',
    )
}

function isLoopback(origin: string): boolean {
  return URL.canParse(origin) && loopback.test(new URL(origin).hostname)
}

function send(response: ServerResponse, { status = 200, headers = {}, body }: ApiResponse): void {
  const text = body === undefined ? '' : JSON.stringify(body)
  response.writeHead(status, {
    ...(body === undefined ? {} : { 'content-type': 'application/json; charset=UTF-8' }),
    'content-length': Buffer.byteLength(text),
    ...headers,
  })
  response.end(status === 204 ? undefined : text)
}
