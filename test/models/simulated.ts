import { deepStrictEqual } from 'node:assert/strict'
import fc from 'fast-check'
import type { Warehouse } from '../../runner/warehouse/warehouse.ts'
import { modelsOf } from './model-project.ts'
import { type Builds, built, keyKinds, Tables } from './simulated-tables.ts'
import { type Delivery, deliver, delivery, landings, milliseconds } from './source/delivery.ts'
import { ignorance, knownAt } from './source/known.ts'
import { SimulatedSource, type Simulation, type SourceRow } from './source/simulated-source.ts'
import { type Story, story, told } from './source/step.ts'

/** A history and the ways in which it is delivered. */
export interface Scenario {
  readonly story: Story
  readonly deliveries: readonly Delivery[]
}

const scenario: fc.Arbitrary<Scenario> = fc
  .record({
    story,
    deliveries: fc.tuple(delivery('in order'), delivery('shuffled'), delivery('at once')),
  })
  .map((given) => Object.assign(given, { [fc.toStringMethod]: () => readable(given) }))

const readable = ({
  story: { source, firstFile, firstBackfillAfter, steps },
  deliveries,
}: Scenario): string =>
  [
    `\na table of ${source}, its log's first file ${firstFile}, rows 0, 1 and 2 there; first backfill after step ${firstBackfillAfter}`,
    ...steps.map((step, at) => `  ${at + 1}. ${told(step)}`),
    ...deliveries.map((each) => `  delivered ${JSON.stringify(each)}`),
  ].join('\n')

const builds = fc.array(
  fc.oneof(
    { weight: 3, arbitrary: fc.constant(built.map((model) => ({ model, fullRefresh: false }))) },
    {
      weight: 4,
      arbitrary: fc.subarray([...built]).chain((models) =>
        fc.tuple(
          ...models.map((model) =>
            fc.record({
              model: fc.constant(model),
              fullRefresh: fc.oneof(
                { weight: 5, arbitrary: fc.constant(false) },
                { weight: 1, arbitrary: fc.constant(true) },
              ),
            }),
          ),
        ),
      ),
    },
  ),
  { minLength: landings, maxLength: landings },
)

const textsOf = (tables: Tables, simulations: readonly Simulation[], instant: number): readonly string[] =>
  simulations
    .flatMap((simulation, slot) =>
      [...knownAt(simulation, instant)].map(([row, content]) => tables.text(slot, row, content)),
    )
    .sort()

/** Delivers histories side by side in one way; gives the log, state and versions, without what tells of the delivery. */
async function delivered(
  tables: Tables,
  simulations: readonly Simulation[],
  deliveries: readonly Delivery[],
  schedule: Builds,
): Promise<Readonly<Record<string, readonly string[]>>> {
  await tables.clear()
  const arrivals = simulations.map((simulation, slot) => {
    const way = deliveries[slot]
    return way === undefined ? [] : deliver(simulation, way, slot)
  })
  const everything = built.map((model) => ({ model, fullRefresh: false }))
  for (let landing = 0; landing < landings; landing += 1) {
    const events = arrivals.flatMap((arrival, slot) =>
      (arrival[landing] ?? []).map(({ row, ...event }) => ({
        ...event,
        row: {
          ...tables.kind.values(slot, Number(row?.['key'])),
          value: row?.['value'] ?? null,
          note: row?.['note'] ?? null,
        },
      })),
    )
    await tables.land(landing, events)
    await tables.build(schedule[landing] ?? everything)
  }
  await tables.build(everything)
  const increments = await tables.contents(true)
  const plain = await tables.contents(false)
  await tables.build(built.map((model) => ({ model, fullRefresh: true })))
  deepStrictEqual(increments, await tables.contents(true), 'increments and full refresh differ')
  return plain
}

/** What a check looks at beside the histories. */
interface Looks {
  readonly schedule: Builds
  /** Seconds since the stories began, ascending. */
  readonly instants: readonly number[]
}

/**
 * Checks histories side by side, in the same tables.
 * @throws AssertionError with what differs
 */
async function check(
  tables: Tables,
  scenarios: readonly Scenario[],
  { schedule, instants }: Looks,
): Promise<number> {
  const simulations = scenarios.map(({ story: each }) => SimulatedSource.tell(each))
  deepStrictEqual(simulations.flatMap(ignorance), [], 'the source is not what can be known of it')
  let first: Readonly<Record<string, readonly string[]>> | undefined
  for (const way of [0, 1, 2]) {
    const found = await delivered(
      tables,
      simulations,
      scenarios.flatMap(({ deliveries }) => deliveries[way] ?? []),
      way === 1 ? schedule : [],
    )
    first ??= found
    deepStrictEqual(found, first, 'two deliveries differ')
  }
  const uuids = simulations.flatMap(({ events }, slot) =>
    events.filter(({ lost }) => !lost).map(({ uuid }) => `${slot}-${uuid}`),
  )
  const logged = first?.['log']?.map((text) => String(JSON.parse(text)['_metadata_uuid']))
  deepStrictEqual(logged?.toSorted(), uuids.toSorted(), 'the log')
  deepStrictEqual(
    await tables.rows(''),
    textsOf(tables, simulations, Number.POSITIVE_INFINITY),
    'the current table',
  )
  await checkHistory(tables, simulations)
  await checkInstants(tables, simulations, instants)
  return simulations.reduce((sum, { events }) => sum + events.length, 0)
}

/** Looks at each history at every instant at which something may have changed. */
async function checkHistory(tables: Tables, simulations: readonly Simulation[]): Promise<void> {
  const versions = await tables.versions()
  for (const [slot, simulation] of simulations.entries()) {
    const known = versions.get(slot) ?? []
    const times = simulation.events.flatMap(({ stamp, happened }) => [stamp, happened, stamp - 1, stamp + 1])
    const at = (instant: number) => {
      const time = milliseconds(instant) * 1000
      return known.filter(({ from, until }) => from <= time && time < until).map(({ text }) => text)
    }
    const expected = (instant: number) =>
      [...knownAt(simulation, instant)].map(([row, content]) => tables.text(slot, row, content))
    for (const instant of new Set(times))
      deepStrictEqual(at(instant).sort(), expected(instant).sort(), `the history at ${instant} s`)
  }
}

async function checkInstants(
  tables: Tables,
  simulations: readonly Simulation[],
  instants: readonly number[],
): Promise<void> {
  const first = Math.min(
    ...simulations.flatMap(({ events }) =>
      events.filter(({ lost }) => !lost).map(({ happened }) => happened),
    ),
  )
  const known = instants.filter((at) => at >= first)
  for (const at of [...known, 1e7]) {
    const expected = textsOf(tables, simulations, at)
    const found = await tables
      .rows(`_as_of(TIMESTAMP_MICROS(${Math.round(milliseconds(at) * 1000)}))`)
      .catch((error: unknown) => {
        // A clock that was set back stamps an event earlier than the one that it follows, from which on it holds.
        if (
          expected.length === 0 &&
          error instanceof Error &&
          error.message.startsWith('nothing is known of ')
        )
          return []
        throw error
      })
    deepStrictEqual(found, expected, `the table as of ${at} s`)
  }
  for (const [since, until] of known.slice(1).map((at, index) => [known[index] ?? at, at] as const)) {
    const expected = simulations.flatMap((simulation, slot) => {
      const [before, after] = [knownAt(simulation, since), knownAt(simulation, until)]
      return [...new Set([...before.keys(), ...after.keys()])].flatMap((row) => {
        const side = (table: ReadonlyMap<number, SourceRow>) => {
          const content = table.get(row)
          return content === undefined ? '' : tables.text(slot, row, content)
        }
        const [was, is] = [side(before), side(after)]
        if (was === is) return []
        return [`${was === '' ? 'inserted' : is === '' ? 'deleted' : 'updated'} ${was} ${is}`]
      })
    })
    deepStrictEqual(
      await tables.changes(since, until),
      expected.sort(),
      `the changes from ${since} s to ${until} s`,
    )
  }
}

export interface Simulated {
  readonly histories: number
  /** Events that the sources sent. */
  readonly events: number
  readonly deliveries: number
}

const side = 60

/**
 * Checks `runs` histories of a simulated source, each delivered in three ways; dozens of them side by side in one table.
 * One that differs is looked at by itself, and made as short as it can be.
 * @throws Error with the seed and the shortest history that was found to differ
 */
export async function proveSimulated(
  warehouse: Warehouse,
  { runs, seed, atOnce = side }: { readonly runs: number; readonly seed: number; readonly atOnce?: number },
): Promise<Simulated> {
  const models = await modelsOf(Object.fromEntries(keyKinds.map(({ name, key }) => [name, { key }])))
  const tables = keyKinds.map((kind) => new Tables(warehouse, kind, models))
  const all = fc.sample(scenario, { numRuns: runs, seed })
  const batches = Math.ceil(runs / atOnce)
  const looks = fc.sample(
    fc.record({ schedule: builds, moments: fc.array(fc.nat(), { minLength: 5, maxLength: 5 }) }),
    { numRuns: batches, seed },
  )
  let events = 0
  for (let batch = 0; batch < batches; batch += 1) {
    const kind = tables[batch % tables.length]
    const look = looks[batch]
    if (kind === undefined || look === undefined) throw new Error('unreachable')
    const from = batch * atOnce
    const scenarios = all.slice(from, from + atOnce)
    const given = { schedule: look.schedule, instants: instantsOf(scenarios, look.moments) }
    try {
      events += await check(kind, scenarios, given)
    } catch (error) {
      await shortest(kind, scenarios, given, { seed, from })
      throw error
    }
  }
  return { histories: runs, events, deliveries: 3 * runs }
}

/** Instants at which something happened, and those just before and after. */
function instantsOf(scenarios: readonly Scenario[], moments: readonly number[]): readonly number[] {
  const times = scenarios.flatMap(({ story: each }) =>
    SimulatedSource.tell(each).events.map(({ stamp }) => stamp),
  )
  const chosen = moments.map(
    (moment) => (times[moment % times.length] ?? 0) + ([0, 0, -1, 1, 100][moment % 5] ?? 0),
  )
  return [...new Set(chosen)].sort((one, other) => one - other)
}

const longestShrink = 10 * 60_000

/** Throws the first history of a batch that differs by itself, shrunk for at most so long. */
async function shortest(
  tables: Tables,
  scenarios: readonly Scenario[],
  given: Looks,
  { seed, from }: { readonly seed: number; readonly from: number },
): Promise<void> {
  for (const [at, one] of scenarios.entries()) {
    const differs = await check(tables, [one], given).then(
      () => false,
      () => true,
    )
    if (!differs) continue
    const property = fc.asyncProperty(scenario, async (smaller) => {
      await check(tables, [smaller], given)
    })
    await fc.assert(property, {
      seed,
      path: String(from + at),
      numRuns: 1,
      interruptAfterTimeLimit: longestShrink,
    })
  }
}
