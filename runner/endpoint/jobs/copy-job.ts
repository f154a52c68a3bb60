import { sqlName, sqlTable } from '../../googlesql/quote.ts'
import type { Target } from '../../googlesql/target.ts'
import { ApiError, invalid, notFound } from '../api-error.ts'
import { isObject, type JsonObject, listAt, objectAt, textAt } from '../json.ts'
import { tableName, targetOf } from '../reference.ts'
import type { Service } from '../service.ts'
import type { Outcome } from './job.ts'
import { checkDestination } from './query-job.ts'

/** `configuration.copy`. */
export interface CopyRequest {
  readonly sources: readonly Target[]
  readonly destination: Target
  readonly given: JsonObject
}

export function readCopy(given: JsonObject, project: string): CopyRequest {
  const list = listAt(given, 'sourceTables').filter(isObject)
  const sources = list.length > 0 ? list : [objectAt(given, 'sourceTable')]
  const operation = textAt(given, 'operationType') ?? 'COPY'
  if (operation !== 'COPY' && operation !== 'OPERATION_TYPE_UNSPECIFIED')
    throw new ApiError(
      'notImplemented',
      `copy jobs of the type ${operation} are not supported locally; COPY is`,
    )
  return {
    sources: sources.map((source) => targetOf(source, project)),
    destination: targetOf(objectAt(given, 'destinationTable'), project),
    given,
  }
}

/** Copies tables: several must have equal columns. The whole of it is one statement. */
export async function copyTables(
  service: Service,
  { sources, destination, given }: CopyRequest,
  signal: AbortSignal,
): Promise<Outcome> {
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
  const copied = await warehouse.table(destination)
  return {
    destination,
    statistics: { copy: { copiedRows: String(copied?.rowCount ?? 0), copiedLogicalBytes: '0' } },
  }
}
