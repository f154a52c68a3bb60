import { sqlName, sqlTable } from '../../googlesql/quote.ts'
import type { DryRun, StatementResult } from '../../googlesql/result.ts'
import type { Target } from '../../googlesql/target.ts'
import { typeName } from '../../googlesql/types/print.ts'
import { Problem } from '../../problem.ts'
import type { LocalWarehouse } from '../../warehouse/local-warehouse.ts'
import type { ExecuteOptions } from '../../warehouse/warehouse.ts'
import { ApiError, invalid, notFound } from '../api-error.ts'
import { executeBehind } from '../execute-behind.ts'
import {
  countAt,
  flagAt,
  isObject,
  isSaid,
  type JsonObject,
  listAt,
  objectAt,
  textAt,
  textsAt,
} from '../json.ts'
import { tableName, targetOf } from '../reference.ts'
import type { Service } from '../service.ts'
import { createTable, readLayout } from '../tables/table-ddl.ts'
import { withDefinitions } from '../tables/table-definitions.ts'
import { bytesOf } from './bytes.ts'
import type { Outcome } from './job.ts'
import { anonymousTable } from './job-store.ts'
import { readParameters } from './query-parameters.ts'
import { retryConflicts } from './retry-conflicts.ts'
import { endedSession } from './sessions.ts'

/** A query that a client asks for: of `configuration.query` of a job, or of a `jobs.query` call. */
export interface QueryRequest {
  readonly text: string
  readonly options: ExecuteOptions
  readonly destination: Target | undefined
  readonly given: JsonObject
  /** A session to run in, or that one is to be opened for it. */
  readonly session: { readonly id: string } | 'new' | undefined
}

/** Fields that change what a query means and that we do not have. */
const refused: Readonly<Record<string, string>> = {
  continuous: 'continuous queries',
  scriptOptions: 'options of scripts',
  systemVariables: 'system variables of a job',
  userDefinedFunctionResources: 'functions from Cloud Storage',
}

/** @throws ApiError for what is missing or not supported */
export function readQuery(given: JsonObject, project: string, labels: JsonObject): QueryRequest {
  const text = textAt(given, 'query')
  if (text === undefined || text.trim() === '')
    throw new ApiError('required', 'Required parameter is missing: query', { location: 'query' })
  // The API's default is legacy SQL, in which the same text may mean something else: a comma is a UNION ALL.
  if (flagAt(given, 'useLegacySql') !== false && !/^\s*#standardSQL\b/i.test(text))
    throw invalid(
      'Legacy SQL is not supported locally: send useLegacySql: false (its default is true)',
      'useLegacySql',
    )
  for (const [key, what] of Object.entries(refused))
    if (isSaid(given[key])) throw new ApiError('notImplemented', `${what} are not supported locally (${key})`)
  const properties = connectionProperties(given)
  const dataset = objectAt(given, 'defaultDataset')
  const datasetId = textAt(dataset, 'datasetId')
  const destination = objectAt(given, 'destinationTable')
  return {
    text,
    given,
    session: sessionOf(given, properties.get('session_id')),
    destination: textAt(destination, 'tableId') === undefined ? undefined : targetOf(destination, project),
    options: {
      defaultProject: textAt(dataset, 'projectId') ?? properties.get('dataset_project_id') ?? project,
      ...(datasetId === undefined ? {} : { defaultDataset: datasetId }),
      parameters: readParameters(given),
      labels: textsAt({ labels }, 'labels') ?? {},
    },
  }
}

function connectionProperties(given: JsonObject): ReadonlyMap<string, string> {
  const known = new Map<string, string>()
  for (const property of listAt(given, 'connectionProperties')) {
    if (!isObject(property))
      throw invalid('Invalid connection property: it must be an object', 'connectionProperties')
    const key = textAt(property, 'key') ?? ''
    const value = textAt(property, 'value') ?? ''
    if (key === 'time_zone' && !/^(UTC|Etc\/UTC)$/i.test(value))
      throw new ApiError(
        'notImplemented',
        `the time zone ${value} is not supported locally as a session's default`,
      )
    known.set(key, value)
  }
  return known
}

function sessionOf(given: JsonObject, id: string | undefined): QueryRequest['session'] {
  const fresh = flagAt(given, 'createSession') === true
  if (id === undefined || id === '') return fresh ? 'new' : undefined
  if (fresh) throw invalid('createSession cannot be set beside the connection property session_id')
  return { id }
}

/** What a dry run says: types, tables, and the bytes that BigQuery would read, about. */
export async function dryRunQuery(service: Service, given: QueryRequest): Promise<DryRun> {
  const planned = await withDefinitions(service, given, (request) => typesOf(service, request))
  return { ...planned, bytes: await bytesOf(service.warehouse, planned) }
}

const typesOf = (service: Service, request: QueryRequest): Promise<DryRun> =>
  placeOf(service, request).dryRun(request.text, request.options)

/** The session that it runs in, or none. @throws ApiError for one that has ended */
const placeOf = (service: Service, { session }: QueryRequest): Pick<LocalWarehouse, 'execute' | 'dryRun'> =>
  typeof session === 'object' ? service.sessions.get(session.id) : service.warehouse

/** @throws ApiError where a query would read more than the client lets it bill */
function checkLimit(given: JsonObject, bytes: number): void {
  const limit = countAt(given, 'maximumBytesBilled')
  if (limit === undefined || bytes <= limit) return
  throw new ApiError(
    'bytesBilledLimitExceeded',
    `Query exceeded limit for bytes billed: ${limit}. ${bytes} or higher required.`,
  )
}

/** Runs a query to its end, in its session if it has one. */
export async function runQuery(
  service: Service,
  given: QueryRequest,
  project: string,
  jobId: string,
  signal: AbortSignal,
): Promise<Outcome> {
  const id = given.session === 'new' ? (await service.sessions.start()).id : given.session?.id
  const ended = endedSession(given.text, id)
  if (ended !== undefined) {
    await service.sessions.end(ended)
    return { statementType: 'CALL', ...(id === undefined ? {} : { session: id }) }
  }
  const work = (request: QueryRequest) => run(service, request, project, jobId, signal)
  if (id === undefined) return withDefinitions(service, given, work)
  const outcome = await withDefinitions(service, { ...given, session: { id } }, work)
  return { ...outcome, session: id }
}

async function run(
  service: Service,
  request: QueryRequest,
  project: string,
  jobId: string,
  signal: AbortSignal,
): Promise<Outcome> {
  if (request.destination !== undefined) return intoTable(service, request, request.destination, signal)
  const { text, options } = request
  const place = placeOf(service, request)
  const planned = await plan(service, request)
  const bytes = planned === undefined ? 0 : await bytesOf(service.warehouse, planned)
  checkLimit(request.given, bytes)
  const target = planned?.writes.length === 1 ? planned.writes[0] : undefined
  const existed = target !== undefined && (await service.warehouse.definition(target)) !== undefined
  const once = () => place.execute(text, { ...options, signal })
  const single = planned !== undefined && planned.statementType !== 'SCRIPT'
  const result = await (single ? retryConflicts(once, signal) : once())
  const statementType = planned?.statementType ?? result.statementType
  for (const written of planned?.writes ?? []) noteWrite(service, written, statementType)
  const rows = readsRows(result, statementType)
  const ddl = target === undefined ? undefined : ddlOperation(statementType, existed, text)
  return {
    statementType,
    ...(rows === undefined ? {} : { result: rows }),
    ...(result.affectedRows === undefined ? {} : { affectedRows: result.affectedRows }),
    ...(ddl === undefined || target === undefined ? {} : { ddl: { operation: ddl, target } }),
    ...(rows === undefined
      ? target === undefined
        ? {}
        : { destination: target }
      : { destination: anonymousTable(project, jobId) }),
    reads: planned?.reads ?? [],
    bytes,
  }
}

/** Of a statement that cannot be planned, because of what an earlier one of its script does, we know less. */
async function plan(service: Service, request: QueryRequest): Promise<DryRun | undefined> {
  try {
    return await typesOf(service, request)
  } catch (error) {
    if (error instanceof Problem) return undefined
    throw error
  }
}

function readsRows(result: StatementResult, statementType: string): Outcome['result'] {
  const selects =
    result.statementType === 'SELECT' || (statementType === 'SCRIPT' && result.columns.length > 0)
  return selects && !result.statementType.startsWith('CREATE')
    ? { columns: result.columns, rows: result.rows }
    : undefined
}

function ddlOperation(statementType: string, existed: boolean, text: string): string | undefined {
  if (/^CREATE_/.test(statementType)) {
    if (!existed) return 'CREATE'
    return /\bor\s+replace\b/i.test(text) ? 'REPLACE' : 'SKIP'
  }
  if (/^DROP_/.test(statementType)) return existed ? 'DROP' : 'SKIP'
  return /^ALTER_/.test(statementType) ? 'ALTER' : undefined
}

function noteWrite(service: Service, target: Target, statementType: string): void {
  service.times.wrote(target, service.now().getTime(), /^CREATE_/.test(statementType))
}

/** A SELECT whose rows go into a table that the client names. */
async function intoTable(
  service: Service,
  request: QueryRequest,
  destination: Target,
  signal: AbortSignal,
): Promise<Outcome> {
  const { warehouse } = service
  const { text, options, given } = request
  const planned = await typesOf(service, request)
  const bytes = await bytesOf(warehouse, planned)
  checkLimit(given, bytes)
  if (planned.statementType !== 'SELECT')
    throw invalid(
      'configuration.query.destinationTable can only be set for a query: this is no SELECT statement',
    )
  const write = (textAt(given, 'writeDisposition') ?? 'WRITE_EMPTY').toUpperCase()
  const present = await warehouse.table(destination)
  await checkDestination(service, destination, given, write, present?.rowCount)
  const layout = readLayout(given, planned.columns)
  const fresh = present === undefined || write === 'WRITE_TRUNCATE'
  if (!fresh) await addColumns(service, destination, given, planned)
  const names = planned.columns.map(({ name }) => sqlName(name)).join(', ')
  const head = fresh
    ? createTable({ target: destination, layout, orReplace: present !== undefined, as: '' })
    : `INSERT INTO ${sqlTable(destination)} (${names}) `
  await executeBehind({ warehouse: placeOf(service, request) }, head, text, { ...options, signal })
  service.times.wrote(destination, service.now().getTime(), fresh)
  const { columns, rows } = await warehouse.execute(`SELECT * FROM ${sqlTable(destination)}`, {
    signal,
    wholeTables: true,
  })
  return { statementType: 'SELECT', result: { columns, rows }, destination, reads: planned.reads, bytes }
}

/** Whether a job may write its destination. @throws ApiError where its dispositions forbid it */
export async function checkDestination(
  service: Service,
  destination: Target,
  given: JsonObject,
  write: string,
  rowCount: number | undefined,
): Promise<void> {
  const { warehouse } = service
  if (!['WRITE_EMPTY', 'WRITE_APPEND', 'WRITE_TRUNCATE'].includes(write))
    throw invalid(`Invalid value for writeDisposition: ${write} is not supported`, 'writeDisposition')
  const { database, schema } = destination
  if (!(await warehouse.datasets(database)).includes(schema)) throw notFound(`Dataset ${database}:${schema}`)
  const table = await warehouse.definition(destination)
  if (table === undefined) {
    if (textAt(given, 'createDisposition')?.toUpperCase() === 'CREATE_NEVER')
      throw notFound(`Table ${tableName(destination)}`)
    return
  }
  if (table.kind !== 'TABLE')
    throw invalid(
      `${tableName(destination)} is not allowed for this operation because it is currently a ${table.kind}`,
    )
  if (write === 'WRITE_EMPTY' && rowCount !== 0)
    throw new ApiError('duplicate', `Already Exists: Table ${tableName(destination)}`)
}

async function addColumns(
  service: Service,
  destination: Target,
  given: JsonObject,
  planned: DryRun,
): Promise<void> {
  const table = await service.warehouse.definition(destination)
  const known = new Set(table?.columns.map(({ name }) => name.toLowerCase()))
  const added = planned.columns.filter(({ name }) => !known.has(name.toLowerCase()))
  if (added.length === 0) return
  if (!listAt(given, 'schemaUpdateOptions').includes('ALLOW_FIELD_ADDITION'))
    throw invalid(
      `Provided Schema does not match Table ${tableName(destination)}. Cannot add fields (field: ${added[0]?.name})`,
    )
  const clauses = added.map(({ name, type }) => `ADD COLUMN ${sqlName(name)} ${typeName(type)}`)
  await service.warehouse.execute(`ALTER TABLE ${sqlTable(destination)} ${clauses.join(', ')}`)
}
