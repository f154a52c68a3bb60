import { spawnSync } from 'node:child_process'
import { openDuckDbWarehouse } from '../../runner/warehouse/duckdb/warehouse.ts'
import type { Warehouse } from '../../runner/warehouse/warehouse.ts'
import { comparable } from '../googlesql/functions/outcome.ts'
import { shared } from '../shared.ts'
import { type Judged, judge, type Verdict } from './sql/judge.ts'
import { Oracle, type TableOutcome } from './sql/oracle.ts'
import { type Query, queryText, randomQuery } from './sql/query.ts'
import { Random } from './sql/random.ts'
import { shrink } from './sql/shrink.ts'

/** The proof cannot run here: no Java, or no reference implementation. */
export class CannotProve extends Error {}

/** Failures beyond this many are counted, not made smaller and shown. */
const mostShown = 20

/**
 * Random well-typed queries, answered here and by GoogleSQL's reference implementation: right or refused, never another
 * answer and never an error of the embedded engine.
 *
 * @returns the line that sums up
 * @throws CannotProve without Java; Error that shows the wrong answers, made small
 */
export async function proveSql(runs: number, seed: number): Promise<string> {
  const program = shared('oracle/run.sh')
  if (program === undefined)
    throw new CannotProve('the reference implementation is not here: set STREAMFORM_SHARED')
  if (spawnSync('java', ['-version']).error !== undefined)
    throw new CannotProve('this proof needs Java 17, which is not here')
  const oracle = new Oracle(program)
  const warehouse = await openDuckDbWarehouse({ path: ':memory:', defaultProject: 'p' })
  try {
    return await compareAll(warehouse, oracle, runs, seed)
  } finally {
    oracle.close()
    await warehouse.close()
  }
}

async function compareAll(warehouse: Warehouse, oracle: Oracle, runs: number, seed: number): Promise<string> {
  const counts: Record<Verdict, number> = { right: 0, refused: 0, unknown: 0, wrong: 0 }
  const found: Query[] = []
  const reasons = new Map<string, number>()
  const width = 50
  // Where the reference implementation has no answer, another query takes the place.
  for (let next = 0; runs > counts.right + counts.refused + counts.wrong; ) {
    const left = runs - counts.right - counts.refused - counts.wrong
    const queries = Array.from({ length: Math.min(width, left) }, () =>
      randomQuery(new Random(Math.imul(seed, 1_000_003) + next++)),
    )
    const judged = await Promise.all(
      queries.map((query) => judge(warehouse, oracle, queryText(query), optionsOf(query))),
    )
    for (const [index, { verdict, ours }] of judged.entries()) {
      const query = queries[index]
      counts[verdict]++
      if (verdict === 'refused') countReason(reasons, ours)
      if (verdict === 'wrong' && query !== undefined) found.push(query)
    }
  }
  const summary = `${runs} queries, ${counts.right} right, ${counts.refused} refused, ${counts.wrong} wrong`
  if (process.env.STREAMFORM_REASONS !== undefined) console.log(topReasons(reasons))
  if (found.length === 0) return summary
  const shown: string[] = []
  for (const query of found.slice(0, mostShown)) shown.push(await explain(warehouse, oracle, query))
  throw new Error(`${shown.join('\n\n')}\n\nsql: ${summary}`)
}

function countReason(reasons: Map<string, number>, { error = '' }: TableOutcome): void {
  const reason = (error.split('\n')[0] ?? '').replace(/\d+/g, 'N')
  reasons.set(reason, (reasons.get(reason) ?? 0) + 1)
}

const topReasons = (reasons: ReadonlyMap<string, number>): string =>
  [...reasons]
    .sort(([, a], [, b]) => b - a)
    .map(([reason, count]) => `${count}  ${reason}`)
    .join('\n')

const optionsOf = ({ ordered, rows, parameters, bent = false }: Query) => ({
  ordered,
  bent,
  tables: bent || rows.length > 0,
  parameters,
})

/** A failure made small, with both answers. */
async function explain(warehouse: Warehouse, oracle: Oracle, query: Query): Promise<string> {
  const ask = (tried: Query): Promise<Judged> => judge(warehouse, oracle, queryText(tried), optionsOf(tried))
  const small = await shrink(query, async (tried) => (await ask(tried)).verdict === 'wrong')
  const { ours, theirs } = await ask(small)
  const given = (small.parameters ?? []).map(
    ({ name, value }) => `${name ?? '?'} = ${JSON.stringify(comparable(value))}`,
  )
  return [
    queryText(small),
    ...(given.length === 0 ? [] : [`  with      ${given.join(', ')}`]),
    `  ours      ${show(ours)}`,
    `  reference ${theirs === undefined ? '-' : show(theirs)}`,
  ].join('\n')
}

function show({ error, names, types, rows }: TableOutcome): string {
  return error === undefined
    ? `${JSON.stringify(rows)} ${types?.join(', ')} (${names?.join(', ')})`
    : `error: ${error.split('\n').slice(0, 2).join(' ')}`
}
