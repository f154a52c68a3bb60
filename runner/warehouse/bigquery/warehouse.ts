import type { Kysely } from 'kysely'
import type { DryRun, QueryParameter, StatementResult } from '../../googlesql/result.ts'
import type { Target } from '../../googlesql/target.ts'
import { Problem } from '../../problem.ts'
import type { Landing } from '../landing.ts'
import { type StateTables, stateDataset } from '../state.ts'
import type { ExecuteOptions, ListedTable, Table, TableDescription, Warehouse } from '../warehouse.ts'
import { type BigQueryClient, type BigQueryOptions, openClient } from './client.ts'
import { describeTable } from './describe.ts'
import { isDuplicate, isNotFound, problemOf } from './errors.ts'
import { finished, settleJob } from './job.ts'
import { openLanding } from './landing.ts'
import { dryRunQuery, resultOf, runQuery } from './query.ts'
import { createStateTables, stateOver } from './state.ts'
import { datasetPath, listTables, readTable, tableOf } from './table.ts'

export interface BigQueryWarehouseOptions extends BigQueryOptions {
  /** The project of names that give none, and of streamform's own tables. */
  readonly defaultProject: string
  readonly defaultDataset?: string
}

/** BigQuery itself, through its own client. */
export interface BigQueryWarehouse extends Warehouse {
  readonly kind: 'bigquery'
  readonly client: BigQueryClient
}

/**
 * Opens BigQuery as a warehouse. Nothing is asked of it before the first call.
 *
 * @throws Problem if Google's client is not installed
 * @example const warehouse = await openBigQueryWarehouse({ project: 'shop', location: 'EU', defaultProject: 'shop' })
 */
export async function openBigQueryWarehouse(options: BigQueryWarehouseOptions): Promise<BigQueryWarehouse> {
  const client = await openClient(options)
  const { defaultProject, defaultDataset } = options
  const defaults = { defaultProject, ...(defaultDataset === undefined ? {} : { defaultDataset }) }
  const execute = (text: string, given: ExecuteOptions = {}): Promise<StatementResult> =>
    runQuery(client, text, { ...defaults, ...given })
  const run = (text: string, parameters: readonly QueryParameter[]) => execute(text, { parameters })
  let state: Kysely<StateTables> | undefined
  return {
    kind: 'bigquery',
    client,
    execute,
    async outcomeOf(id, signal) {
      const job = await settleJob(client, id, signal)
      if (job === undefined || job.status?.errorResult !== undefined) return undefined
      return resultOf(client, finished(job), 0, signal)
    },
    dryRun: (text: string, given: ExecuteOptions = {}): Promise<DryRun> =>
      dryRunQuery(client, text, { ...defaults, ...given }),
    async table(target: Target): Promise<Table | undefined> {
      const metadata = await readTable(client, target)
      return metadata === undefined ? undefined : tableOf(target, metadata)
    },
    tables: (database: string, schema: string): Promise<readonly ListedTable[]> =>
      listTables(client, database, schema),
    createDataset: (database: string, schema: string) => createDataset(client, database, schema),
    describe: (target: Target, description: TableDescription) => describeTable(client, target, description),
    get state() {
      state ??= stateOver(defaultProject, (text, parameters) =>
        withStateTables(client, defaultProject, () => run(text, parameters)),
      )
      return state
    },
    landing: (now: Date): Promise<Landing> => openLanding({ client, project: defaultProject, now, run }),
    async close() {
      await state?.destroy()
    },
  }
}

/** Creates the state tables where a statement says that they are missing: no call is spent where they are there. */
async function withStateTables<T>(
  client: BigQueryClient,
  project: string,
  work: () => Promise<T>,
): Promise<T> {
  try {
    return await work()
  } catch (error) {
    if (!isNotFound(error)) throw error
    await createDataset(client, project, stateDataset)
    await runQuery(client, createStateTables(project))
    return work()
  }
}

interface DatasetResource {
  readonly location?: string
  readonly datasetReference?: { readonly datasetId?: string }
}

/** @throws Problem for a dataset that is in another location than jobs run in */
async function createDataset(client: BigQueryClient, database: string, schema: string): Promise<void> {
  const present = await readDataset(client, database, schema)
  if (present !== undefined) return checkLocation(client, schema, present)
  const body = {
    datasetReference: { projectId: database, datasetId: schema },
    location: client.location,
  }
  try {
    await client.call({ method: 'POST', project: database, path: 'datasets', body })
  } catch (error) {
    if (!isDuplicate(error)) throw error
    // Somebody else was faster, or an answer was lost.
    const made = await readDataset(client, database, schema)
    if (made !== undefined) return checkLocation(client, schema, made)
    throw problemOf({
      reason: 'internalError',
      message: `BigQuery says that the dataset ${schema} is there, and that it is not`,
      cause: error,
    })
  }
}

async function readDataset(
  client: BigQueryClient,
  database: string,
  schema: string,
): Promise<DatasetResource | undefined> {
  try {
    return await client.call<DatasetResource>(
      { method: 'GET', project: database, path: datasetPath(schema) },
      { isAnswer: ({ datasetReference }) => datasetReference?.datasetId === schema },
    )
  } catch (error) {
    if (isNotFound(error)) return undefined
    throw error
  }
}

function checkLocation(client: BigQueryClient, schema: string, { location }: DatasetResource): void {
  if (location === undefined || location.toLowerCase() === client.location.toLowerCase()) return
  throw new Problem(`the dataset ${schema} is in ${location}, and jobs run in ${client.location}`, {
    file: 'streamform.yaml',
    hint: `set warehouse.location to ${location}, or name another dataset: BigQuery moves none`,
  })
}
