import { createRequire } from 'node:module'
import {
  loadPackageDefinition,
  Server,
  ServerCredentials,
  type ServiceClientConstructor,
  type ServiceError,
  type sendUnaryData,
  status,
  type UntypedServiceImplementation,
} from '@grpc/grpc-js'
import { fromJSON } from '@grpc/proto-loader'

export { status }

/** A failure as gRPC tells it. */
export class Failure extends Error {
  readonly code: status

  constructor(code: status, details: string) {
    super(details)
    this.code = code
  }
}

/** A call's answer from its request; it may throw Failure. */
// Requests and answers are the protos' own, as plain objects.
// biome-ignore lint/suspicious/noExplicitAny: each test knows the messages that it writes and reads
export type Handler = (request: any) => unknown

export interface GrpcServer {
  /** `http://127.0.0.1:PORT` */
  readonly url: string
  readonly port: number
  close(): void
}

const require = createRequire(import.meta.url)

/** The service of one of Google's clients, as its own protos describe it. */
export function serviceOf(client: string, name: string): ServiceClientConstructor['service'] {
  const definition = fromJSON(require(`${client}/build/protos/protos.json`), {
    longs: String,
    enums: String,
    defaults: false,
    oneofs: true,
  })
  let found: unknown = loadPackageDefinition(definition)
  for (const part of name.split('.')) found = (found as Record<string, unknown>)[part]
  return (found as ServiceClientConstructor).service
}

/** Serves unary methods, on the loopback interface; a method without a handler is UNIMPLEMENTED. */
export async function serveUnary(
  service: ServiceClientConstructor['service'],
  handlers: Readonly<Record<string, Handler>>,
): Promise<GrpcServer> {
  const implementation: UntypedServiceImplementation = Object.fromEntries(
    Object.entries(handlers).map(([name, handle]) => [
      name,
      (call: { readonly request: unknown }, callback: sendUnaryData<unknown>) => {
        Promise.resolve()
          .then(() => handle(call.request))
          .then(
            (answer) => callback(null, answer),
            (error: unknown) => callback(asServiceError(error)),
          )
      },
    ]),
  )
  return await listen((server) => server.addService(service, implementation))
}

export const asServiceError = (error: unknown): Partial<ServiceError> =>
  error instanceof Failure
    ? { code: error.code, details: error.message }
    : { code: status.INTERNAL, details: String(error) }

export async function listen(add: (server: Server) => void): Promise<GrpcServer> {
  const server = new Server()
  add(server)
  const port = await new Promise<number>((resolve, reject) => {
    server.bindAsync('127.0.0.1:0', ServerCredentials.createInsecure(), (error, bound) => {
      if (error === null) resolve(bound)
      else reject(error)
    })
  })
  return { url: `http://127.0.0.1:${port}`, port, close: () => server.forceShutdown() }
}
