import { onTestFinished } from 'vitest'
import { executeRun, type RunEvent, type RunRequest } from '../../runner/execute/execute-run.ts'
import type { RunResults } from '../../runner/execute/run-results.ts'
import type { Value } from '../../runner/googlesql/result.ts'
import { select } from '../../runner/graph/select.ts'
import { compile } from '../../runner/project/compile/compile.ts'
import { openWarehouse } from '../../runner/warehouse/open.ts'
import type { Warehouse } from '../../runner/warehouse/warehouse.ts'
import { type TemporaryProject, temporaryProject } from '../commands/temporary-project.ts'

/** A small project and an embedded warehouse in memory, both gone when the test ends. */
export interface RunnableProject extends TemporaryProject {
  readonly warehouse: Warehouse
  run(request?: Partial<RunRequest> & { readonly select?: readonly string[] }): Promise<RunResults>
  /** A query's rows. */
  rows(sql: string): Promise<readonly (readonly Value[])[]>
  /** What was reported so far, in words. */
  readonly events: string[]
}

export async function runnableProject(
  definitions: Readonly<Record<string, string>>,
  wrap: (warehouse: Warehouse) => Warehouse = (warehouse) => warehouse,
): Promise<RunnableProject> {
  const files = Object.entries(definitions).map(([name, text]) => [`definitions/${name}`, text] as const)
  const project = temporaryProject(Object.fromEntries(files))
  const opened = await openWarehouse({ kind: 'duckdb', path: ':memory:', defaultProject: 'proj' })
  onTestFinished(() => opened.close())
  const warehouse = wrap(opened)
  const events: string[] = []
  return {
    ...project,
    warehouse,
    events,
    async run(request = {}) {
      const { actions } = await compile(project.folder)
      const selection = { select: request.select ?? [], exclude: request.exclude ?? [] }
      return executeRun(warehouse, {
        command: 'run',
        folder: project.folder,
        actions,
        selected: select(actions, selection),
        fullRefresh: false,
        ...selection,
        vars: {},
        resumes: null,
        concurrency: 2,
        retries: 2,
        retryDelay: 0,
        signal: new AbortController().signal,
        now: () => new Date(),
        ...request,
        onEvent(event) {
          events.push(inWords(event))
          request.onEvent?.(event)
        },
      })
    },
    rows: async (sql) => (await opened.execute(sql)).rows,
  }
}

function inWords(event: RunEvent): string {
  switch (event.type) {
    case 'begin':
      return `begin ${event.total}`
    case 'start':
      return `start ${event.action.target.name}`
    case 'retry':
      return `retry ${event.action.target.name}`
    case 'end':
      return `${event.result.status} ${event.result.target.name}`
  }
}

/** Each action's name and how it ended. */
export const outcomes = ({ actions }: RunResults): Readonly<Record<string, string>> =>
  Object.fromEntries(actions.map(({ target, status }) => [target.name, status]))
