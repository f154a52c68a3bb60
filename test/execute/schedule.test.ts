import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type Outcome, schedule } from '../../runner/execute/schedule.ts'
import { dagOf, reachable } from '../../runner/graph/dag.ts'

type Needs = Readonly<Record<string, readonly string[]>>

/** Schedules and notes all that happens; work ends in a later turn of the event loop, in a seeded order. */
async function observe(
  needs: Needs,
  options: {
    failing?: readonly string[]
    concurrency?: number
    abortAt?: string
    pace?: (id: string) => number
  } = {},
) {
  const { failing = [], concurrency = 2, abortAt, pace = () => 1 } = options
  const dag = dagOf(new Map(Object.entries(needs)))
  const controller = new AbortController()
  const log: string[] = []
  let running = 0
  let most = 0
  await schedule({
    blocking: dag,
    after: dag,
    concurrency,
    signal: controller.signal,
    async work(id): Promise<Outcome> {
      log.push(`start ${id}`)
      running += 1
      most = Math.max(most, running)
      if (id === abortAt) controller.abort()
      for (let turn = pace(id); turn > 0; turn--) await new Promise((resolve) => setImmediate(resolve))
      running -= 1
      const outcome = controller.signal.aborted ? 'cancelled' : failing.includes(id) ? 'failed' : 'done'
      log.push(`${outcome} ${id}`)
      return outcome
    },
    skip: (id, cause) => log.push(`skip ${id} because of ${cause}`),
    cancel: (id) => log.push(`cancel ${id}`),
  })
  return { log, most }
}

describe('scheduling', () => {
  test('starts what is ready in the given order and the rest as soon as it can', async () => {
    expect((await observe({ a: [], b: ['a'], c: [], d: ['b', 'c'] }, { concurrency: 1 })).log).toEqual([
      'start a',
      'done a',
      'start c',
      'done c',
      'start b',
      'done b',
      'start d',
      'done d',
    ])
  })

  test('a failure skips those who depend on it, with the first cause, and nobody else', async () => {
    expect(
      (await observe({ a: [], b: ['a'], c: ['b'], x: [], y: ['x'] }, { concurrency: 1, failing: ['a'] })).log,
    ).toEqual([
      'start a',
      'failed a',
      'skip b because of a',
      'skip c because of a',
      'start x',
      'done x',
      'start y',
      'done y',
    ])
  })

  test('an abort starts nothing more and ends when what is running has ended', async () => {
    expect((await observe({ a: [], b: [], c: ['a'], d: [] }, { abortAt: 'b' })).log).toEqual([
      'start a',
      'start b',
      'cancel d',
      'cancelled a',
      'cancel c',
      'cancelled b',
    ])
  })

  test('an empty graph ends at once', async () => {
    expect((await observe({})).log).toEqual([])
  })

  test('every id ends exactly once, after its needs, within the limit, whatever fails', async () => {
    const graphs = fc.record({
      edges: fc.array(fc.tuple(fc.nat(19), fc.nat(19)), { maxLength: 60 }),
      failing: fc.subarray([...Array(20).keys()].map(String)),
      paces: fc.array(fc.nat(3), { minLength: 20, maxLength: 20 }),
      concurrency: fc.integer({ min: 1, max: 5 }),
    })
    await fc.assert(
      fc.asyncProperty(graphs, async ({ edges, failing, paces, concurrency }) => {
        const needs: Record<string, string[]> = Object.fromEntries(
          [...Array(20).keys()].map((id) => [id, []]),
        )
        for (const [a, b] of edges) if (a > b) needs[a]?.push(String(b))
        const { log, most } = await observe(needs, {
          failing,
          concurrency,
          pace: (id) => paces[Number(id)] ?? 0,
        })
        expect(most).toBeLessThanOrEqual(concurrency)
        const dag = dagOf(new Map(Object.entries(needs)))
        const doomed = reachable(dag.dependents, failing)
        for (const id of dag.ids) {
          const ends = log.filter((line) => new RegExp(`^(done|failed|skip) ${id}( |$)`).test(line))
          const hit = (dag.dependencies.get(id) ?? []).some((other) => doomed.has(other))
          expect(ends.map((line) => line.split(' ')[0])).toEqual([
            hit ? 'skip' : failing.includes(id) ? 'failed' : 'done',
          ])
          for (const other of needs[id] ?? [])
            if (!hit) expect(log.indexOf(`done ${other}`)).toBeLessThan(log.indexOf(`start ${id}`))
        }
      }),
      { numRuns: 100 },
    )
  })
})
