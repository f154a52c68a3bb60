import { sqlName, sqlTable, sqlText } from '../../googlesql/quote.ts'
import type { Target } from '../../googlesql/target.ts'
import { ApiError, invalid, notFound } from '../api-error.ts'
import { executeOwn } from '../execute-behind.ts'
import { isObject, type JsonObject, listAt, objectAt, textAt } from '../json.ts'
import { tableName, targetOf } from '../reference.ts'
import type { Service } from '../service.ts'
import type { Outcome } from './job.ts'
import { checkDestination } from './query-job.ts'

/** `configuration.copy`. */
export interface CopyRequest {
  readonly sources: readonly Target[]
  readonly destination: Target
  readonly operation: Operation
  readonly given: JsonObject
}

/** Tables that share their rows until one is changed, as BigQuery's SQL makes them. */
const clones = {
  CLONE: 'TABLE',
  RESTORE: 'TABLE',
  SNAPSHOT: 'SNAPSHOT TABLE',
} as const

type Operation = 'COPY' | keyof typeof clones

const isOperation = (text: string): text is Operation => text === 'COPY' || Object.hasOwn(clones, text)

export function readCopy(given: JsonObject, project: string): CopyRequest {
  const list = listAt(given, 'sourceTables').filter(isObject)
  const sources = list.length > 0 ? list : [objectAt(given, 'sourceTable')]
  const named = textAt(given, 'operationType') ?? 'COPY'
  const operation = named === 'OPERATION_TYPE_UNSPECIFIED' ? 'COPY' : named
  if (!isOperation(operation))
    throw invalid(`Invalid value for operationType: ${named}; COPY, SNAPSHOT, CLONE or RESTORE`)
  if (operation !== 'COPY' && sources.length > 1) throw invalid(`a ${operation} has one source table`)
  if (textAt(given, 'destinationExpirationTime') !== undefined && operation !== 'SNAPSHOT')
    throw new ApiError(
      'notImplemented',
      `destinationExpirationTime of a ${operation} is not supported locally`,
    )
  return {
    operation,
    sources: sources.map((source) => targetOf(source, project)),
    destination: targetOf(objectAt(given, 'destinationTable'), project),
    given,
  }
}

/** Copies tables: several must have equal columns. The whole of it is one statement. */
export async function copyTables(
  service: Service,
  request: CopyRequest,
  signal: AbortSignal,
): Promise<Outcome> {
  const { sources, destination, given, operation } = request
  const [source] = sources
  if (operation !== 'COPY' && source !== undefined) return cloneTable(service, request, operation, source)
  const { warehouse } = service
  const write = (textAt(given, 'writeDisposition') ?? 'WRITE_EMPTY').toUpperCase()
  const definitions = await Promise.all(
    sources.map(async (source) => {
      const definition = await warehouse.definition(source)
      if (definition === undefined) throw notFound(`Table ${tableName(source)}`)
      if (definition.kind !== 'TABLE')
        throw invalid(`Cannot copy ${tableName(source)}: it is a ${definition.kind}`)
      return definition
    }),
  )
  const [first] = definitions
  if (first === undefined) throw invalid('No source tables are given')
  const shape = (columns: typeof first.columns) =>
    JSON.stringify(columns.map(({ name, type }) => [name.toLowerCase(), type]))
  const other = definitions.find(({ columns }) => shape(columns) !== shape(first.columns))
  if (other !== undefined)
    throw invalid(
      `Source tables have different schemas: ${tableName(first.target)}, ${tableName(other.target)}`,
    )
  const present = await warehouse.table(destination)
  await checkDestination(service, destination, given, write, present?.rowCount)
  const columns = first.columns.map(({ name }) => sqlName(name)).join(', ')
  const rows = sources.map((source) => `SELECT ${columns} FROM ${sqlTable(source)}`).join(' UNION ALL ')
  const fresh = present === undefined || write === 'WRITE_TRUNCATE'
  const self = sources.some((source) => tableName(source) === tableName(destination))
  const text = !fresh
    ? `INSERT INTO ${sqlTable(destination)} (${columns}) ${rows}`
    : self || sources.length > 1
      ? `CREATE OR REPLACE TABLE ${sqlTable(destination)} AS ${rows}`
      : `CREATE OR REPLACE TABLE ${sqlTable(destination)} COPY ${sqlTable(first.target)}`
  await warehouse.execute(text, { signal, wholeTables: true })
  service.times.wrote(destination, service.now().getTime(), fresh)
  return copied(service, destination)
}

/** A clone or a snapshot, or a snapshot restored: what SQL refuses of these is refused. */
async function cloneTable(
  service: Service,
  { destination, given }: CopyRequest,
  operation: keyof typeof clones,
  source: Target,
): Promise<Outcome> {
  const write = (textAt(given, 'writeDisposition') ?? 'WRITE_EMPTY').toUpperCase()
  const present = await service.warehouse.table(destination)
  await checkDestination(service, destination, given, write, present?.rowCount)
  const replace = present !== undefined && operation === 'RESTORE' ? 'OR REPLACE ' : ''
  const expiry = textAt(given, 'destinationExpirationTime')
  const options = expiry === undefined ? '' : ` OPTIONS(expiration_timestamp = TIMESTAMP ${sqlText(expiry)})`
  await executeOwn(
    service,
    `CREATE ${replace}${clones[operation]} ${sqlTable(destination)} CLONE ${sqlTable(source)}${options}`,
  )
  service.times.wrote(destination, service.now().getTime(), true)
  return copied(service, destination)
}

async function copied({ warehouse }: Service, destination: Target): Promise<Outcome> {
  const table = await warehouse.table(destination)
  return {
    destination,
    statistics: { copy: { copiedRows: String(table?.rowCount ?? 0), copiedLogicalBytes: '0' } },
  }
}
