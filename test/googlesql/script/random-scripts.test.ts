import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openDuckDbWarehouse } from '../../../runner/warehouse/duckdb/warehouse.ts'
import type { Warehouse } from '../../../runner/warehouse/warehouse.ts'

/** What a script does, and what it is written as. `loop`: how many loops stand around it. */
type Step =
  | { readonly kind: 'set'; readonly to: string; readonly from: string; readonly add: number }
  | { readonly kind: 'log'; readonly value: string }
  | { readonly kind: 'raise'; readonly message: string }
  | { readonly kind: 'call'; readonly from: string; readonly to: string }
  | { readonly kind: 'immediate'; readonly from: string; readonly to: string }
  | { readonly kind: 'jump'; readonly word: 'BREAK' | 'CONTINUE'; readonly outwards: number }
  | {
      readonly kind: 'if'
      readonly at: string
      readonly below: number
      readonly yes: Body
      readonly no: Body
    }
  | { readonly kind: 'case'; readonly at: string; readonly ones: Body; readonly others: Body }
  | { readonly kind: 'while' | 'repeat' | 'loop' | 'for'; readonly times: number; readonly body: Body }
  | { readonly kind: 'guard'; readonly body: Body; readonly handler: Body }
  | { readonly kind: 'transaction'; readonly body: readonly string[]; readonly keeps: boolean }
type Body = readonly Step[]

const name = fc.constantFrom('a', 'b', 'c')
const { body } = fc.letrec<{ body: Body; step: Step }>((tie) => ({
  body: fc.array(tie('step'), { minLength: 1, maxLength: 3 }),
  step: fc.oneof(
    { maxDepth: 4, depthSize: 'small' },
    fc.record({
      kind: fc.constant('set' as const),
      to: name,
      from: name,
      add: fc.integer({ min: -2, max: 3 }),
    }),
    fc.record({ kind: fc.constant('log' as const), value: name }),
    fc.record({ kind: fc.constant('raise' as const), message: fc.constantFrom('one', 'two') }),
    fc.record({ kind: fc.constantFrom('call' as const, 'immediate' as const), from: name, to: name }),
    fc.record({
      kind: fc.constant('jump' as const),
      word: fc.constantFrom('BREAK' as const, 'CONTINUE' as const),
      outwards: fc.nat({ max: 2 }),
    }),
    fc.record({
      kind: fc.constant('transaction' as const),
      body: fc.array(name, { maxLength: 2 }),
      keeps: fc.boolean(),
    }),
    fc.record({
      kind: fc.constant('if' as const),
      at: name,
      below: fc.integer({ min: -1, max: 4 }),
      yes: tie('body'),
      no: tie('body'),
    }),
    fc.record({ kind: fc.constant('case' as const), at: name, ones: tie('body'), others: tie('body') }),
    fc.record({
      kind: fc.constantFrom('while' as const, 'repeat' as const, 'loop' as const, 'for' as const),
      times: fc.integer({ min: 1, max: 3 }),
      body: tie('body'),
    }),
    fc.record({ kind: fc.constant('guard' as const), body: tie('body'), handler: tie('body') }),
  ),
}))

/** The script of a body. Loops are named by their depth, so that a jump may leave several. */
function write(steps: Body, loop: number): string {
  return steps.map((step) => writeStep(step, loop)).join('\n')
}

function writeStep(step: Step, loop: number): string {
  switch (step.kind) {
    case 'set':
      return `SET ${step.to} = MOD(${step.from} + ${step.add}, 7);`
    case 'log':
      return `INSERT INTO log SELECT ${step.value}, COUNT(*) FROM log;`
    case 'raise':
      return `RAISE USING MESSAGE = '${step.message}';`
    case 'call':
      return `CALL d.step(${step.from}, ${step.to});`
    case 'immediate':
      return `EXECUTE IMMEDIATE 'SELECT ? * 2' INTO ${step.to} USING ${step.from};`
    case 'jump':
      return loop === 0 ? '' : `${step.word} l${Math.max(1, loop - step.outwards)};`
    case 'if':
      return `IF ${step.at} < ${step.below} THEN ${write(step.yes, loop)} ELSE ${write(step.no, loop)} END IF;`
    case 'case':
      return `CASE ${step.at} WHEN 1 THEN ${write(step.ones, loop)} ELSE ${write(step.others, loop)} END CASE;`
    case 'guard':
      return `BEGIN ${write(step.body, loop)} EXCEPTION WHEN ERROR THEN SET seen = CONCAT(seen, '|', @@error.message); ${write(step.handler, loop)} END;`
    case 'transaction': {
      const inserts = step.body.map((value) => writeStep({ kind: 'log', value }, loop)).join(' ')
      return `BEGIN TRANSACTION; ${inserts} ${step.keeps ? 'COMMIT' : 'ROLLBACK'} TRANSACTION;`
    }
    default:
      return writeLoop(step.kind, step.times, step.body, loop + 1)
  }
}

function writeLoop(kind: string, times: number, steps: Body, loop: number): string {
  const [i, inner] = [`i${loop}`, write(steps, loop)]
  const forms: Readonly<Record<string, string>> = {
    while: `WHILE ${i} < ${times} DO SET ${i} = ${i} + 1; ${inner} END WHILE`,
    repeat: `REPEAT SET ${i} = ${i} + 1; ${inner} UNTIL ${i} >= ${times} END REPEAT`,
    loop: `LOOP IF ${i} >= ${times} THEN BREAK; END IF; SET ${i} = ${i} + 1; ${inner} END LOOP`,
    for: `FOR r${loop} IN (SELECT x FROM UNNEST(GENERATE_ARRAY(1, ${times})) AS x ORDER BY x) DO SET ${i} = r${loop}.x; ${inner} END FOR`,
  }
  return `SET ${i} = 0; l${loop}: ${forms[kind]} l${loop};`
}

class Jump {
  readonly word: string
  readonly to: number
  constructor(word: string, to: number) {
    this.word = word
    this.to = to
  }
}

/** What a script means. */
class Model {
  readonly values = new Map([
    ['a', 0],
    ['b', 1],
    ['c', 2],
  ])
  log: string[] = []
  seen = ''

  run(steps: Body, loop: number): void {
    for (const step of steps) this.step(step, loop)
  }

  value(of: string): number {
    return this.values.get(of) ?? 0
  }

  step(step: Step, loop: number): void {
    switch (step.kind) {
      case 'set':
        this.values.set(step.to, (this.value(step.from) + step.add) % 7)
        return
      case 'log':
        this.log.push(`${this.value(step.value)}:${this.log.length}`)
        return
      case 'raise':
        throw new Error(step.message)
      case 'call':
        this.call(step.from, step.to)
        return
      case 'immediate':
        this.values.set(step.to, this.value(step.from) * 2)
        return
      case 'jump':
        if (loop > 0) throw new Jump(step.word, Math.max(1, loop - step.outwards))
        return
      case 'if':
        this.run(this.value(step.at) < step.below ? step.yes : step.no, loop)
        return
      case 'case':
        this.run(this.value(step.at) === 1 ? step.ones : step.others, loop)
        return
      case 'guard':
        this.guard(step.body, step.handler, loop)
        return
      case 'transaction': {
        const before = this.log
        this.log = [...before]
        for (const value of step.body) this.step({ kind: 'log', value }, loop)
        if (!step.keeps) this.log = before
        return
      }
      default:
        this.loop(step.times, step.body, loop + 1)
        return
    }
  }

  /** d.step(x, INOUT y): y becomes y + x, unless it is greater than 9; then it raises. */
  call(from: string, to: string): void {
    const sum = this.value(to) + this.value(from)
    if (sum > 9) throw new Error('too much')
    this.values.set(to, sum)
  }

  guard(steps: Body, handler: Body, loop: number): void {
    try {
      this.run(steps, loop)
    } catch (error) {
      if (!(error instanceof Error)) throw error
      this.seen += `|${error.message}`
      this.run(handler, loop)
    }
  }

  loop(times: number, steps: Body, loop: number): void {
    for (let i = 0; i < times; i++) {
      try {
        this.run(steps, loop)
      } catch (jump) {
        if (!(jump instanceof Jump) || jump.to !== loop) throw jump
        if (jump.word === 'BREAK') return
      }
    }
  }
}

let warehouse: Warehouse
beforeAll(async () => {
  warehouse = await openDuckDbWarehouse({ path: ':memory:', defaultProject: 'p' })
  await warehouse.createDataset('p', 'd')
  await warehouse.execute(`CREATE PROCEDURE d.step(x INT64, INOUT y INT64) BEGIN
    IF x + y > 9 THEN RAISE USING MESSAGE = 'too much'; END IF;
    SET y = x + y;
  END`)
})
afterAll(() => warehouse.close())

const script = (
  steps: Body,
) => `DECLARE a INT64 DEFAULT 0; DECLARE b INT64 DEFAULT 1; DECLARE c INT64 DEFAULT 2;
DECLARE i1, i2, i3, i4, i5, i6 INT64; DECLARE seen STRING DEFAULT '';
CREATE TEMP TABLE log (value INT64, place INT64);
${write(steps, 0)}
SELECT a, b, c, seen, (SELECT IFNULL(STRING_AGG(CONCAT(value, ":", place) ORDER BY place), '') FROM log);`

test(
  'scripts do what their statements say, in loops, handlers, calls and transactions',
  async () => {
    const property = fc.asyncProperty(body, async (steps) => {
      const model = new Model()
      let failure: string | undefined
      try {
        model.run(steps, 0)
      } catch (error) {
        failure = error instanceof Error ? error.message : String(error)
      }
      const text = script(steps)
      if (failure !== undefined) {
        await expect(warehouse.execute(text)).rejects.toThrow(failure)
        return
      }
      const { rows } = await warehouse.execute(text)
      const [a, b, c] = ['a', 'b', 'c'].map((of) => BigInt(model.value(of)))
      expect(rows).toEqual([[a, b, c, model.seen, model.log.join(',')]])
    })
    await fc.assert(property, {
      numRuns: Number(process.env.SCRIPT_RUNS ?? 60),
      seed: Number(process.env.SCRIPT_SEED ?? 7),
    })
  },
  Number(process.env.SCRIPT_RUNS ?? 60) * 1000 + 60_000,
)
