import type { QueryParameter } from '../../../runner/googlesql/result.ts'
import { typeName } from '../../../runner/googlesql/types/print.ts'
import { translateError } from '../../../runner/warehouse/duckdb/errors.ts'
import type { Warehouse } from '../../../runner/warehouse/warehouse.ts'
import { comparable, sameOutcome } from '../../googlesql/functions/outcome.ts'
import type { Oracle, TableOutcome } from './oracle.ts'

export type Verdict = 'right' | 'refused' | 'unknown' | 'wrong'

export interface Judged {
  readonly verdict: Verdict
  readonly ours: TableOutcome
  readonly theirs: TableOutcome | undefined
}

/** Words of an error that is none of the query's but of what the embedded engine made of it. */
const raw = new RegExp(
  translateError(new Error('x'))
    .message.slice(0, 60)
    .replace(/[.*+?()]/g, '\\$&'),
)

export interface AskOptions {
  readonly ordered: boolean
  readonly tables: boolean
  readonly bent?: boolean
  readonly parameters?: readonly QueryParameter[] | undefined
}

/** Both answers to a query. `ordered`: rows compare as they stand. */
export async function judge(
  warehouse: Warehouse,
  oracle: Oracle,
  query: string,
  options: AskOptions,
): Promise<Judged> {
  const { parameters = [] } = options
  const [ours, theirs] = await Promise.all([
    answer(warehouse, query, parameters),
    oracle.ask(query, parameters),
  ])
  const given = verdictOf(ours, theirs, options.ordered)
  const verdict = options.bent === true && given === 'wrong' ? ofBent(query, ours, theirs) : given
  const open = verdict === 'wrong' && theirs !== undefined && !raw.test(ours.error ?? '')
  if (open && options.tables && (await raisedByRows(warehouse, query, parameters, ours, theirs))) {
    return { verdict: 'unknown', ours, theirs }
  }
  // A call with an argument that is a constant NULL, or comes to one, need not compute the others, which may raise; nor
  // need a condition that one of its sides decides.
  const nulls =
    /\bNULL\b|\bn\.c\d|\b(?:NULLIF|REGEXP_EXTRACT|REGEXP_SUBSTR)\(|UNBOUNDED|\bSAFE[._]|\b(?:AND|OR|BETWEEN|IN)\b/.test(
      query.replace(/ FROM UNNEST\(\[STRUCT\(.* AS n WHERE n\.i = 1$/, ''),
    )
  const whole = (ours.rows ?? []).every((row) =>
    row.every((value) => value === null || value === false || (Array.isArray(value) && value.length === 0)),
  )
  const calls = (query.match(/\(/g) ?? []).length
  const raised = open && theirs.error !== undefined && theirs.place === undefined && ours.error === undefined
  const idle = raised && (nulls || (whole && calls > 2))
  // The reference implementation takes the low 32 bits of a part of a time; whether BigQuery does is not known.
  const cut = /\b(?:TIME|DATE|DATETIME)\(/.test(query) && /\d{10}/.test(query)
  // The reference implementation takes some DATEs as DATETIMEs for the first of its days.
  const epoch = /\bDATETIME\b/.test(query) && /19(?:69-12|70-01)-/.test(JSON.stringify(theirs?.rows ?? []))
  return { verdict: idle || (open && (cut || epoch)) ? 'unknown' : verdict, ours, theirs }
}

/** What a bend leaves open: rows whose order nothing fixes, and NULL || x, which only BigQuery takes. */
function ofBent(query: string, ours: TableOutcome, theirs: TableOutcome | undefined): Verdict {
  if (theirs?.error !== undefined)
    return theirs.error.startsWith('Operands of || cannot be literal NULL') ? 'unknown' : 'wrong'
  const open = /\b(?:LIMIT|OFFSET|OVER|WINDOW|ANY_VALUE|CURRENT_DATE)\b|_AGG\b|\bARRAY\(/.test(query)
  const same = ours.types?.join() === theirs?.types?.join() && ours.names?.join() === theirs?.names?.join()
  return open && same ? 'unknown' : 'wrong'
}

/** Whether one side only raised, for a row that the other never looked at: both may, for nothing says what is computed first. */
async function raisedByRows(
  warehouse: Warehouse,
  query: string,
  parameters: readonly QueryParameter[],
  ours: TableOutcome,
  theirs: TableOutcome,
): Promise<boolean> {
  if (theirs.error !== undefined) return ours.error === undefined && theirs.place === undefined
  if (ours.error === undefined) return false
  return warehouse.dryRun(query, { parameters }).then(
    () => true,
    () => false,
  )
}

async function answer(
  warehouse: Warehouse,
  query: string,
  parameters: readonly QueryParameter[],
): Promise<TableOutcome> {
  try {
    const { columns, rows } = await warehouse.execute(query, { parameters })
    const shown = rows.map((row) => row.map(comparable))
    return {
      names: columns.map(({ name }) => name),
      types: columns.map(({ type }) => typeName(type)),
      values: shown[0] ?? [],
      rows: shown,
    }
  } catch (error) {
    const cause = error instanceof Error && error.cause instanceof Error ? error.cause.message : ''
    const message = error instanceof Error ? error.message : String(error)
    return { error: raw.test(message) ? `${message}: ${cause}` : message }
  }
}

function verdictOf(ours: TableOutcome, theirs: TableOutcome | undefined, ordered: boolean): Verdict {
  if (ours.error !== undefined) {
    if (raw.test(ours.error)) return 'wrong'
    if (/not supported locally/.test(ours.error)) return 'refused'
  }
  if (theirs === undefined) return 'unknown'
  // BigQuery puts no NULL of an array into a result; the reference implementation does.
  if (ours.error?.startsWith('Array cannot have a null element') === true)
    return theirs.error !== undefined || hasNullInList(theirs) ? 'right' : 'wrong'
  if (ours.error !== undefined || theirs.error !== undefined)
    return sameOutcome(ours, theirs) ? 'right' : 'wrong'
  const [mine, other] = [ours.rows ?? [], theirs.rows ?? []]
  const same = (values: Row | undefined, others: Row) =>
    values !== undefined &&
    sameOutcome({ types: ours.types ?? [], values }, { types: theirs.types ?? [], values: others })
  if (ours.names?.join() !== theirs.names?.join()) return 'wrong'
  if (mine.length !== other.length || !sameOutcome({ ...ours, values: [] }, { ...theirs, values: [] }))
    return 'wrong'
  if (ordered) return other.every((row, index) => same(mine[index], row)) ? 'right' : 'wrong'
  // Each of theirs takes one of ours: numbers may differ in their last digits, so that sorting is none of it.
  const left = [...mine]
  for (const row of other) {
    const at = left.findIndex((values) => same(values, row))
    if (at < 0) return 'wrong'
    left.splice(at, 1)
  }
  return 'right'
}

type Row = readonly unknown[]

function hasNullInList(outcome: TableOutcome): boolean {
  const within = (value: unknown): boolean =>
    Array.isArray(value) && value.some((item) => item === null || within(item))
  return (outcome.rows ?? []).some((row) => row.some(within))
}
