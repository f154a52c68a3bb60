import { ApiError, invalid } from '../api-error.ts'
import { type ApiRequest, type ApiResponse, countOf } from '../request.ts'
import { defaultLocation, type Service } from '../service.ts'
import { etagOf, type Job, jobName } from './job.ts'
import { dryRunResource, jobResource, listedJob } from './job-resource.ts'
import { startJob } from './start-job.ts'

/** A job that ends within this is answered as done, which saves the client a call. */
const shortWait = 100

const projectOf = ({ parameters }: ApiRequest): string => parameters['project'] ?? ''

function jobOf(service: Service, request: ApiRequest) {
  const location = request.query.get('location') ?? defaultLocation
  return service.jobs.get(projectOf(request), request.parameters['job'] ?? '', location)
}

/** `POST jobs`. */
export async function insertJob(service: Service, request: ApiRequest): Promise<ApiResponse> {
  const started = await startJob(service, projectOf(request), await request.json())
  if ('dryRun' in started) return { body: dryRunResource(started.dryRun, request.origin) }
  await started.job.wait(shortWait)
  return { body: jobResource(started.job, request.origin) }
}

/** `GET jobs/{id}`. */
export async function getJob(service: Service, request: ApiRequest): Promise<ApiResponse> {
  return { body: jobResource(jobOf(service, request), request.origin) }
}

/** `POST jobs/{id}/cancel`: gives the job, which may still be running for a moment. */
export async function cancelJob(service: Service, request: ApiRequest): Promise<ApiResponse> {
  const job = jobOf(service, request)
  job.cancel()
  await job.wait(shortWait)
  return { body: { kind: 'bigquery#jobCancelResponse', job: jobResource(job, request.origin) } }
}

/** `DELETE jobs/{id}/delete`. */
export async function deleteJob(service: Service, request: ApiRequest): Promise<ApiResponse> {
  const job = jobOf(service, request)
  if (job.ended === undefined) throw invalid('the job is running: cancel it before it is deleted')
  service.jobs.remove(job)
  return { body: {} }
}

/** `GET jobs`: newest first. */
export async function listJobs(service: Service, request: ApiRequest): Promise<ApiResponse> {
  const { query } = request
  const parent = query.get('parentJobId')
  if (parent !== null) await checkChildless(service.jobs.get(projectOf(request), parent, defaultLocation))
  const states = query.getAll('stateFilter').map((state) => state.toUpperCase())
  const since = countOf(query, 'minCreationTime') ?? 0
  const until = countOf(query, 'maxCreationTime') ?? Number.MAX_SAFE_INTEGER
  const all = service.jobs
    .list(projectOf(request))
    .filter(
      (job) =>
        (states.length === 0 || states.includes(job.state)) &&
        job.created >= since &&
        job.created <= until &&
        parent === null,
    )
  const { items, more } = page(all, query, 50)
  return {
    body: {
      kind: 'bigquery#jobList',
      etag: etagOf(items.map(({ reference, state }) => [reference, state])),
      jobs: items.map((job) => {
        const failed = job.error === undefined ? {} : { errorResult: job.error.causeOfJob }
        return { ...listedJob(job), state: job.state, ...failed }
      }),
      ...more,
    },
  }
}

/** Only scripts have jobs below them, one a statement, which are not kept apart here. */
async function checkChildless(parent: Job): Promise<void> {
  await parent.done
  if (parent.outcome.statementType === 'SCRIPT')
    throw new ApiError(
      'notImplemented',
      `the statements of the script ${jobName(parent.reference)} are no jobs of their own locally: its result is that of the last one`,
    )
}

/** A page of a list whose token is a place in it. */
export function page<T>(
  all: readonly T[],
  query: URLSearchParams,
  size: number,
): { readonly items: readonly T[]; readonly more: { readonly nextPageToken?: string } } {
  const start = countOf(query, 'pageToken') ?? 0
  const most = countOf(query, 'maxResults') ?? size
  const items = all.slice(start, start + (most === 0 ? size : most))
  const next = start + items.length
  return { items, more: next < all.length ? { nextPageToken: String(next) } : {} }
}
