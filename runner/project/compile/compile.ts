import { existsSync, realpathSync } from 'node:fs'
import { join } from 'node:path'
import { Worker } from 'node:worker_threads'
import { Problem, throwProblems } from '../../problem.ts'
import {
  legacySettingsFile,
  readWorkflowSettings,
  workflowSettingsFile,
} from '../settings/workflow-settings.ts'
import { type UnitTest, unitTestsOf } from '../unit-tests/unit-tests.ts'
import { actionsOf } from './actions.ts'
import type { WorkerAnswer, WorkerRequest } from './compile-worker.ts'
import type { Action, CompiledGraph, ProjectConfig } from './compiled-graph.ts'
import { type CoreLocation, findCore } from './core-module.ts'
import { graphProblems } from './graph-problems.ts'
import { Progress } from './progress.ts'

export interface CompileOptions {
  /** Added to the project's `vars`, key by key. */
  readonly vars?: Readonly<Record<string, string>>
  /** In place of what the project's settings say: `schemaSuffix`, `tablePrefix`, `databaseSuffix`, `defaultDatabase` … */
  readonly overrides?: Omit<
    ProjectConfig,
    'vars' | 'warehouse' | 'defaultIcebergConfig' | 'defaultNotebookRuntimeOptions'
  >
  readonly signal?: AbortSignal
  /** Default 60,000, as Dataform's. */
  readonly timeoutMs?: number
  /** Of JavaScript memory, default 2,048: about 25,000 models. */
  readonly memoryMb?: number
  /** Called when the worker has begun: what this thread can do while it waits. */
  readonly meanwhile?: () => void
}

export interface CompiledProject {
  /** Absolute, without symbolic links. */
  readonly folder: string
  /** As `dataform compile --json` prints it. */
  readonly graph: CompiledGraph
  readonly actions: readonly Action[]
  readonly unitTests: readonly UnitTest[]
  readonly coreVersion: string
  /** Lines that the project's JavaScript wrote to `console`, at most 1,000. */
  readonly logs: readonly string[]
}

export interface CompileOutcome extends CompiledProject {
  /** Every error of the graph, in the order of files; empty: the project is right. */
  readonly problems: readonly Problem[]
}

/**
 * Compiles a Dataform project with `@dataform/core`, in a worker that a time and a memory limit bound.
 * @param folder the project's root, where `workflow_settings.yaml` is
 * @throws Problems: every error of the graph, with file, line and column where they can be found
 * @example const { actions } = await compile('/home/me/shop', { vars: { day: '2024-01-01' } })
 */
export async function compile(folder: string, options: CompileOptions = {}): Promise<CompiledProject> {
  const { problems, ...project } = await tryCompile(folder, options)
  throwProblems(problems)
  return project
}

/**
 * As `compile`, but errors of the graph are part of the outcome, beside the graph as far as it came.
 * @throws Problem where there is no graph at all: wrong settings, a limit passed, a pinned core that is not installed
 */
export async function tryCompile(folder: string, options: CompileOptions = {}): Promise<CompileOutcome> {
  options.signal?.throwIfAborted()
  const root = realpathSync(folder)
  const core = await findCore(root, await readWorkflowSettings(root))
  const answer = await runWorker(root, core, options)
  const problems = graphProblems(root, core, answer)
  if (answer.graph === undefined) throwProblems(problems)
  const graph = answer.graph ?? {}
  const tests = unitTestsOf(graph, answer)
  return Object.freeze({
    folder: root,
    graph,
    actions: actionsOf(graph),
    unitTests: tests.tests,
    coreVersion: core.version,
    logs: answer.logs,
    problems: [...problems, ...tests.problems],
  })
}

function runWorker(folder: string, core: CoreLocation, options: CompileOptions): Promise<WorkerAnswer> {
  const { vars, overrides, signal, timeoutMs = 60_000, memoryMb = 2048 } = options
  const memory = Progress.memory()
  const request: WorkerRequest = {
    folder,
    coreFile: core.file,
    overrides: { ...overrides, ...(vars === undefined ? {} : { vars }) },
    settingsFile: settingsFileOf(folder),
    progress: memory,
  }
  const worker = new Worker(workerSource(), {
    workerData: request,
    resourceLimits: { maxOldGenerationSizeMb: memoryMb + headroomMb },
    stdin: false,
  })
  const at = (): { readonly file: string | undefined } => ({ file: new Progress(memory).file })
  options.meanwhile?.()
  return new Promise<WorkerAnswer>((resolve, reject) => {
    let stopped: (() => unknown) | undefined
    const stop = (reason: () => unknown): void => {
      stopped ??= reason
      void worker.terminate()
    }
    const timer = setTimeout(() => stop(() => tooLong(timeoutMs, at())), timeoutMs)
    const watch = watchMemory(worker, memoryMb, () => stop(() => tooMuchMemory(memoryMb, at())))
    const onAbort = (): void => stop(() => signal?.reason)
    signal?.addEventListener('abort', onAbort, { once: true })
    const settle = (end: () => void): void => {
      clearTimeout(timer)
      clearInterval(watch)
      signal?.removeEventListener('abort', onAbort)
      end()
    }
    worker.once('message', (answer: WorkerAnswer) => {
      settle(() => resolve(answer))
      void worker.terminate() // a timer of the project's would keep it, and us, alive
    })
    worker.once('error', (error: NodeJS.ErrnoException) => {
      const isLimit = error.code === 'ERR_WORKER_OUT_OF_MEMORY'
      settle(() => reject(isLimit ? tooMuchMemory(memoryMb, at()) : error))
    })
    worker.once('exit', () =>
      settle(() => reject(stopped?.() ?? new Error('the compile worker ended without an answer'))),
    )
  })
}

const limitHint = 'look for a loop that does not end in this file or in what it calls'

const tooLong = (timeoutMs: number, place: { readonly file: string | undefined }): Problem =>
  new Problem(`compiling took longer than ${timeoutMs / 1000} s and was stopped here`, {
    ...place,
    hint: limitHint,
  })

const tooMuchMemory = (memoryMb: number, place: { readonly file: string | undefined }): Problem =>
  new Problem(`compiling needed more than ${memoryMb} MB of memory and was stopped here`, {
    ...place,
    hint: limitHint,
  })

/**
 * V8's own limit does not count the memory of buffers, and a worker that runs into it at full speed can take the whole
 * process with it. So it lies beyond ours, by what a worker can take between two looks at it.
 */
const headroomMb = 1536
const lookEveryMs = 50

function watchMemory(worker: Worker, memoryMb: number, onExceeded: () => void): NodeJS.Timeout {
  let isAsked = false
  const look = async (): Promise<void> => {
    if (isAsked) return // a worker that gets no turn answers all questions at once
    isAsked = true
    try {
      const { used_heap_size: heap, external_memory: external } = await worker.getHeapStatistics()
      if (heap + external > memoryMb * 1024 * 1024) onExceeded()
    } catch {
      // It has ended.
    } finally {
      isAsked = false
    }
  }
  return setInterval(() => void look(), lookEveryMs)
}

function settingsFileOf(folder: string): WorkerRequest['settingsFile'] {
  if (existsSync(join(folder, workflowSettingsFile))) return workflowSettingsFile
  if (existsSync(join(folder, legacySettingsFile))) return legacySettingsFile
  throw new Problem(`no \`${workflowSettingsFile}\` in ${folder}`, { exitCode: 2 })
}

/** A worker does not share this thread's hooks: one that runs below node_modules has to register its own. */
function workerSource(): URL {
  const hooks = new URL('../../../bin/strip-types.js', import.meta.url)
  const code = `import ${JSON.stringify(hooks.href)}; await import(${JSON.stringify(new URL('./compile-worker.ts', import.meta.url).href)})`
  return new URL(`data:text/javascript,${encodeURIComponent(code)}`)
}
