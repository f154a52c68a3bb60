/**
 * Unit tests: queries that need no tables, each with the rows it has to give.
 *
 * Dataform's own tests (`type: "test"` in `definitions`) are about tables and views; on an incremental table Dataform
 * refuses them ("Running tests on incremental datasets is not yet supported"). Tests of incremental tables therefore
 * live in `unit_tests/`, a folder that neither `dataform compile` nor the hosted service reads, as SQLX files of the
 * same form with two additions: `incremental: true`, and the model's own table as an input.
 *
 *     config {
 *       type: "test",
 *       name: "city_log takes only what landed since",
 *       dataset: "city_log",
 *       incremental: true
 *     }
 *
 *     input "raw_city" { SELECT 1 AS id, TIMESTAMP '2024-01-02' AS _loaded_at }
 *
 *     input self() { SELECT 1 AS id, TIMESTAMP '2024-01-01' AS _loaded_at }
 *
 *     SELECT 1 AS id, TIMESTAMP '2024-01-02' AS _loaded_at
 *
 * The rows expected are those that the model's query gives, which a run would then insert or merge. Without
 * `incremental: true` the query is that of the first run; tables and views may be tested here as well. Inputs may name a
 * table in any of the ways that `ref` may, whichever of them the model uses.
 *
 * Of the model's `pre_operations`, DECLARE and SET statements run before its query, because it may read their variables;
 * others change tables, of which a unit test has none, and are left out as Dataform leaves them out.
 */
import { Problem } from '../../problem.ts'
import type { WorkerAnswer } from '../compile/compile-worker.ts'
import type { CompiledGraph, GraphTarget } from '../compile/compiled-graph.ts'
import { sessionStatements } from '../compile/session-statements.ts'
import { fullName } from '../target-text.ts'
import type { EvaluatedTest } from './evaluate-unit-tests.ts'

/** A unit test with both of its queries ready to run on a warehouse that holds nothing. */
export interface UnitTest {
  readonly name: string
  /** The model under test. */
  readonly target: GraphTarget | undefined
  /** The model's query (a script, if it has variables) with every input in place of what it refers to. */
  readonly testQuery: string
  readonly expectedQuery: string
  /** True: the query of a run on a table that exists already. */
  readonly incremental: boolean
  readonly tags: readonly string[]
  readonly fileName: string
  /** The file of the model; undefined where an error of the graph hides it. */
  readonly modelFile: string | undefined
}

/** Every unit test of a project: Dataform's own in the graph's order, then those of `unit_tests` by file. */
export function unitTestsOf(
  graph: CompiledGraph,
  { tests, testedModels }: Pick<WorkerAnswer, 'tests' | 'testedModels'>,
): { readonly tests: readonly UnitTest[]; readonly problems: readonly Problem[] } {
  const problems: Problem[] = []
  const modelFile = (model: GraphTarget | undefined): string | undefined =>
    graph.tables?.find(({ target, canonicalTarget }) =>
      [target, canonicalTarget].some((known) => model !== undefined && fullName(known) === fullName(model)),
    )?.fileName
  const own = (graph.tests ?? []).map(
    ({ name = '', testQuery = '', expectedOutputQuery = '', tags = [], fileName = '' }): UnitTest => ({
      name,
      target: testedModels[name],
      testQuery,
      expectedQuery: expectedOutputQuery,
      incremental: false,
      tags,
      fileName,
      modelFile: modelFile(testedModels[name]),
    }),
  )
  const ours = tests.map((test): UnitTest => {
    const { name, target, expectedQuery, incremental, tags, fileName } = test
    const testQuery = script(test)
    problems.push(...missingInputs(test, testQuery))
    return {
      name,
      target,
      testQuery,
      expectedQuery,
      incremental,
      tags,
      fileName,
      modelFile: modelFile(target),
    }
  })
  return { tests: [...own, ...ours], problems: [...problems, ...sameNames([...own, ...ours])] }
}

const script = ({ preOps, testQuery }: EvaluatedTest): string =>
  [...preOps.flatMap(sessionStatements), testQuery].join(';\n')

function missingInputs({ missing, inputs, fileName }: EvaluatedTest, text: string): readonly Problem[] {
  const used = missing.filter(({ marker }) => text.includes(marker))
  return [...new Map(used.map((input) => [input.call, input])).values()].map(
    ({ call, label }) =>
      new Problem(
        `the model reads ${call}, for which this test has no input; it has ${inputs.join('; ') || 'none'}`,
        {
          file: fileName,
          hint: `add \`input ${label} { SELECT … }\``,
        },
      ),
  )
}

function sameNames(tests: readonly UnitTest[]): readonly Problem[] {
  const first = new Map<string, UnitTest>()
  return tests.flatMap((test) => {
    const earlier = first.get(test.name)
    first.set(test.name, earlier ?? test)
    // Two of Dataform's own are an error of the graph already.
    return earlier === undefined ||
      earlier.fileName === test.fileName ||
      !test.fileName.startsWith('unit_tests/')
      ? []
      : [
          new Problem(`another unit test is named \`${test.name}\` (${earlier.fileName})`, {
            file: test.fileName,
          }),
        ]
  })
}
