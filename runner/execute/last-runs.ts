import { Problem } from '../problem.ts'
import { readRun, runIds } from './run-folder.ts'
import type { ActionResult } from './run-results.ts'

/** What one run did to one table. */
export interface TableRun extends Pick<ActionResult, 'status' | 'deed' | 'rows' | 'seconds' | 'startedAt'> {
  readonly run: string
}

/** What the newest runs did to an action, the newest first, looking back over at most 50 runs. */
export async function lastRunsOf(project: string, id: string, most: number): Promise<readonly TableRun[]> {
  const found: TableRun[] = []
  for (const run of (await runIds(project)).slice(0, 50)) {
    const action = (await actionsOfRun(project, run)).find((each) => each.id === id)
    if (action === undefined) continue
    const { status, deed, rows, seconds, startedAt } = action
    found.push({ run, status, deed, rows, seconds, startedAt })
    if (found.length === most) break
  }
  return found
}

/** None for a folder that a killed process left without results. */
async function actionsOfRun(project: string, run: string): Promise<readonly ActionResult[]> {
  try {
    return (await readRun(project, run)).actions
  } catch (error) {
    if (error instanceof Problem) return []
    throw error
  }
}
