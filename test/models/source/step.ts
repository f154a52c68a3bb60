import fc from 'fast-check'

/** What is done to rows, by their number, 0 to 5. `put` inserts or updates. */
export type Change =
  | { readonly kind: 'put' | 'delete' | 'delete and insert' | 'update twice'; readonly row: number }
  /** The row's key becomes another. */
  | { readonly kind: 'rekey'; readonly row: number; readonly to: number }
  /** Two rows exchange their keys, by way of a third. */
  | { readonly kind: 'swap'; readonly row: number; readonly to: number }
  /** One statement moves every row from this one on to the next key: each takes a key that the one before it has left. */
  | { readonly kind: 'shift'; readonly row: number }

/** What happens at the source. A step that cannot be (a locked row, a key that is taken) does nothing. */
export type Step =
  /** The statement began `waited` seconds ago: another transaction held the row. */
  | { readonly do: 'write'; readonly session: number; readonly change: Change; readonly waited: number }
  /** A transaction of its own. */
  | { readonly do: 'change'; readonly change: Change; readonly waited: number }
  | { readonly do: 'commit' | 'rollback'; readonly session: number }
  | { readonly do: 'wait'; readonly seconds: number }
  /** The source's clock is set back. */
  | { readonly do: 'set back'; readonly seconds: number }
  | { readonly do: 'rotate log' }
  /** Another server takes over, whose log begins anew under another name. */
  | { readonly do: 'fail over' }
  /** Every row is read as it is now, and said to have been read `lag` seconds later. */
  | { readonly do: 'backfill'; readonly lag: number }
  /** The last commits are extracted once more, as new events. */
  | { readonly do: 'read again'; readonly commits: number }
  | { readonly do: 'add column' }
  /** What is committed during `steps` never arrives; a backfill long after `after` repairs it. */
  | { readonly do: 'lose'; readonly steps: readonly Step[]; readonly after: readonly Step[] }

export const sources = ['mysql', 'mysql-gtid', 'postgresql', 'oracle', 'sqlserver', 'documents'] as const
export type SourceKind = (typeof sources)[number]

/** A history of one table of a source. */
export interface Story {
  readonly source: SourceKind
  /** The number of the log's first file. */
  readonly firstFile: number
  /** After how many of the steps every row is read for the first time. */
  readonly firstBackfillAfter: number
  readonly steps: readonly Step[]
}

const row = fc.nat(5)
const session = fc.nat(2)
const change: fc.Arbitrary<Change> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      kind: fc.constantFrom(
        'put' as const,
        'put' as const,
        'put' as const,
        'delete' as const,
        'delete and insert' as const,
        'update twice' as const,
      ),
      row,
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({ kind: fc.constantFrom('rekey' as const, 'swap' as const), row, to: row }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('shift' as const), row }) },
)

const minute = 60
const waited = fc.constantFrom(0, 0, 0, 1, 5 * minute, 15 * minute)
const plainStep: fc.Arbitrary<Step> = fc.oneof(
  { weight: 12, arbitrary: fc.record({ do: fc.constant('change' as const), change, waited }) },
  { weight: 7, arbitrary: fc.record({ do: fc.constant('write' as const), session, change, waited }) },
  { weight: 6, arbitrary: fc.record({ do: fc.constant('commit' as const), session }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('rollback' as const), session }) },
  {
    weight: 6,
    arbitrary: fc.record({
      do: fc.constant('wait' as const),
      seconds: fc.constantFrom(1, 1, 7, 5 * minute, 15 * minute, 59 * minute, 61 * minute, 150 * minute),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      do: fc.constant('set back' as const),
      seconds: fc.constantFrom(1, 2, 5 * minute, 15 * minute),
    }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('rotate log' as const) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('fail over' as const) }) },
  {
    weight: 1,
    arbitrary: fc.record({
      do: fc.constant('backfill' as const),
      lag: fc.constantFrom(0, 1, 5 * minute, 15 * minute),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ do: fc.constant('read again' as const), commits: fc.integer({ min: 1, max: 4 }) }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('add column' as const) }) },
)

const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 16, arbitrary: plainStep },
  {
    weight: 1,
    arbitrary: fc.record({
      do: fc.constant('lose' as const),
      steps: fc.array(plainStep, { minLength: 1, maxLength: 6 }),
      after: fc.array(plainStep, { maxLength: 4 }),
    }),
  },
)

/** Stories of some dozens of steps, with few rows and few times, so that things meet. */
export const story: fc.Arbitrary<Story> = fc.record({
  source: fc.constantFrom(...sources, 'mysql' as const, 'mysql' as const),
  firstFile: fc.constantFrom(1, 9, 999_999),
  firstBackfillAfter: fc.nat(12),
  steps: fc.array(step, { minLength: 1, maxLength: 50, size: 'max' }),
})

/** A step as one reads it: `session 1: rekey 2 to 3`. */
export function told(step: Step): string {
  switch (step.do) {
    case 'write':
    case 'change': {
      const { change } = step
      const who = step.do === 'write' ? `session ${step.session}` : 'at once'
      const since = step.waited === 0 ? '' : `, begun ${step.waited} s ago`
      return `${who}: ${change.kind} row ${change.row}${'to' in change ? ` and ${change.to}` : ''}${since}`
    }
    case 'commit':
    case 'rollback':
      return `session ${step.session}: ${step.do}`
    case 'wait':
    case 'set back':
      return `${step.do} ${step.seconds} s`
    case 'backfill':
      return `backfill, stamped ${step.lag} s later`
    case 'read again':
      return `read the last ${step.commits} commits again`
    case 'lose':
      return `lose { ${step.steps.map(told).join('; ')} } then { ${step.after.map(told).join('; ')} }, repair`
    default:
      return step.do
  }
}
