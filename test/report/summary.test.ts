import { describe, expect, test } from 'vitest'
import type { Effects } from '../../runner/effects.ts'
import { pendingResult } from '../../runner/execute/execute-action.ts'
import type { ActionResult, RunResults } from '../../runner/execute/run-results.ts'
import { actionsOf } from '../../runner/project/compile/actions.ts'
import type { Action } from '../../runner/project/compile/compiled-graph.ts'
import { counted, duration, progressReporter } from '../../runner/report/progress.ts'
import { runSummary } from '../../runner/report/summary.ts'

const action = (name: string): Action => {
  const target = { database: 'p', schema: 'd', name }
  const [made] = actionsOf({
    tables: [{ target, canonicalTarget: target, fileName: `definitions/${name}.sqlx` }],
  })
  if (made === undefined) throw new Error('no action')
  return made
}

const result = (name: string, changes: Partial<ActionResult>): ActionResult => ({
  ...pendingResult(action(name)),
  status: 'succeeded',
  deed: 'create',
  seconds: 0.25,
  ...changes,
})

const results = (status: RunResults['status'], actions: readonly ActionResult[]): RunResults => ({
  formatVersion: 1,
  id: '2026-01-31-120000-000',
  command: 'run',
  status,
  warehouse: 'duckdb',
  startedAt: '2026-01-31T12:00:00.000Z',
  endedAt: '2026-01-31T12:01:05.000Z',
  seconds: 65.2,
  fullRefresh: false,
  select: [],
  exclude: [],
  vars: {},
  resumes: null,
  actions,
})

const error = {
  message: 'unknown column `x`',
  hint: 'did you mean `y`?',
  file: 'definitions/b.sqlx',
  line: 3,
  column: 8,
}
const skipped = (name: string) => result(name, { status: 'skipped', skippedBecause: 'p.d.b', seconds: null })

describe('the summary of a run', () => {
  test('of success counts actions, rows and time', () => {
    const actions = [
      result('a', { rows: 1200 }),
      result('v', { kind: 'view' }),
      result('check', { kind: 'assertion', rows: 0 }),
      result('off', { status: 'disabled' }),
    ]
    expect(runSummary(results('succeeded', actions))).toBe('3 ok, 1 off; 1,200 rows written; 1 min 5 s')
  })

  test('tells what only warns, and how to see the rows', () => {
    const actions = [
      result('a', { rows: 1 }),
      result('check', { kind: 'assertion', rows: 2, warnings: ['2 rows fail the assertion `check`'] }),
    ]
    expect(runSummary(results('succeeded', actions))).toBe(
      [
        'warning: definitions/check.sqlx: 2 rows fail the assertion `check`',
        "  streamform query 'select * from `p.d.check`' shows them",
        '2 ok, 1 of them with a warning; 1 row written; 1 min 5 s',
      ].join('\n'),
    )
  })

  test('of failure tells first causes on top with what they held back, and what to type next', () => {
    const actions = [
      result('a', { rows: 3 }),
      result('b', { status: 'failed', error }),
      ...['c1', 'c2', 'c3', 'c4', 'c5', 'c6'].map(skipped),
      result('z', { status: 'failed', error: { ...error, hint: null, line: null, column: null } }),
    ]
    expect(runSummary(results('failed', actions))).toBe(
      [
        'error: definitions/b.sqlx:3:8: unknown column `x`',
        '  did you mean `y`?',
        '  skipped because of it: c1, c2, c3, c4, c5 and 1 more',
        'error: definitions/b.sqlx: unknown column `x`',
        '1 ok, 2 failed, 6 skipped; 3 rows written; 1 min 5 s',
        'when it is put right, `streamform resume` runs what is left (8)',
      ].join('\n'),
    )
  })

  test('of an interruption says how to go on', () => {
    const actions = [result('a', {}), result('b', { status: 'cancelled' })]
    expect(runSummary(results('cancelled', actions))).toBe(
      [
        '1 ok, 1 not run; 0 rows written; 1 min 5 s',
        'stopped: `streamform resume 2026-01-31-120000-000` goes on',
      ].join('\n'),
    )
  })
})

test('progress is a line for each action that ends, and on a terminal what is under way below', () => {
  const shown: string[] = []
  const effects = {
    interactive: false,
    note: (text: string) => shown.push(text),
    status: (text: string) => shown.push(`~ ${text}`),
  } as unknown as Effects
  const report = progressReporter(effects)
  report({ type: 'begin', id: 'x', total: 12 })
  for (const name of ['a', 'b', 'c', 'd']) report({ type: 'start', action: action(name) })
  report({ type: 'retry', action: action('a'), error: new Error('a conflict') })
  report({ type: 'end', result: result('a', { rows: 1234, warnings: ['odd'] }) })
  report({ type: 'end', result: result('b', { status: 'failed', error, seconds: 1.5 }) })
  report({ type: 'end', result: skipped('e') })
  report({
    type: 'end',
    result: result('c', { kind: 'assertion', deed: 'check', rows: 2, status: 'failed' }),
  })
  report({ type: 'end', result: result('d', { status: 'disabled', deed: 'nothing', seconds: 0 }) })
  expect(shown).toEqual([
    '~ 0/12 done, running a',
    '~ 0/12 done, running a, b',
    '~ 0/12 done, running a, b, c',
    '~ 0/12 done, running a, b, c and 1 more',
    'again    a: a conflict',
    '~ 0/12 done, running a, b, c and 1 more',
    ' 1/12 ok      create     d.a  1,234 rows  250 ms',
    'warning  definitions/a.sqlx: odd',
    '~ 1/12 done, running b, c, d',
    ' 2/12 failed  create     d.b  1.5 s',
    '~ 2/12 done, running c, d',
    '~ 3/12 done, running c, d',
    ' 4/12 failed  check      d.c  2 failing  250 ms',
    '~ 4/12 done, running d',
    ' 5/12 off     nothing    d.d  0 ms',
    '~ ',
  ])
})

test('numbers and times are written as people read them', () => {
  expect([0, 999, 1000, 1234567].map(counted)).toEqual(['0', '999', '1,000', '1,234,567'])
  expect([0, 0.0123, 0.9994, 1, 59.94, 61, 3725].map(duration)).toEqual([
    '0 ms',
    '12 ms',
    '999 ms',
    '1.0 s',
    '59.9 s',
    '1 min 1 s',
    '62 min 5 s',
  ])
})
