import type { DryRun } from '../../googlesql/result.ts'
import type { JsonObject } from '../json.ts'
import { tableReference } from '../reference.ts'
import { callerEmail } from '../service.ts'
import { resultSchema } from '../tables/field-schema.ts'
import { etagOf, isDml, type Job, type JobReference, jobName, type Outcome } from './job.ts'
import { shownConfiguration } from './shown-configuration.ts'

const caller = { user_email: callerEmail, principal_subject: `user:${callerEmail}` }

/** Every query is a job here, since its client asked for it. */
export const jobCreationReason = { code: 'REQUESTED' }

/** A job as BigQuery's API shows it. */
export function jobResource(job: Job, origin: string): object {
  const resource = { ...listedJob(job), selfLink: linkOf(origin, job.reference), jobCreationReason }
  return { ...resource, etag: etagOf(resource) }
}

const linkOf = (origin: string, { projectId, jobId, location }: JobReference): string =>
  `${origin}/bigquery/v2/projects/${projectId}/jobs/${jobId}?location=${location}`

/** What of a job stands in a list of them, too. */
export function listedJob(job: Job): object {
  const { reference, kind, error, outcome } = job
  return {
    kind: 'bigquery#job',
    id: jobName(reference),
    ...caller,
    configuration: shownConfiguration(job),
    jobReference: reference,
    status: {
      state: job.state,
      ...(error === undefined ? {} : { errorResult: error.causeOfJob, errors: [error.causeOfJob] }),
    },
    statistics: {
      creationTime: String(job.created),
      startTime: String(job.created),
      ...(job.ended === undefined ? {} : { endTime: String(job.ended) }),
      totalBytesProcessed: String(outcome.bytes ?? 0),
      ...(kind === 'QUERY' ? { query: queryStatistics(outcome) } : {}),
      ...sessionInfo(outcome),
      ...outcome.statistics,
    },
  }
}

/** What a dry run of a query says. */
export interface DryRunJob {
  /** Without an id: nothing was started. */
  readonly reference: Omit<JobReference, 'jobId'>
  readonly configuration: JsonObject
  readonly planned: DryRun
  readonly at: number
}

/** A dry run's job: it has no id and is not kept. */
export function dryRunResource({ reference, configuration, planned, at }: DryRunJob, origin: string): object {
  const nobody = { ...reference, jobId: '' }
  const { statementType, bytes, reads, writes, columns } = planned
  const [target, other] = writes
  const resource = {
    kind: 'bigquery#job',
    id: jobName(nobody),
    selfLink: linkOf(origin, nobody),
    ...caller,
    jobCreationReason,
    configuration: shownConfiguration({ kind: 'QUERY', configuration, outcome: {} }),
    jobReference: reference,
    status: { state: 'DONE' },
    statistics: {
      creationTime: String(at),
      startTime: String(at),
      endTime: String(at),
      totalBytesProcessed: String(bytes ?? 0),
      query: {
        ...queryStatistics({ statementType, reads, bytes: bytes ?? 0 }),
        schema: resultSchema(columns),
        ...(target === undefined || other !== undefined ? {} : { ddlTargetTable: tableReference(target) }),
      },
    },
  }
  return { ...resource, etag: etagOf(resource) }
}

/** As a job's statistics and the answer of a query have it. */
export const sessionInfo = ({ session }: Outcome): object =>
  session === undefined ? {} : { sessionInfo: { sessionId: session } }

function queryStatistics({ statementType, affectedRows, ddl, reads, bytes = 0 }: Outcome): object {
  const dml = affectedRows !== undefined && isDml(statementType)
  return {
    ...(statementType === undefined ? {} : { statementType }),
    totalBytesProcessed: String(bytes),
    totalBytesBilled: '0',
    cacheHit: false,
    ...(dml
      ? { numDmlAffectedRows: String(affectedRows), ...dmlStatistics(statementType, affectedRows) }
      : {}),
    ...(ddl === undefined
      ? {}
      : { ddlOperationPerformed: ddl.operation, ddlTargetTable: tableReference(ddl.target) }),
    ...(reads === undefined || reads.length === 0 ? {} : { referencedTables: reads.map(tableReference) }),
  }
}

/** BigQuery splits the number by what was done; of a MERGE we know only the sum. */
function dmlStatistics(statementType: string | undefined, rows: number): object {
  const names: Readonly<Record<string, string>> = {
    INSERT: 'insertedRowCount',
    UPDATE: 'updatedRowCount',
    DELETE: 'deletedRowCount',
    TRUNCATE_TABLE: 'deletedRowCount',
  }
  const name = names[statementType ?? '']
  return name === undefined ? {} : { dmlStats: { [name]: String(rows) } }
}
