import { resolve } from 'node:path'
import type { Effects } from '../effects.ts'
import { readSettings, type Settings } from '../project/settings.ts'
import { openWarehouse } from '../warehouse/open.ts'
import type { Warehouse } from '../warehouse/warehouse.ts'
import type { ProjectOptions } from './command.ts'

/** What a command works with: its project, open. */
export interface Context {
  /** The project's folder, absolute. */
  readonly folder: string
  readonly settings: Settings
  readonly warehouse: Warehouse
  readonly effects: Effects
}

/** The project's folder, absolute. */
export const projectFolder = ({ project }: ProjectOptions, effects: Effects): string =>
  resolve(effects.workingFolder, project ?? '.')

/**
 * Opens the project's settings and warehouse, calls `work`, and closes the warehouse whatever came of it.
 *
 * @throws Problem for settings that are wrong or a warehouse that does not open
 * @example withProject(options, effects, ({ warehouse }) => warehouse.execute('select 1'))
 */
export async function withProject<Result>(
  options: ProjectOptions,
  effects: Effects,
  work: (context: Context) => Promise<Result>,
): Promise<Result> {
  const folder = projectFolder(options, effects)
  const settings = await readSettings(folder)
  const warehouse = await openWarehouse({
    kind: settings.warehouse.kind,
    path: resolve(folder, settings.warehouse.path),
    defaultProject: settings.project.defaultProject,
  })
  try {
    return await work({ folder, settings, warehouse, effects })
  } finally {
    await warehouse.close()
  }
}
