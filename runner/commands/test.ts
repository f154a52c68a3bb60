import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import pLimit from 'p-limit'
import { defaultEffects } from '../default-effects.ts'
import type { Effects } from '../effects.ts'
import { type JsonValue, jsonOf } from '../googlesql/result-json.ts'
import type { Problem } from '../problem.ts'
import { compile } from '../project/compile/compile.ts'
import { columnDifferences } from '../unit-test/compare.ts'
import { runUnitTest, type UnitTestResult } from '../unit-test/run.ts'
import { selectTests } from '../unit-test/select-tests.ts'
import { showUnitTest } from '../unit-test/show.ts'
import { openWarehouse } from '../warehouse/open.ts'
import { defineCommand, type ProjectOptions } from './command.ts'
import { defaultProjectOf, readProject } from './context.ts'
import { selectionFlags, selectionOptions } from './project-flags.ts'

export interface TestOptions extends ProjectOptions {
  /** Of tests, their models or files, with `*` for anything; none: all tests. */
  readonly names?: readonly string[]
  /** Added to the project's `vars`. */
  readonly vars?: Readonly<Record<string, string>>
}

/** What came of the unit tests. */
export interface TestResults {
  readonly passed: number
  readonly failed: number
  readonly tests: readonly TestedTest[]
}

export interface TestedTest {
  readonly name: string
  readonly model: string
  readonly file: string
  readonly incremental: boolean
  /** `error`: one of its queries did not run. */
  readonly status: UnitTestResult['status']
  /** What is wrong with the columns, a sentence each. */
  readonly columns: readonly string[]
  /** Rows that differ, by column; null for a row that is missing on one side. */
  readonly differences: readonly { readonly expected: JsonRow | null; readonly actual: JsonRow | null }[]
  /** How many rows are as expected. */
  readonly matching: number
  readonly error: {
    readonly message: string
    readonly file: string | null
    readonly line: number | null
  } | null
}

type JsonRow = Readonly<Record<string, JsonValue>>

/** The results with what `text` shows of them; `--json` does not print it. */
interface FullResults extends TestResults {
  readonly [details]: readonly UnitTestResult[]
}

const details = Symbol('the results with their values')

/**
 * Runs the project's unit tests: Dataform's own and those of `unit_tests` (runner/project/unit-tests/unit-tests.ts), in a warehouse
 * in memory that holds nothing, so that no test sees a table.
 *
 * @throws Problem for a name that no test has, Problems for a project that does not compile
 * @example const { failed, tests } = await test({ names: ['city*'] })
 */
export async function test(
  options: TestOptions = {},
  effects: Effects = defaultEffects(),
): Promise<FullResults> {
  const project = await readProject(options, effects)
  const { unitTests, logs, folder } = await compile(project.folder, {
    vars: options.vars ?? {},
    signal: effects.signal,
  })
  for (const line of logs) effects.note(line)
  const selected = selectTests(unitTests, options.names ?? [])
  if (selected.length === 0) return outcome([])
  const { defaultDataset } = project.workflow
  const warehouse = await openWarehouse({
    kind: 'duckdb',
    path: ':memory:',
    defaultProject: defaultProjectOf(project),
  })
  try {
    const limit = pLimit(project.settings.run.concurrency)
    const results = await limit.map(selected, (each) =>
      runUnitTest(warehouse, each, {
        defaultProject: defaultProjectOf(project),
        ...(defaultDataset === undefined ? {} : { defaultDataset }),
        signal: effects.signal,
        readSource: (file) => readFile(join(folder, file), 'utf8').catch(() => undefined),
      }),
    )
    return outcome(results)
  } finally {
    await warehouse.close()
  }
}

function outcome(results: readonly UnitTestResult[]): FullResults {
  const failed = results.filter(({ status }) => status !== 'passed').length
  return { passed: results.length - failed, failed, tests: results.map(tested), [details]: results }
}

function tested({ name, model, file, incremental, status, comparison, problem }: UnitTestResult): TestedTest {
  return {
    name,
    model,
    file,
    incremental,
    status,
    columns: comparison === undefined ? [] : columnDifferences(comparison),
    differences: comparison === undefined ? [] : differencesOf(comparison),
    matching: comparison?.matching ?? 0,
    error: problem === undefined ? null : errorOf(problem),
  }
}

function differencesOf({ columns, differences }: NonNullable<UnitTestResult['comparison']>) {
  return differences.map((pair) => {
    const row = (side: 'expected' | 'actual'): JsonRow | null => {
      const values = pair[side]
      if (values === undefined) return null
      const cells = columns.flatMap(({ name, expectedType, actualType }, index) => {
        const type = side === 'expected' ? expectedType : actualType
        return type === undefined ? [] : [[name, jsonOf(values[index] ?? null, type)] as const]
      })
      return Object.fromEntries(cells)
    }
    return { expected: row('expected'), actual: row('actual') }
  })
}

const errorOf = ({ message, place }: Problem): TestedTest['error'] => ({
  message,
  file: place.file ?? null,
  line: place.line ?? null,
})

export const command = defineCommand({
  positionals: {
    names: {
      type: 'string',
      array: true,
      describe: 'tests, by their name, their model or their file; * for anything [default: all]',
    },
  },
  flags: { vars: selectionFlags.vars },
  examples: [
    ['test', 'every unit test'],
    ['test city', 'the tests of the model city'],
  ],
  options: (given): TestOptions => {
    const { project, vars = {} } = selectionOptions(given)
    return { project, vars, names: given.names ?? [] }
  },
  run: test,
  failed: ({ failed }) => failed > 0,
  text(results, _options, effects) {
    const width = Number(effects.environment['COLUMNS']) || 120
    const shown = results[details].map((result) =>
      showUnitTest(result, { coloured: effects.interactive, width }),
    )
    const summary =
      results.tests.length === 0
        ? 'the project has no unit tests'
        : `${results.passed} passed, ${results.failed} failed`
    return [...shown, summary].join('\n')
  },
})
