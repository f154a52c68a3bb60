import { mkdir } from 'node:fs/promises'
import { dirname, join, relative, resolve } from 'node:path'
import type { Effects } from '../effects.ts'
import { Problem } from '../problem.ts'
import { openProject, type Project } from '../project/project.ts'
import { settingsFile } from '../project/settings/settings.ts'
import { type OpenWarehouseOptions, openWarehouse } from '../warehouse/open.ts'
import type { Warehouse } from '../warehouse/warehouse.ts'
import type { ProjectOptions } from './command.ts'

/** What a command works with: a project with its settings, and its warehouse, open. */
export interface Context {
  readonly project: Project
  readonly warehouse: Warehouse
  /** The project of names that give none. */
  readonly defaultProject: string
  readonly effects: Effects
}

/** Where the warehouse, the runs and the sample stream are kept by default. */
const ownFolder = '.streamform'

/** The project of names that give none, where `workflow_settings.yaml` names none. */
const fallbackProject = 'streamform-local'

export const defaultProjectOf = (project: Project): string =>
  project.workflow.defaultProject ?? fallbackProject

/** The folder that a command is called for, absolute; whether it holds a project is for `readProject` to say. */
export const projectFolder = ({ project }: ProjectOptions, effects: Effects): string =>
  resolve(effects.workingFolder, project ?? '.')

/** The project that a command is called for, its settings read. @throws Problem (exit code 2) */
export const readProject = (options: ProjectOptions, effects: Effects): Promise<Project> =>
  openProject(projectFolder(options, effects))

/**
 * Reads the project's settings, opens its warehouse, calls `work`, and closes the warehouse whatever came of it.
 *
 * @throws Problem for settings that are wrong or a warehouse that does not open
 * @example withProject(options, effects, ({ warehouse }) => warehouse.execute('select 1'))
 */
export async function withProject<Result>(
  options: ProjectOptions,
  effects: Effects,
  work: (context: Context) => Promise<Result>,
): Promise<Result> {
  const project = await readProject(options, effects)
  return withWarehouse(project, effects, work)
}

/** As `withProject`, for a project that is already read. */
export async function withWarehouse<Result>(
  project: Project,
  effects: Effects,
  work: (context: Context) => Promise<Result>,
): Promise<Result> {
  const defaultProject = defaultProjectOf(project)
  const { warehouse: settings } = project.settings
  // Our own folder is made when it is first needed; any other that is missing was probably misspelt.
  if (settings.kind === 'duckdb' && dirname(settings.path) === join(project.folder, ownFolder))
    await mkdir(dirname(settings.path), { recursive: true })
  const warehouse = await openWarehouse(warehouseOptions(project))
  try {
    return await work({ project, warehouse, defaultProject, effects })
  } finally {
    await warehouse.close()
  }
}

/** What opens the project's warehouse. @throws Problem (exit code 2) where BigQuery's location is not given */
export function warehouseOptions(project: Project): OpenWarehouseOptions {
  const { settings, workflow } = project
  const defaultProject = defaultProjectOf(project)
  if (settings.warehouse.kind === 'duckdb') return { ...settings.warehouse, defaultProject }
  const location = settings.warehouse.location ?? workflow.defaultLocation
  if (location === undefined)
    throw new Problem('it is not said where in BigQuery datasets are and jobs run', {
      file: settingsFile,
      hint: 'set warehouse.location here, or defaultLocation in workflow_settings.yaml',
      exitCode: 2,
    })
  const billed = settings.warehouse.project ?? workflow.defaultProject
  if (billed === undefined)
    throw new Problem('it is not said which project of Google Cloud runs the jobs', {
      file: settingsFile,
      hint: 'set warehouse.project here, or defaultProject in workflow_settings.yaml',
      exitCode: 2,
    })
  return { ...settings.warehouse, project: billed, location, defaultProject }
}

/** A path as people read it: relative to the working folder where that is shorter. */
export function shownPath(path: string, effects: Effects): string {
  const short = relative(effects.workingFolder, path)
  return short.startsWith('..') ? path : short === '' ? '.' : short
}
