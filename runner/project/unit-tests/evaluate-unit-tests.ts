import type { CompileError, Describe } from '../compile/compile-error.ts'
import type { GraphTarget } from '../compile/compiled-graph.ts'
import type { Contextable, CoreAction, CoreSession, SqlxAction } from '../compile/core-session.ts'
import type { Sandbox } from '../compile/sandbox.ts'
import { unitTestFolder } from '../project-files.ts'

/**
 * A test of `unit_tests` whose model has been evaluated with the test's inputs. A text may hold markers of inputs that
 * the test does not give: whether that matters shows when it is known which of the texts are used.
 */
export interface EvaluatedTest {
  readonly name: string
  readonly target: GraphTarget
  readonly testQuery: string
  /** Every pre-operation of the model. */
  readonly preOps: readonly string[]
  readonly expectedQuery: string
  readonly incremental: boolean
  readonly tags: readonly string[]
  readonly fileName: string
  readonly missing: readonly MissingInput[]
  /** The inputs given, as they are written. */
  readonly inputs: readonly string[]
}

/** What a marker stands for. */
export interface MissingInput {
  readonly marker: string
  /** As the model writes it: `ref("city")`. */
  readonly call: string
  /** As an input would write it: `"city"`. */
  readonly label: string
}

/** What SQLX's lexer is given in place of `self()`, which it has no room for: as long, and the name of no table. */
const selfLabel = '----'
const selfInput = /^([^\S\n]*input )self\(\)(?=\s*\{)/gm

/** Lets a test of `unit_tests` name the model's own table as an input; every other file stays as it is. */
export const rewriteUnitTest = (source: string, file: string, folder: string): string =>
  file.startsWith(`${folder}/${unitTestFolder}/`) ? source.replaceAll(selfInput, `$1"${selfLabel}"`) : source

const testKeys = ['type', 'name', 'dataset', 'incremental', 'tags']

/**
 * Evaluates the tests in `unit_tests` (their form: unit-tests.ts). Runs after the project has compiled, so that every
 * action is known.
 */
export function evaluateUnitTests(
  sandbox: Sandbox,
  files: readonly string[],
  describe: Describe,
): { readonly tests: readonly EvaluatedTest[]; readonly errors: readonly CompileError[] } {
  const tests: EvaluatedTest[] = []
  const errors: CompileError[] = []
  for (const file of files) {
    try {
      tests.push(evaluate(sandbox.core.session, loadTest(sandbox, file), file))
    } catch (error) {
      errors.push(describe(error, file))
    }
  }
  return { tests, errors }
}

function loadTest(sandbox: Sandbox, file: string): SqlxAction {
  const found: SqlxAction[] = []
  const dataform = sandbox.global['dataform']
  sandbox.global['dataform'] = { sqlxAction: (action: SqlxAction) => found.push(action) }
  try {
    sandbox.require(file)
  } finally {
    sandbox.global['dataform'] = dataform
  }
  const [action] = found
  if (action === undefined || action.sqlxConfig['type'] !== 'test') {
    throw new Error(`Files in ${unitTestFolder} are unit tests: their config block has \`type: "test"\`.`)
  }
  return action
}

function evaluate(session: CoreSession, test: SqlxAction, fileName: string): EvaluatedTest {
  const { name, dataset, incremental = false, tags = [] } = checkedConfig(test.sqlxConfig)
  const model = findModel(session, dataset)
  if (incremental && model.proto.enumType !== incrementalType) {
    throw new Error(`\`incremental: true\`, but ${JSON.stringify(dataset)} is not an incremental table.`)
  }
  const inputs = inputsOf(session, test)
  const missing: MissingInput[] = []
  const context = modelContext(session, model, incremental, (key, call, label) => {
    const input = inputs.get(key)
    if (input !== undefined) return `(${input.query})`
    const marker = `\u0000${missing.length}\u0000`
    missing.push({ marker, call, label })
    return marker
  })
  const text = <T>(value: Contextable<T>): T =>
    typeof value === 'function' ? (value as (context: object) => T)(context) : value
  return {
    name,
    target: finalTarget(session, model),
    testQuery: text(model.contextableQuery ?? ''),
    preOps: (model.contextablePreOps ?? []).flatMap((operation) =>
      text<string | readonly string[]>(operation),
    ),
    expectedQuery: onlyStatement(test),
    incremental,
    tags: typeof tags === 'string' ? [tags] : tags,
    fileName,
    missing,
    inputs: [...inputs.values()].map(({ label }) => label),
  }
}

interface TestConfig {
  readonly name: string
  readonly dataset: unknown
  readonly incremental?: boolean
  readonly tags?: string | readonly string[]
}

function checkedConfig(config: Readonly<Record<string, unknown>>): TestConfig {
  const unknown = Object.keys(config).find((key) => !testKeys.includes(key))
  if (unknown !== undefined) {
    // In the core's own words, so that both are shown alike (graph-problems.ts).
    throw new Error(
      `Unexpected property "${unknown}" in test config. Supported properties are: ${JSON.stringify(testKeys)}`,
    )
  }
  if (config['dataset'] === undefined) throw new Error('Tests must operate upon a specified dataset.')
  if (!['boolean', 'undefined'].includes(typeof config['incremental'])) {
    throw new Error('`incremental` must be true or false.')
  }
  return config as unknown as TestConfig
}

/** As in core.proto, TableType. */
const incrementalType = 2

function findModel(session: CoreSession, dataset: unknown): CoreAction {
  const target = asTarget(dataset as string)
  const { defaultDatabase, defaultSchema } = session.projectConfig
  const found =
    session.indexedActions?.find({
      ...target,
      ...((target.database ?? defaultDatabase) && { database: target.database ?? defaultDatabase }),
      ...((target.schema ?? defaultSchema) && { schema: target.schema ?? defaultSchema }),
    }) ?? []
  const [model] = found
  if (model === undefined) throw new Error(`Dataset ${JSON.stringify(dataset)} could not be found.`)
  if (![1, 2, 3].includes(model.proto.enumType ?? 0)) {
    throw new Error(`Tests are for tables and views; ${JSON.stringify(dataset)} is neither.`)
  }
  if (model.contextableJitCode !== undefined) {
    throw new Error(`${JSON.stringify(dataset)} makes its query when it runs (jitCode): it has none to test.`)
  }
  return model
}

/** `ref`'s ways to name a table: "name"; "dataset", "name"; "project", "dataset", "name"; { schema, name }; a list. */
function asTarget(first: string | readonly string[] | object, rest: readonly string[] = []): GraphTarget {
  if (typeof first === 'object' && !Array.isArray(first)) {
    const { database, schema, name, project, dataset } = first as Record<string, string | undefined>
    return clean({ database: database ?? project, schema: schema ?? dataset, name })
  }
  const [name, schema, database] = [first, rest].flat(2).reverse() as string[]
  return clean({ database, schema, name })
}

function clean(target: Record<string, string | undefined>): GraphTarget {
  return Object.fromEntries(Object.entries(target).filter(([, part]) => part !== undefined && part !== ''))
}

/** Two names of one action are one key; the name of none is its own. */
function keyOf(session: CoreSession, target: GraphTarget): string {
  const found = session.indexedActions?.find(target) ?? []
  const { database, schema, name } = found[0]?.getTarget() ?? target
  return JSON.stringify([database, schema, name])
}

function inputsOf(session: CoreSession, test: SqlxAction) {
  const inputs = new Map<string, { readonly label: string; readonly query: string }>()
  for (const { refName, contextable } of test.inputContextables) {
    const isSelf = refName.length === 1 && refName[0] === selfLabel
    const label = isSelf ? 'self()' : refName.map((part) => JSON.stringify(part)).join(', ')
    const target = asTarget(refName)
    if (!isSelf && session.indexedActions?.find(target).length === 0) {
      throw new Error(
        `Missing dependency detected: this test's input depends on "${JSON.stringify(target)}" which does not exist`,
      )
    }
    const key = isSelf ? selfLabel : keyOf(session, target)
    if (inputs.has(key)) throw new Error(`The input ${label} is given twice.`)
    inputs.set(key, { label, query: contextable({}) })
  }
  return inputs
}

/** What a SQLX file's JavaScript may call, as core/actions/test.ts has it, with `self()` an input like any other. */
function modelContext(
  session: CoreSession,
  model: CoreAction,
  incremental: boolean,
  input: (key: string, call: string, label: string) => string,
): object {
  const { database = '', schema = '', name = '' } = finalTarget(session, model)
  const resolve = (first: string | readonly string[] | object, ...rest: readonly string[]): string => {
    const target = asTarget(first, rest)
    const call = `ref(${[first, ...rest].map((part) => JSON.stringify(part)).join(', ')})`
    const parts = [target.database, target.schema, target.name].filter((part) => part !== undefined)
    return input(keyOf(session, target), call, parts.map((part) => JSON.stringify(part)).join(', '))
  }
  const nothing = () => ''
  return {
    ref: resolve,
    resolve,
    self: () => input(selfLabel, 'self()', 'self()'),
    incremental: () => incremental,
    when: (condition: unknown, yes: string, no = '') => (condition ? yes : no),
    name: () => name,
    schema: () => schema,
    database: () => database,
    ...Object.fromEntries(
      ['where', 'preOps', 'postOps', 'disabled', 'bigquery', 'dependencies', 'tags'].map((key) => [
        key,
        nothing,
      ]),
    ),
    apply(value: unknown) {
      return typeof value === 'function' ? value(this) : value
    },
  }
}

function finalTarget(session: CoreSession, model: CoreAction): GraphTarget {
  const { database, schema = '', name = '' } = model.getTarget()
  return {
    ...(database !== undefined && database !== '' && { database: session.finalizeDatabase(database) }),
    schema: session.finalizeSchema(schema),
    name: session.finalizeName(name),
  }
}

function onlyStatement(test: SqlxAction): string {
  const statements = test.sqlContextable({})
  if (statements.length !== 1) throw new Error('The expected rows are one SELECT statement.')
  const [statement = ''] = statements
  if (statement.trim() === '') throw new Error('Expected query is empty.')
  return statement
}
