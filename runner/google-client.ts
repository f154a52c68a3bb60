import { Problem } from './problem.ts'

/**
 * For `import('@google-cloud/…').catch(…)`: Google's clients are loaded when they are first needed, and an installation may
 * lack them.
 *
 * @param what needs it, as the message begins
 * @param client what it is the client of
 * @param packages as npm has them
 * @example await import('@google-cloud/pubsub').catch(clientMissing('`stream: subscription:`', 'Pub/Sub', '@google-cloud/pubsub'))
 */
export const clientMissing =
  (what: string, client: string, packages: string) =>
  (cause: unknown): never => {
    if ((cause as NodeJS.ErrnoException).code !== 'ERR_MODULE_NOT_FOUND') throw cause
    throw new Problem(`${what} needs the client of ${client}, which is not installed`, {
      hint: `npm i ${packages}`,
      cause,
    })
  }

/**
 * Options of a gRPC client of Google's for a server on this machine: in the clear and without credentials.
 *
 * @param url `http://127.0.0.1:8085`; an emulator's variable may leave the scheme out
 */
export async function localGrpcOptions(url: string) {
  const { GrpcClient } = (await import('google-gax')).default
  const { PassThroughClient } = await import('google-auth-library')
  const { hostname, port } = new URL(url.includes('://') ? url : `http://${url}`)
  return {
    apiEndpoint: hostname,
    port: Number(port || 80),
    sslCreds: new GrpcClient().grpc.credentials.createInsecure(),
    // The clients' own union has every kind of credentials but the empty ones.
    authClient: new PassThroughClient() as never,
    projectId: 'none',
  }
}
