/** Runs in a worker: compiles one project once, posts one `WorkerAnswer`, ends. See compile.ts. */
import { parentPort, workerData } from 'node:worker_threads'
import { listProjectFiles, listUnitTestFiles } from '../project-files.ts'
import { type EvaluatedTest, evaluateUnitTests, rewriteUnitTest } from '../unit-tests/evaluate-unit-tests.ts'
import { type CompileError, errorDescriber, recordErrors } from './compile-error.ts'
import type { CompiledGraph, GraphTarget, JsonObject, ProjectConfig } from './compiled-graph.ts'
import { encodeRequest } from './encode-request.ts'
import { Progress } from './progress.ts'
import { createSandbox, type Sandbox } from './sandbox.ts'

export interface WorkerRequest {
  /** Without symbolic links. */
  readonly folder: string
  readonly coreFile: string
  readonly overrides: ProjectConfig
  readonly settingsFile: 'workflow_settings.yaml' | 'dataform.json'
  /** Which file is being worked on, for whoever stops the worker. */
  readonly progress: SharedArrayBuffer
}

export interface WorkerAnswer {
  /** undefined if the compiler itself gave up; `errors` says why. */
  readonly graph: CompiledGraph | undefined
  readonly errors: readonly CompileError[]
  /** The tests of `unit_tests`. */
  readonly tests: readonly EvaluatedTest[]
  /** The model that each of Dataform's own tests is about, by the test's name. */
  readonly testedModels: Readonly<Record<string, GraphTarget>>
  readonly logs: readonly string[]
}

const maxLogLines = 1000

function compileProject(request: WorkerRequest): WorkerAnswer {
  const logs: string[] = []
  const progress = new Progress(request.progress)
  const { folder, coreFile } = request
  const sandbox = createSandbox({
    folder,
    coreFile,
    onLog: (line) => logs.length < maxLogLines && logs.push(line),
    onLoad: (file) => progress.note(file.slice(folder.length + 1)),
    rewrite: (source, file) => rewriteUnitTest(source, file, folder),
  })
  const describe = errorDescriber(folder, sandbox.loaded)
  const errors = recordErrors(sandbox.core.session, describe)
  const answer = { testedModels: {}, tests: [], logs }
  try {
    const graph = callMain(sandbox, request, progress)
    const { tests, errors: ofTests } = evaluateUnitTests(sandbox, listUnitTestFiles(folder), describe)
    const testedModels = Object.fromEntries(
      sandbox.core.session.tests.map(({ proto, testTarget = {} }) => [proto.name ?? '', { ...testTarget }]),
    )
    return { ...answer, graph, errors: [...errors, ...ofTests], tests, testedModels }
  } catch (error) {
    // Before the actions are compiled, the file loaded last is the one that is wrong.
    const file = sandbox.core.session.indexedActions === undefined ? progress.file : undefined
    return { ...answer, graph: undefined, errors: [...errors, describe(error, file)] }
  }
}

function callMain(sandbox: Sandbox, request: WorkerRequest, progress: Progress): CompiledGraph {
  const { folder, overrides, settingsFile } = request
  const settings = sandbox.require(settingsFile)
  // As the dataform command line does: read here, a mistake in it is an error and not "no settings".
  sandbox.global[settingsFile === 'dataform.json' ? 'dataformJson' : 'workflowSettingsYaml'] = settings
  const extension = (settings as { asJson?: { extension?: JsonObject } }).asJson?.extension
  const graph = catchGraph(sandbox, progress)
  sandbox.main(
    encodeRequest({
      projectDir: folder,
      filePaths: listProjectFiles(folder, extension !== undefined),
      overrides,
      extension,
    }),
  )
  return graph()
}

/**
 * Takes the graph from the session as plain values, where `main` would encode it for another process: nothing is lost
 * on a way there and back (newer decoders drop values that equal the default), and it is faster. Actions make their
 * queries in `compile`, when the whole project has been loaded: notes which of them is at it, for us and for the core.
 */
function catchGraph(sandbox: Sandbox, progress: Progress): () => CompiledGraph {
  let graph: CompiledGraph = {}
  const { session } = sandbox.core
  const compile = session.compile.bind(session)
  session.compile = () => {
    for (const action of [...session.actions, ...session.tests]) {
      const own = action.compile.bind(action)
      action.compile = () => {
        progress.note(action.getFileName() ?? '')
        return sandbox.within(action.getFileName(), own)
      }
    }
    graph = compile().toJSON()
    return { toJSON: () => ({}) }
  }
  return () => graph
}

parentPort?.postMessage(compileProject(workerData as WorkerRequest))
