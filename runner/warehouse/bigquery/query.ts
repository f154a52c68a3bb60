import { randomUUID } from 'node:crypto'
import type { JobMetadata } from '@google-cloud/bigquery'
import type { DryRun, JobFigures, ResultColumn, StatementResult, Value } from '../../googlesql/result.ts'
import type { Target } from '../../googlesql/target.ts'
import { Problem } from '../../problem.ts'
import type { ExecuteOptions } from '../warehouse.ts'
import type { BigQueryClient } from './client.ts'
import { fieldType } from './fields.ts'
import { asUndecided, type FinishedJob, type JobConfiguration, type JobStatistics, runJob } from './job.ts'
import { queryParameters } from './parameters.ts'
import { type Row, toValue } from './values.ts'

/** Rows of a page: an answer is 10 MB at most, and may have fewer. */
const pageRows = 50_000

/** Jobs of one statement that are tried before a failure is told. */
const attempts = 3

/**
 * Runs a statement or a script as one job. One that has no name is tried again where that is certain not to do anything
 * twice: the same job where it is not known what came of it, a new one where a failed one has left nothing.
 *
 * @throws BigQueryProblem with the line and column in `text`
 */
export async function runQuery(
  client: BigQueryClient,
  text: string,
  options: ExecuteOptions = {},
): Promise<StatementResult> {
  const { job: name, signal } = options
  if (name !== undefined) return runNamed(client, name, text, options)
  let id = freshId()
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await runNamed(client, id, text, options)
    } catch (error) {
      const safe = error instanceof Problem && error.transient && (error.undecided || error.leftNothing)
      if (!safe || attempt === attempts) throw error
      if (!error.undecided) id = freshId()
      await client.clock.sleep(1000 * 2 ** attempt, signal)
    }
  }
}

const freshId = (): string => `streamform_${randomUUID()}`

async function runNamed(
  client: BigQueryClient,
  id: string,
  text: string,
  options: ExecuteOptions,
): Promise<StatementResult> {
  const { signal, maxRows } = options
  const job = await runJob(client, { id, configuration: queryConfiguration(client, text, options), signal })
  return resultOf(client, job, maxRows, signal)
}

/** What a query's job came to. @throws BigQueryProblem where its rows cannot be read */
export async function resultOf(
  client: BigQueryClient,
  job: FinishedJob,
  maxRows?: number,
  signal?: AbortSignal,
): Promise<StatementResult> {
  const { query } = job.statistics
  const statementType = query?.statementType ?? 'SCRIPT'
  const read =
    statementType === 'SELECT' || statementType === 'SCRIPT'
      ? await readResult(client, job, maxRows, signal).catch((error: unknown) => {
          // The job has done its work: who tries again asks for the rows of this one.
          throw asUndecided(error)
        })
      : { columns: [], rows: [] }
  const affectedRows = numberOf(query?.numDmlAffectedRows)
  const bytesBilled = numberOf(query?.totalBytesBilled)
  return {
    statementType,
    ...read,
    ...(affectedRows === undefined ? {} : { affectedRows }),
    ...(bytesBilled === undefined ? {} : { bytesBilled }),
    job: figuresOf(job.id, job.statistics),
  }
}

/** What a query would read and give; nothing runs and nothing is billed. */
export async function dryRunQuery(
  client: BigQueryClient,
  text: string,
  options: ExecuteOptions = {},
): Promise<DryRun> {
  const { project, location } = client
  const configuration = { ...queryConfiguration(client, text, options), dryRun: true }
  const body = { jobReference: { projectId: project, location }, configuration }
  const { signal } = options
  const job = await client.call<JobMetadata>({ method: 'POST', path: 'jobs', body }, { signal })
  const query = job.statistics?.query
  const bytes = numberOf(query?.totalBytesProcessed ?? job.statistics?.totalBytesProcessed)
  const written = query?.ddlTargetTable ?? named(job.configuration?.query?.destinationTable)
  return {
    statementType: query?.statementType ?? 'SCRIPT',
    columns: (query?.schema?.fields ?? []).map((field) => ({
      name: field.name ?? '',
      type: fieldType(field),
    })),
    reads: (query?.referencedTables ?? []).map(targetOf),
    writes: written === undefined ? [] : [targetOf(written)],
    ...(bytes === undefined ? {} : { bytes }),
  }
}

interface TableReference {
  readonly projectId?: string
  readonly datasetId?: string
  readonly tableId?: string
}

const targetOf = ({ projectId = '', datasetId = '', tableId = '' }: TableReference): Target => ({
  database: projectId,
  schema: datasetId,
  name: tableId,
})

/** A SELECT's result is an anonymous table, which nobody names. */
const named = (table: TableReference | undefined): TableReference | undefined =>
  table?.datasetId === undefined || table.datasetId.startsWith('_') ? undefined : table

function queryConfiguration(
  { project, options }: BigQueryClient,
  text: string,
  { defaultProject, defaultDataset, parameters = [], labels, reservation }: ExecuteOptions,
): JobConfiguration {
  const { maximumBytesBilled } = options
  return {
    query: {
      query: text,
      useLegacySql: false,
      ...queryParameters(parameters),
      ...(defaultDataset === undefined
        ? {}
        : { defaultDataset: { projectId: defaultProject ?? project, datasetId: defaultDataset } }),
      // Names with a dataset but no project are of this one, not of the project that pays.
      ...(defaultProject === undefined || defaultProject === project
        ? {}
        : { connectionProperties: [{ key: 'dataset_project_id', value: defaultProject }] }),
      ...(maximumBytesBilled === undefined ? {} : { maximumBytesBilled: String(maximumBytesBilled) }),
    },
    ...(labels === undefined || Object.keys(labels).length === 0 ? {} : { labels }),
    ...(reservation === undefined ? {} : { reservation }),
  }
}

interface ResultPage {
  readonly jobReference?: { readonly jobId?: string }
  readonly jobComplete?: boolean
  readonly schema?: { readonly fields?: readonly Parameters<typeof fieldType>[0][] }
  readonly rows?: readonly Row[]
  readonly pageToken?: string
}

interface Result {
  readonly columns: readonly ResultColumn[]
  readonly rows: readonly (readonly Value[])[]
}

async function readResult(
  client: BigQueryClient,
  { id, location }: FinishedJob,
  maxRows: number | undefined,
  signal: AbortSignal | undefined,
): Promise<Result> {
  let columns: readonly ResultColumn[] = []
  const rows: (readonly Value[])[] = []
  let pageToken: string | undefined
  do {
    const left = maxRows === undefined ? pageRows : Math.min(pageRows, maxRows - rows.length)
    const query = { location, maxResults: left, pageToken, 'formatOptions.useInt64Timestamp': true }
    const page = await client.call<ResultPage>(
      { method: 'GET', path: `queries/${id}`, query },
      { signal, isAnswer: (page) => page.jobReference?.jobId === id && page.jobComplete === true },
    )
    // A script's last statement may give no rows: then there is no schema either.
    columns = (page.schema?.fields ?? []).map((field) => ({ name: field.name ?? '', type: fieldType(field) }))
    for (const { f } of page.rows ?? [])
      rows.push(columns.map(({ type }, index) => toValue(f[index]?.v ?? null, type)))
    pageToken = page.pageToken
  } while (pageToken !== undefined && (maxRows === undefined || rows.length < maxRows))
  return { columns, rows }
}

function figuresOf(id: string, { query, totalSlotMs }: JobStatistics): JobFigures {
  const bytesProcessed = numberOf(query?.totalBytesProcessed)
  const slotMs = numberOf(query?.totalSlotMs ?? totalSlotMs)
  return {
    id,
    ...(bytesProcessed === undefined ? {} : { bytesProcessed }),
    ...(slotMs === undefined ? {} : { slotMs }),
    ...(query?.cacheHit === undefined ? {} : { cacheHit: query.cacheHit }),
  }
}

/** The API's whole numbers are texts. */
const numberOf = (text: string | number | undefined): number | undefined =>
  text === undefined ? undefined : Number(text)
