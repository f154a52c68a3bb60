import { randomUUID } from 'node:crypto'
import { ApiError, asApiError, invalid } from '../api-error.ts'
import { countAt, isObject, type JsonObject, objectAt, textAt } from '../json.ts'
import { defaultLocation, type Service } from '../service.ts'
import { copyTables, readCopy } from './copy-job.ts'
import { extractTable, readExtract } from './extract-job.ts'
import { Job, type JobKind, type JobReference, jobName, type Outcome } from './job.ts'
import type { DryRunJob } from './job-resource.ts'
import { type LoadSource, readLoad, runLoad } from './load-job.ts'
import { dryRunQuery, readQuery, runQuery } from './query-job.ts'

/** What a call of `jobs.insert` comes to: a job that runs, or what a dry run says. */
export type Started = { readonly job: Job } | { readonly dryRun: DryRunJob }

/**
 * Starts the job that a client describes. What can be told at once (a configuration that is wrong, an id that is taken)
 * is thrown; everything else is the job's own error.
 *
 * @param upload the bytes that came with the call, of a load
 * @throws ApiError
 */
export async function startJob(
  service: Service,
  project: string,
  body: JsonObject,
  upload?: Buffer,
  requestId?: string,
): Promise<Started> {
  const configuration = objectAt(body, 'configuration')
  const given = objectAt(body, 'jobReference')
  const reference: JobReference = {
    projectId: project,
    jobId: textAt(given, 'jobId') ?? `job_${randomUUID().replaceAll('-', '')}`,
    location: textAt(given, 'location') ?? defaultLocation,
  }
  if (!/^[\w-]{1,1024}$/.test(reference.jobId))
    throw invalid(
      `Invalid job ID "${reference.jobId}". Letters, digits, underscores and dashes, at most 1024`,
    )
  if (service.jobs.find(project, reference.jobId) !== undefined)
    throw new ApiError('duplicate', `Already Exists: Job ${jobName(reference)}`)
  const kind = kindOf(configuration)
  if (textAt(configuration, 'dryRun')?.toLowerCase() === 'true')
    return { dryRun: await dryRun(service, project, configuration, kind, reference) }
  const work = workOf(service, project, configuration, kind, reference.jobId, upload)
  const job = new Job({
    reference,
    kind,
    configuration,
    now: service.now,
    timeout: countAt(configuration, 'jobTimeoutMs'),
    work,
  })
  service.jobs.add(job, requestId)
  return { job }
}

const kinds = { query: 'QUERY', load: 'LOAD', copy: 'COPY', extract: 'EXTRACT' } as const

function kindOf(configuration: JsonObject): JobKind {
  const found = Object.entries(kinds).filter(([key]) => isObject(configuration[key]))
  const [first, second] = found
  if (first === undefined || second !== undefined)
    throw invalid(
      'Job configuration must contain exactly one of: query, load, copy, extract',
      'configuration',
    )
  return first[1]
}

/** What runs, with the configuration read before: errors in it are the call's, not the job's. */
function workOf(
  service: Service,
  project: string,
  configuration: JsonObject,
  kind: JobKind,
  jobId: string,
  upload: Buffer | undefined,
): (signal: AbortSignal) => Promise<Outcome> {
  switch (kind) {
    case 'QUERY': {
      const request = readQuery(objectAt(configuration, 'query'), project, objectAt(configuration, 'labels'))
      return (signal) => runQuery(service, request, project, jobId, signal)
    }
    case 'LOAD': {
      const source: LoadSource | undefined =
        upload === undefined ? undefined : { name: 'upload', bytes: upload }
      const load = readLoad(objectAt(configuration, 'load'), project, source)
      return () => runLoad(service, load)
    }
    case 'COPY': {
      const copy = readCopy(objectAt(configuration, 'copy'), project)
      return (signal) => copyTables(service, copy, signal)
    }
    case 'EXTRACT': {
      const extract = readExtract(objectAt(configuration, 'extract'), project)
      return (signal) => extractTable(service, extract, signal)
    }
  }
}

/** Only what a query would do can be told without doing it. @throws ApiError */
async function dryRun(
  service: Service,
  project: string,
  configuration: JsonObject,
  kind: JobKind,
  { location }: JobReference,
): Promise<DryRunJob> {
  if (kind !== 'QUERY') throw invalid('Only query jobs can be dry run')
  const request = readQuery(objectAt(configuration, 'query'), project, objectAt(configuration, 'labels'))
  try {
    const planned = await dryRunQuery(service, request)
    return {
      reference: { projectId: project, location },
      configuration,
      planned,
      at: service.now().getTime(),
    }
  } catch (error) {
    throw asApiError(error)
  }
}
