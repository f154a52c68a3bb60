import type { CatalogColumn } from '../../googlesql/catalog.ts'
import { sqlName, sqlTable } from '../../googlesql/quote.ts'
import type { ResultColumn, Value } from '../../googlesql/result.ts'
import type { Target } from '../../googlesql/target.ts'
import { Problem } from '../../problem.ts'
import { ApiError, invalid, notFound } from '../api-error.ts'
import { rowOf, type TimestampFormat } from '../cell.ts'
import { jsonRow } from '../files/load-source.ts'
import { ValueError } from '../files/read-value.ts'
import { withStaged } from '../files/staging.ts'
import { etagOf } from '../jobs/job.ts'
import { rowPage } from '../jobs/row-page.ts'
import { flagAt, isObject, type Json, type JsonObject, listAt, textAt } from '../json.ts'
import { tableName } from '../reference.ts'
import { type ApiRequest, type ApiResponse, countOf, flagOf } from '../request.ts'
import type { Service } from '../service.ts'
import type { GivenColumn } from './field-schema.ts'
import { checkDataset, targetOfPath } from './table-routes.ts'

/** Rows that one call reads where the client says nothing; an answer that gets too long ends sooner. */
const rowsPerCall = 50_000

/** `GET tables/{T}/data`: rows in the order in which they lie; the token is the place of the next one. */
export async function listTableData(service: Service, request: ApiRequest): Promise<ApiResponse> {
  const target = targetOfPath(request)
  const { query } = request
  const start = countOf(query, 'pageToken') ?? countOf(query, 'startIndex') ?? 0
  const most = Math.min(countOf(query, 'maxResults') ?? rowsPerCall, rowsPerCall)
  const timestamps: TimestampFormat = flagOf(query, 'formatOptions.useInt64Timestamp') ? 'micros' : 'seconds'
  const selected = query
    .get('selectedFields')
    ?.split(',')
    .map((name) => name.trim().toLowerCase())
  const { columns, rows, total } = await readRows(service, target, selected, start, most)
  const { items, next } = rowPage(rows.length, 0, undefined, (index) =>
    rowOf(columns, rows[index] ?? [], timestamps),
  )
  const end = start + (next ?? rows.length)
  return {
    body: {
      kind: 'bigquery#tableDataList',
      etag: etagOf([tableName(target), total]),
      totalRows: String(total),
      ...(items.length === 0 ? {} : { rows: items }),
      ...(end < total && most > 0 ? { pageToken: String(end) } : {}),
    },
  }
}

interface Rows {
  readonly columns: readonly ResultColumn[]
  readonly rows: readonly (readonly Value[])[]
  readonly total: number
}

async function readRows(
  service: Service,
  target: Target,
  selected: readonly string[] | undefined,
  start: number,
  most: number,
): Promise<Rows> {
  const job = service.jobs.ofTable(target)
  const wanted = ({ name }: { readonly name: string }) => selected?.includes(name.toLowerCase()) ?? true
  const checkSelected = (columns: readonly { readonly name: string }[]) => {
    const unknown = selected?.find((name) => !columns.some((column) => column.name.toLowerCase() === name))
    if (unknown?.includes('.') === true)
      throw new ApiError('notImplemented', `selectedFields of records are not supported locally: ${unknown}`)
    if (unknown !== undefined) throw invalid(`Invalid field: ${unknown}`, 'selectedFields')
  }
  if (job?.outcome.result !== undefined) {
    const { columns, rows } = job.outcome.result
    checkSelected(columns)
    const places = columns.flatMap((column, index) => (wanted(column) ? [index] : []))
    const slice = rows.slice(start, start + most)
    return {
      columns: columns.filter(wanted),
      rows:
        places.length === columns.length ? slice : slice.map((row) => places.map((at) => row[at] ?? null)),
      total: rows.length,
    }
  }
  const table = await service.warehouse.table(target)
  if (table === undefined) {
    await checkDataset(service, target.database, target.schema)
    throw notFound(`Table ${tableName(target)}`)
  }
  checkSelected(table.columns)
  if (table.rowCount === undefined) throw invalid(`Cannot list a table of type ${table.kind}.`)
  const list = table.columns.filter(wanted).map(({ name }) => sqlName(name))
  const text = `SELECT ${list.join(', ')} FROM ${sqlTable(target)} LIMIT ${most} OFFSET ${start}`
  const { columns, rows } = await service.warehouse.execute(text, { wholeTables: true })
  return { columns, rows, total: table.rowCount }
}

interface InsertError {
  readonly index: number
  readonly errors: readonly object[]
}

/**
 * `POST tables/{T}/insertAll`: if any row is wrong none is added, unless `skipInvalidRows`; what was wrong is told row by
 * row in an answer that is 200.
 */
export async function insertAll(service: Service, request: ApiRequest): Promise<ApiResponse> {
  const target = targetOfPath(request)
  const body = await request.json()
  const definition = await service.warehouse.definition(target)
  if (definition === undefined) {
    await checkDataset(service, target.database, target.schema)
    throw notFound(`Table ${tableName(target)}`)
  }
  if (definition.kind !== 'TABLE') throw invalid(`Cannot add rows to a table of type ${definition.kind}.`)
  if (textAt(body, 'templateSuffix') !== undefined)
    throw new ApiError('notImplemented', 'templateSuffix is not supported locally')
  const given = listAt(body, 'rows').map((row) => (isObject(row) ? row : {}))
  if (given.length === 0) throw invalid('No rows present in the request.')
  const columns = definition.columns.map(givenColumn)
  const { rows, errors } = readRowsOf(given, columns, flagAt(body, 'ignoreUnknownValues') === true)
  const skip = flagAt(body, 'skipInvalidRows') === true
  if (errors.length > 0 && !skip) return answer([...errors, ...stopped(given.length, errors)])
  await service.turns.take(target, async () => {
    const fresh = distinct(service, target, rows)
    if (fresh.length > 0) await add(service, target, columns, fresh)
    for (const { insertId } of fresh) if (insertId !== undefined) service.insertIds.add(target, insertId)
  })
  return answer(errors)
}

const answer = (insertErrors: readonly InsertError[]): ApiResponse => ({
  body: {
    kind: 'bigquery#tableDataInsertAllResponse',
    ...(insertErrors.length === 0
      ? {}
      : { insertErrors: [...insertErrors].sort((a, b) => a.index - b.index) }),
  },
})

const givenColumn = (column: CatalogColumn): GivenColumn => ({
  ...column,
  mode: column.type.kind === 'ARRAY' ? 'REPEATED' : column.required === true ? 'REQUIRED' : 'NULLABLE',
})

interface StreamedRow {
  readonly insertId: string | undefined
  readonly values: readonly Value[]
  /** Lower-case names of the members that the row has. */
  readonly has: ReadonlySet<string>
}

function readRowsOf(
  given: readonly JsonObject[],
  columns: readonly GivenColumn[],
  ignoreUnknown: boolean,
): { readonly rows: readonly StreamedRow[]; readonly errors: readonly InsertError[] } {
  const rows: StreamedRow[] = []
  const errors: InsertError[] = []
  for (const [index, row] of given.entries()) {
    const json: Json | undefined = row['json']
    try {
      if (!isObject(json)) throw new ValueError('', 'a row must have its values as an object `json`')
      const values = jsonRow(json, columns, { json: 'text', ignoreUnknown })
      const has = new Set(Object.keys(json).map((name) => name.toLowerCase()))
      rows.push({ insertId: textAt(row, 'insertId'), values, has })
    } catch (error) {
      if (!(error instanceof ValueError)) throw error
      errors.push({
        index,
        errors: [{ reason: 'invalid', location: error.path, debugInfo: '', message: error.message }],
      })
    }
  }
  return { rows, errors }
}

/** Rows that are right but not added because of others. */
function stopped(count: number, errors: readonly InsertError[]): readonly InsertError[] {
  const wrong = new Set(errors.map(({ index }) => index))
  return Array.from({ length: count }, (_, index) => index)
    .filter((index) => !wrong.has(index))
    .map((index) => ({ index, errors: [{ reason: 'stopped', location: '', debugInfo: '', message: '' }] }))
}

/** Rows whose `insertId` did not come before, in an earlier call or in this one. */
function distinct(service: Service, target: Target, rows: readonly StreamedRow[]): readonly StreamedRow[] {
  const here = new Set<string>()
  return rows.filter(({ insertId }) => {
    if (insertId === undefined) return true
    if (here.has(insertId) || service.insertIds.has(target, insertId)) return false
    here.add(insertId)
    return true
  })
}

/** Columns with a default that no row names get it; a table of rows of which only some do is added in two statements. */
async function add(
  service: Service,
  target: Target,
  columns: readonly GivenColumn[],
  rows: readonly StreamedRow[],
): Promise<void> {
  const groups = new Map<string, StreamedRow[]>()
  const defaults = columns.filter(({ defaultText }) => defaultText !== undefined)
  for (const row of rows) {
    const key = defaults.map(({ name }) => row.has.has(name.toLowerCase())).join()
    groups.set(key, [...(groups.get(key) ?? []), row])
  }
  for (const group of groups.values()) {
    const has = group[0]?.has ?? new Set<string>()
    const places = columns.flatMap(({ name, defaultText }, index) =>
      defaultText === undefined || has.has(name.toLowerCase()) ? [index] : [],
    )
    const used = places.flatMap((index) => columns[index] ?? [])
    const values = group.map((row) => places.map((index) => row.values[index] ?? null))
    const names = used.map(({ name }) => sqlName(name)).join(', ')
    await withStaged(service, target.database, used, values, (query) =>
      service.warehouse.execute(`INSERT INTO ${sqlTable(target)} (${names}) ${query}`),
    ).catch((error: unknown) => {
      throw error instanceof Problem ? invalid(error.message) : error
    })
  }
  service.times.wrote(target, service.now().getTime(), false)
}
