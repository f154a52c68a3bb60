import { appendFileSync, closeSync, openSync } from 'node:fs'
import { mkdir, readdir, readFile, rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { nearest } from '../nearest.ts'
import { Problem } from '../problem.ts'
import { type ActionResult, actionResultSchema, type RunResults, runResultsSchema } from './run-results.ts'

/** The folder of a project's runs, relative to the project. */
export const runsFolder = join('.streamform', 'runs')

const resultsFile = 'run_results.json'
/** A line for each action that ended: what a killed run did after it last wrote its results. */
const progressFile = 'progress.jsonl'

/** The folder of one run, being written. */
export interface RunFolder {
  readonly id: string
  /** Relative to the project, with `/`. */
  readonly path: string
  /** Replaces `run_results.json` as a whole: a reader sees the old one or the new one. */
  write(results: RunResults): Promise<void>
  /** Notes that an action ended, at once; kept whatever happens to the process. */
  note(action: ActionResult): void
  /** Nothing more will be noted. */
  close(): void
}

/** Makes the folder of a new run. Its id is the time, with a number behind it where that is taken. */
export async function createRunFolder(project: string, now: Date): Promise<RunFolder> {
  await mkdir(join(project, runsFolder), { recursive: true })
  const stamp = now
    .toISOString()
    .replace(/\.(\d+)Z$/, '-$1')
    .replaceAll(':', '')
    .replace('T', '-')
  for (let copy = 1; ; copy++) {
    const id = copy === 1 ? stamp : `${stamp}-${copy}`
    try {
      await mkdir(join(project, runsFolder, id))
      return runFolder(project, id)
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
    }
  }
}

function runFolder(project: string, id: string): RunFolder {
  const folder = join(project, runsFolder, id)
  // Not through the thread pool: there it would wait for the statements of an embedded warehouse.
  const progress = openSync(join(folder, progressFile), 'a')
  return {
    id,
    path: `${runsFolder.replaceAll('\\', '/')}/${id}`,
    async write(results) {
      const file = join(folder, resultsFile)
      await writeFile(`${file}.new`, `${JSON.stringify(results, undefined, 1)}\n`)
      await rename(`${file}.new`, file)
    },
    note: (action) => appendFileSync(progress, `${JSON.stringify(action)}\n`),
    close: () => closeSync(progress),
  }
}

/** Ids of a project's runs, newest first. */
export async function runIds(project: string): Promise<readonly string[]> {
  const entries = await readdir(join(project, runsFolder), { withFileTypes: true }).catch(() => [])
  return entries
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => name)
    .sort()
    .reverse()
}

/**
 * Reads what a run did; of a run that was killed, up to the last action that ended.
 *
 * @throws Problem if there is no such run or its file is not what a run writes
 */
export async function readRun(project: string, id: string): Promise<RunResults> {
  const folder = join(project, runsFolder, id)
  const file = join(runsFolder, id, resultsFile)
  const text = await readFile(join(folder, resultsFile), 'utf8').catch(() => undefined)
  if (text === undefined) {
    const known = await runIds(project)
    const near = nearest(id, known)
    throw known.includes(id)
      ? new Problem(`run ${id} ended before it had planned anything`, { hint: 'run it anew' })
      : new Problem(`there is no run \`${id}\`${near === undefined ? '' : `; did you mean \`${near}\`?`}`, {
          exitCode: 2,
          hint: 'streamform runs lists them',
        })
  }
  const parsed = runResultsSchema.safeParse(jsonOf(text))
  if (!parsed.success)
    throw new Problem('not a file that a run of this version wrote', {
      file,
      cause: parsed.error,
      hint: 'run it anew',
    })
  if (parsed.data.status !== 'running') return parsed.data
  const progress = await readFile(join(folder, progressFile), 'utf8').catch(() => '')
  const ended = new Map(progress.split('\n').flatMap(progressEntry))
  return { ...parsed.data, actions: parsed.data.actions.map((action) => ended.get(action.id) ?? action) }
}

/** A line that a killed process wrote half is as if it were not there: the action has to run again. */
function progressEntry(line: string): [string, ActionResult][] {
  const parsed = actionResultSchema.safeParse(jsonOf(line))
  return parsed.success ? [[parsed.data.id, parsed.data]] : []
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
