import type { StatementResult } from '../googlesql/result.ts'
import { Problem } from '../problem.ts'
import { sourcePlace } from '../project/source-place.ts'
import { fullName } from '../project/target-text.ts'
import type { UnitTest } from '../project/unit-tests/unit-tests.ts'
import type { Warehouse } from '../warehouse/warehouse.ts'
import { type Comparison, compareResults } from './compare.ts'

/** The text of a file of the project, by its path relative to it; undefined if it cannot be read. */
export type ReadSource = (file: string) => Promise<string | undefined>

export interface UnitTestOptions {
  /** The project and dataset of names that give none. */
  readonly defaultProject?: string
  readonly defaultDataset?: string
  readonly signal?: AbortSignal
  readonly readSource: ReadSource
}

/** What came of one unit test. */
export interface UnitTestResult {
  readonly name: string
  /** `project.dataset.name` of the model. */
  readonly model: string
  readonly file: string
  readonly incremental: boolean
  readonly status: 'passed' | 'failed' | 'error'
  /** failed: in what the results differ. */
  readonly comparison: Comparison | undefined
  /** error: why one of the queries gave no result. */
  readonly problem: Problem | undefined
}

/**
 * Runs both queries of a unit test and compares what they give, whatever the order of rows. Needs no table and changes
 * none.
 *
 * @returns an outcome for every error that the queries cause; a wrong query is the test's result, not a failure to test
 * @throws what the signal was aborted with
 */
export async function runUnitTest(
  warehouse: Pick<Warehouse, 'execute'>,
  test: UnitTest,
  options: UnitTestOptions,
): Promise<UnitTestResult> {
  const { readSource, ...executeOptions } = options
  const { name, incremental, fileName: file } = test
  const about = { name, model: fullName(test.target ?? {}), file, incremental }
  const run = async (
    text: string,
    files: readonly (string | undefined)[],
  ): Promise<StatementResult | Problem> => {
    try {
      return await warehouse.execute(text, executeOptions)
    } catch (error) {
      options.signal?.throwIfAborted()
      // A defect of ours is this test's trouble; the others still have something to say.
      const problem =
        error instanceof Problem
          ? error
          : new Problem(`${(error as Error).message} (a defect of streamform)`, { cause: error })
      return placed(problem, text, test, files, readSource)
    }
  }
  const results = [
    await run(test.expectedQuery, [file]),
    await run(test.testQuery, [test.modelFile, file]),
  ] as const
  const problem = results.find((result) => result instanceof Problem)
  if (problem !== undefined) return { ...about, status: 'error', comparison: undefined, problem }
  const [expected, actual] = results as readonly [StatementResult, StatementResult]
  const comparison = compareResults(expected, actual)
  return { ...about, status: comparison.equal ? 'passed' : 'failed', comparison, problem: undefined }
}

/** The error with its place in the file that the words there come from: the model, or the test's inputs. */
async function placed(
  error: Problem,
  text: string,
  test: UnitTest,
  files: readonly (string | undefined)[],
  readSource: ReadSource,
): Promise<Problem> {
  const { line, column } = error.place
  const given = {
    exitCode: error.exitCode,
    cause: error,
    ...(error.hint !== undefined && { hint: error.hint }),
  }
  const sources = await Promise.all(
    files
      .filter((file) => file !== undefined)
      .map(async (file) => ({ file, text: (await readSource(file)) ?? '' })),
  )
  if (line === undefined || column === undefined)
    return new Problem(error.message, { ...given, file: test.fileName })
  const place = sourcePlace(text, { line, column }, sources)
  return place === undefined
    ? new Problem(`${error.message} (line ${line}, column ${column} of the query)`, {
        ...given,
        file: test.fileName,
      })
    : new Problem(error.message, { ...given, file: place.file, ...place.position })
}
