import { randomUUID } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { restrict } from '../graph/dag.ts'
import { actionDag } from '../graph/select.ts'
import { Problem } from '../problem.ts'
import { type Action, runnableKinds, targetId } from '../project/compile/compiled-graph.ts'
import { leavesNothing } from '../project/compile/session-statements.ts'
import type { Warehouse } from '../warehouse/warehouse.ts'
import { type ActionContext, executeAction, pendingResult, seconds } from './execute-action.ts'
import { createRunFolder, type RunFolder } from './run-folder.ts'
import type { ActionResult, RunError, RunResults } from './run-results.ts'
import { schedule } from './schedule.ts'

export interface RunRequest {
  readonly command: RunResults['command']
  /** The project's folder, absolute. */
  readonly folder: string
  /** The whole graph: what is not selected still orders what is. */
  readonly actions: readonly Action[]
  readonly selected: readonly Action[]
  readonly fullRefresh: boolean
  readonly select: readonly string[]
  readonly exclude: readonly string[]
  readonly vars: Readonly<Record<string, string>>
  readonly resumes: string | null
  /** The actions of the run that this one resumes, by id: what BigQuery may have done of them without our knowing. */
  readonly former?: ReadonlyMap<string, ActionResult>
  /** Actions that must not run, by id, with why: they count as failed. */
  readonly blocked?: ReadonlyMap<string, RunError>
  readonly concurrency: number
  readonly retries: number
  /** Milliseconds; default 500. */
  readonly retryDelay?: number
  readonly signal: AbortSignal
  readonly now: () => Date
  readonly onEvent: (event: RunEvent) => void
}

/** What a report can show while a run goes on. */
export type RunEvent =
  | { readonly type: 'begin'; readonly id: string; readonly total: number }
  | { readonly type: 'start'; readonly action: Action }
  | { readonly type: 'retry'; readonly action: Action; readonly error: unknown }
  | { readonly type: 'end'; readonly result: ActionResult }

/** Those of a selection that a warehouse runs: declarations are only read, notebooks and data preparations are hosted. */
export const runnable = (actions: readonly Action[]): readonly Action[] =>
  actions.filter(({ kind }) => (runnableKinds as readonly string[]).includes(kind))

/**
 * Runs actions: datasets first, then every action after those that it needs, as many at once as asked for. The run's
 * results are on disk from the start and after every action, and in the state table `runs`; a run that was killed or
 * interrupted can be resumed. Failures of actions are in the results, not thrown.
 *
 * @throws Problem for what keeps the whole run from starting (a cycle, a dataset that cannot be created)
 */
export async function executeRun(warehouse: Warehouse, request: RunRequest): Promise<RunResults> {
  const { now, signal } = request
  const started = now()
  const { actions, blocking, after } = orderOf(request)
  const folder = await createRunFolder(request.folder, started)
  // What the run before left of an action is not forgotten where this one does not come to it either.
  const pending = (action: Action): ActionResult => {
    const { underWay = null, statements = [] } = request.former?.get(action.id) ?? {}
    return { ...pendingResult(action), underWay, statements }
  }
  const journal = new Journal(
    folder,
    {
      formatVersion: 1,
      id: folder.id,
      command: request.command,
      status: 'running',
      warehouse: warehouse.kind,
      startedAt: started.toISOString(),
      endedAt: null,
      seconds: null,
      fullRefresh: request.fullRefresh,
      select: request.select,
      exclude: request.exclude,
      vars: request.vars,
      resumes: request.resumes,
      actions: actions.map(pending),
    },
    now,
  )
  await journal.open()
  await recordStart(warehouse, request.command, folder, started)
  request.onEvent({ type: 'begin', id: folder.id, total: actions.length })

  try {
    const context = await actionContext(warehouse, request, actions, journal)
    const byId = new Map(actions.map((action) => [action.id, action]))
    await schedule({
      blocking,
      after,
      concurrency: request.concurrency,
      signal,
      async work(id) {
        const action = byId.get(id) as Action
        request.onEvent({ type: 'start', action })
        const error = request.blocked?.get(id)
        const result =
          error === undefined
            ? await executeAction(action, context)
            : ({ ...pending(action), status: 'failed', error } as const)
        await journal.end(result)
        request.onEvent({ type: 'end', result })
        return result.status === 'failed' ? 'failed' : result.status === 'cancelled' ? 'cancelled' : 'done'
      },
      skip(id, cause) {
        const result = {
          ...pending(byId.get(id) as Action),
          status: 'skipped',
          skippedBecause: cause,
        } as const
        journal.set(result)
        request.onEvent({ type: 'end', result })
      },
      cancel: (id) => journal.set({ ...pending(byId.get(id) as Action), status: 'cancelled' }),
    })
  } catch (error) {
    await finish(warehouse, journal, 'failed', started, now())
    throw error
  }
  return finish(warehouse, journal, signal.aborted ? 'cancelled' : undefined, started, now())
}

function orderOf({ actions, selected }: RunRequest) {
  const wanted = runnable(selected)
  const { blocking, after } = restrict(actionDag(actions), new Set(wanted.map(({ id }) => id)))
  const byId = new Map(wanted.map((action) => [action.id, action]))
  return { actions: after.ids.map((id) => byId.get(id) as Action), blocking, after }
}

/** Creates missing datasets, and learns which targets exist so that the others need not be looked up one by one. */
async function actionContext(
  warehouse: Warehouse,
  request: RunRequest,
  actions: readonly Action[],
  journal: Journal,
): Promise<ActionContext> {
  const { fullRefresh, retries, retryDelay = 500, signal, now, folder } = request
  const enabled = actions.filter(({ disabled }) => !disabled)
  const datasets = new Map(enabled.map(({ target: t }) => [`${t.database}.${t.schema}`, t]))
  const known = await knownTargets(warehouse, enabled, [...datasets.values()])
  for (const { database, schema } of datasets.values()) await warehouse.createDataset(database, schema)
  return {
    warehouse,
    fullRefresh,
    retries,
    retryDelay,
    signal,
    now,
    known,
    former: request.former ?? new Map(),
    jobs: {
      run: `streamform_${journal.id}_${randomUUID().slice(0, 8)}`,
      labels: { streamform_run: journal.id },
    },
    note: (result) => journal.note(result),
    readSource: (file) => readFile(join(folder, file), 'utf8').catch(() => undefined),
    onRetry: (action, error) => request.onEvent({ type: 'retry', action, error }),
  }
}

async function knownTargets(
  warehouse: Warehouse,
  actions: readonly Action[],
  datasets: readonly { readonly database: string; readonly schema: string }[],
): Promise<ActionContext['known']> {
  // A person's own statements may create or drop any table while the run goes on.
  const own = ({ kind, preOps, postOps, incremental }: Action) =>
    kind === 'operations' ||
    ![...preOps, ...postOps, ...(incremental?.preOps ?? []), ...(incremental?.postOps ?? [])].every(
      leavesNothing,
    )
  if (actions.some(own)) return undefined
  const lists = await Promise.all(datasets.map(({ database, schema }) => warehouse.tables(database, schema)))
  return new Map(lists.flat().map((listed) => [targetId(listed), listed.kind]))
}

/** Milliseconds between two writings of all results. */
const writingInterval = 1000

/**
 * The results as they grow, and their writing: each end is noted at once, the whole file once a second, since writing
 * all of n actions after each would take n² time.
 */
class Journal {
  readonly #folder: RunFolder
  readonly #actions: Map<string, ActionResult>
  #results: RunResults
  readonly #now: () => Date
  #written: number
  #writing: Promise<void> = Promise.resolve()

  constructor(folder: RunFolder, results: RunResults, now: () => Date) {
    this.#folder = folder
    this.#now = now
    this.#written = now().getTime()
    this.#results = results
    this.#actions = new Map(results.actions.map((action) => [action.id, action]))
  }

  open(): Promise<void> {
    return this.#write()
  }

  /** One writer at a time: an older state must not replace a newer one. */
  #write(): Promise<void> {
    this.#writing = this.#writing.then(() => this.#folder.write(this.results()))
    return this.#writing
  }

  get id(): string {
    return this.#folder.id
  }

  /** Notes how far an action is, at once. */
  note(result: ActionResult): void {
    this.set(result)
    this.#folder.note(result)
  }

  set(result: ActionResult): void {
    this.#actions.set(result.id, result)
  }

  async end(result: ActionResult): Promise<void> {
    this.note(result)
    const time = this.#now().getTime()
    if (time - this.#written < writingInterval) return
    this.#written = time
    await this.#write()
  }

  results(changes: Partial<RunResults> = {}): RunResults {
    this.#results = { ...this.#results, ...changes, actions: [...this.#actions.values()] }
    return this.#results
  }

  async close(changes: Partial<RunResults>): Promise<RunResults> {
    const results = this.results(changes)
    await this.#write()
    this.#folder.close()
    return results
  }
}

async function finish(
  warehouse: Warehouse,
  journal: Journal,
  given: RunResults['status'] | undefined,
  started: Date,
  ended: Date,
): Promise<RunResults> {
  const failed = journal.results().actions.some(({ status }) => status === 'failed')
  const status = given ?? (failed ? 'failed' : 'succeeded')
  const results = await journal.close({
    status,
    endedAt: ended.toISOString(),
    seconds: seconds(started, ended),
  })
  await warehouse.state
    .updateTable('runs')
    .set({ status: status as 'failed', ended_at: ended })
    .where('id', '=', results.id)
    .execute()
  return results
}

async function recordStart(
  warehouse: Warehouse,
  command: string,
  { id, path }: RunFolder,
  started: Date,
): Promise<void> {
  // An embedded warehouse has one process at a time: a run that is still `running` in it was killed.
  if (warehouse.kind === 'duckdb')
    await warehouse.state
      .updateTable('runs')
      .set({ status: 'cancelled' })
      .where('status', '=', 'running')
      .execute()
  await warehouse.state
    .insertInto('runs')
    .values({ id, command, status: 'running', started_at: started, ended_at: null, folder: path })
    .execute()
}

/** @throws Problem (exit code 2) where nothing selected can run */
export function checkRunnable(selected: readonly Action[]): void {
  if (selected.length > 0 && runnable(selected).length === 0) {
    const kinds = [...new Set(selected.map(({ kind }) => kind))].join(' and ')
    throw new Problem(`nothing to run: the selection holds only ${kinds} actions`, {
      exitCode: 2,
      hint: 'declarations are read, not built; `+name` and `name+` select their neighbours',
    })
  }
}
