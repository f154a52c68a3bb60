import type { protos, v1 } from '@google-cloud/dataform'
import { clientMissing, localGrpcOptions } from '../google-client.ts'
import { Problem } from '../problem.ts'

const missing = clientMissing('deploying', 'Dataform', '@google-cloud/dataform')

/** Of the API's first version that is no beta; the package's own default is one. */
export type DataformClient = v1.DataformClient
export type Repository = protos.google.cloud.dataform.v1.IRepository
export type ReleaseConfig = protos.google.cloud.dataform.v1.IReleaseConfig
export type WorkflowConfig = protos.google.cloud.dataform.v1.IWorkflowConfig
export type CompilationResult = protos.google.cloud.dataform.v1.ICompilationResult
export type WorkflowInvocation = protos.google.cloud.dataform.v1.IWorkflowInvocation
export type InvocationAction = protos.google.cloud.dataform.v1.IWorkflowInvocationAction

/**
 * The client of hosted Dataform. Credentials are the application default ones; a loopback endpoint gets none.
 *
 * @throws Problem if the client is not installed
 */
export async function openDataform(endpoint: string | undefined): Promise<DataformClient> {
  const { DataformClient } = (await import('@google-cloud/dataform').catch(missing)).v1
  if (endpoint === undefined) return new DataformClient()
  const { hostname, protocol } = new URL(endpoint)
  return protocol === 'https:'
    ? new DataformClient({ apiEndpoint: hostname })
    : new DataformClient(await localGrpcOptions(endpoint))
}

/** gRPC's codes (https://grpc.io/docs/guides/status-codes/). */
const codes = {
  invalid: 3,
  notFound: 5,
  exists: 6,
  denied: 7,
  precondition: 9,
  aborted: 10,
  unavailable: 14,
  anonymous: 16,
}

const codeOf = (error: unknown): unknown => (error as { readonly code?: unknown }).code

export const isNotFound = (error: unknown): boolean => codeOf(error) === codes.notFound

/** True for a commit that is not on what the repository's head is by now. */
export const isOutdated = (error: unknown): boolean =>
  codeOf(error) === codes.precondition || codeOf(error) === codes.aborted

/** The thing, or undefined if the service has none of that name. */
export async function unlessMissing<Thing>(
  call: Promise<readonly [Thing, ...unknown[]]>,
): Promise<Thing | undefined> {
  try {
    const [thing] = await call
    return thing
  } catch (error) {
    if (isNotFound(error)) return undefined
    throw error
  }
}

/** A failure of the service as what a person is told; anything else as it is. */
export function serviceProblem(what: string, error: unknown): unknown {
  if (error instanceof Problem || !(error instanceof Error)) return error
  const code = codeOf(error)
  if (typeof code !== 'number') {
    return /default credentials/i.test(error.message)
      ? new Problem(`there are no credentials for Dataform: ${error.message}`, {
          cause: error,
          hint: 'log in with `gcloud auth application-default login`, or set GOOGLE_APPLICATION_CREDENTIALS',
        })
      : error
  }
  const { details } = error as { readonly details?: string }
  return new Problem(`Dataform could not ${what}: ${details || error.message}`, {
    cause: error,
    transient: code === codes.unavailable,
    ...(code === codes.denied
      ? { hint: 'the caller needs roles/dataform.admin; docs/deploy.md has all roles' }
      : {}),
  })
}
