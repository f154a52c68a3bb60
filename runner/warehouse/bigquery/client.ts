import type { BigQuery } from '@google-cloud/bigquery'
import type { AuthClient } from 'google-auth-library'
import { Problem } from '../../problem.ts'
import { type Clock, systemClock } from './clock.ts'
import { credentialsOf } from './credentials.ts'
import { BigQueryProblem } from './errors.ts'
import { missing } from './missing.ts'
import { paced } from './pace.ts'
import { type ApiCall, garbled, request, shownCall } from './request.ts'

/** Where BigQuery is and who asks it. */
export interface BigQueryOptions {
  /** The project that runs jobs and pays for them. */
  readonly project: string
  /** Of jobs and of datasets that are created: `US`, `EU`, `europe-west3` … */
  readonly location: string
  /** Of another server than BigQuery's own: `http://127.0.0.1:9050`. Without credentials on this machine. */
  readonly endpoint?: string | undefined
  /** A service account to act as; the own credentials must be allowed to (roles/iam.serviceAccountTokenCreator). */
  readonly impersonate?: string | undefined
  /** A query that would bill more bytes fails without a charge. */
  readonly maximumBytesBilled?: number | undefined
  /** Seconds after which a job is cancelled. */
  readonly jobTimeout?: number | undefined
  /** What a TiB costs on demand, for `plan`; in any currency. */
  readonly pricePerTib?: number | undefined
  readonly clock?: Clock
  /** In place of the application default credentials. */
  readonly authClient?: AuthClient
  /** Milliseconds without a byte of answer, after which a call counts as lost. Default 90,000. */
  readonly requestTimeout?: number
}

/** The real client, with what it lacks: our own repetition, a pace, and answers that are checked. */
export interface BigQueryClient {
  readonly project: string
  readonly location: string
  readonly options: BigQueryOptions
  readonly clock: Clock
  /**
   * Makes a call and gives its answer; again after errors that may pass, with pauses of 1 s to 32 s
   * (https://cloud.google.com/bigquery/sla, "Back-off Requirements").
   *
   * @throws BigQueryProblem with BigQuery's reason
   */
  call<Answer extends object>(call: ApiCall, options?: CallOptions<Answer>): Promise<Answer>
}

export interface CallOptions<Answer> {
  readonly signal?: AbortSignal | undefined
  /** False for an answer that is not to this call: then it is made again. */
  readonly isAnswer?: (answer: Answer) => boolean
  /** True: not made again. */
  readonly once?: boolean
}

/** Tries again after the first, and the pauses before them in milliseconds. */
const repeats = 6
const firstPause = 1000
const longestPause = 32_000
/** Calls a second: half of what BigQuery takes from one user. */
const callsPerSecond = 50

/**
 * The client of BigQuery. Nothing is sent before the first call; credentials are the application default ones
 * (https://cloud.google.com/docs/authentication/application-default-credentials).
 *
 * @example
 * const client = await openClient({ project: 'shop', location: 'EU' })
 * const { datasets } = await client.call<DatasetList>({ method: 'GET', path: 'datasets' })
 */
export async function openClient(options: BigQueryOptions): Promise<BigQueryClient> {
  const { project, location, clock = systemClock, requestTimeout = 90_000 } = options
  const origin = options.endpoint?.replace(/\/+$/, '') ?? 'https://bigquery.googleapis.com'
  const credentials = await credentialsOf(options)
  const { BigQuery } = await import('@google-cloud/bigquery').catch(missing)
  let opened: Promise<BigQuery> | undefined
  const service = async (): Promise<BigQuery> => {
    // With the credentials in hand: without any the client would go on and be told 401 by BigQuery.
    opened ??= credentials().then((authClient) => {
      const retryOptions = { autoRetry: false, maxRetries: 0 }
      return new BigQuery({ projectId: project, location, apiEndpoint: origin, authClient, retryOptions })
    })
    return opened.catch((error: unknown) => {
      opened = undefined
      throw error
    })
  }
  const renew = async (): Promise<void> => {
    const client = await credentials()
    client.setCredentials({ ...client.credentials, expiry_date: 1 })
  }
  const pace = paced(callsPerSecond, clock)
  return {
    project,
    location,
    options,
    clock,
    async call<Answer extends object>(
      call: ApiCall,
      { signal, isAnswer = () => true, once = false }: CallOptions<Answer> = {},
    ): Promise<Answer> {
      for (let attempt = 0; ; attempt += 1) {
        await pace(signal)
        try {
          const answer = await request<Answer>(
            await service(),
            { origin, project, timeout: requestTimeout },
            call,
          )
          if (isAnswer(answer)) return answer
          throw garbled(`the answer to ${shownCall(call)} is not to it`)
        } catch (error) {
          if (!(error instanceof Problem) || once || attempt >= repeats) throw error
          // A token may be revoked, or have expired by the server's clock alone.
          if (error instanceof BigQueryProblem && error.status === 401 && attempt < 2) await renew()
          else if (!error.transient) throw error
          const pause = Math.min(firstPause * 2 ** attempt, longestPause)
          await clock.sleep(pause * (0.5 + clock.random() / 2), signal)
        }
      }
    },
  }
}
