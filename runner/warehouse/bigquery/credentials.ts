import type { BigQuery } from '@google-cloud/bigquery'
import type { AuthClient } from 'google-auth-library'
import { Problem } from '../../problem.ts'
import type { BigQueryOptions } from './client.ts'
import { missing } from './missing.ts'

const scopes = ['https://www.googleapis.com/auth/cloud-platform']

/** The client's own union has every kind of credentials but the empty ones. */
export type Credentials = NonNullable<ConstructorParameters<typeof BigQuery>[0]>['authClient'] & AuthClient

/** Who calls. @throws Problem (when called) where this machine has no credentials */
export async function credentialsOf({
  project,
  endpoint,
  impersonate,
  authClient,
}: BigQueryOptions): Promise<() => Promise<Credentials>> {
  const library = await import('google-auth-library').catch(missing)
  if (authClient !== undefined) return async () => authClient as Credentials
  if (endpoint !== undefined && isLoopback(endpoint)) {
    const nobody = new library.PassThroughClient()
    return async () => nobody as unknown as Credentials
  }
  // With the project given none is looked for, which a federated identity may not be allowed to.
  const own = new library.GoogleAuth({ scopes, projectId: project })
  const found = async (): Promise<Credentials> => {
    try {
      return (await own.getClient()) as Credentials
    } catch (cause) {
      throw new Problem(`there are no credentials for BigQuery: ${(cause as Error).message.split('\n')[0]}`, {
        cause,
        hint: 'log in with `gcloud auth application-default login`, or set GOOGLE_APPLICATION_CREDENTIALS',
      })
    }
  }
  if (impersonate === undefined) return found
  let acting: Credentials | undefined
  return async () => {
    acting ??= new library.Impersonated({
      sourceClient: await found(),
      targetPrincipal: impersonate,
      targetScopes: scopes,
    })
    return acting
  }
}

const isLoopback = (url: string): boolean =>
  /^http:\/\/(?:localhost|127(?:\.\d+){3}|\[::1\])(?::\d+)?(?:\/|$)/.test(url)
