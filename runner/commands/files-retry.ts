import { forgetFiles } from '../../loaders/files.ts'
import { type LandReport, land } from '../../loaders/land.ts'
import { landText } from '../../loaders/land-text.ts'
import { openStore } from '../../loaders/store/open.ts'
import { defaultEffects } from '../default-effects.ts'
import type { Effects } from '../effects.ts'
import { defineCommand, type ProjectOptions } from './command.ts'
import { withProject } from './context.ts'

export interface FilesRetryOptions extends ProjectOptions {
  /** Names of quarantined files; undefined or none: all. */
  readonly names?: readonly string[] | undefined
}

/** Lands quarantined files again, as they are by now, and whatever else is new. @throws Problem for a name that is not in quarantine */
export async function filesRetry(
  options: FilesRetryOptions = {},
  effects: Effects = defaultEffects(),
): Promise<LandReport> {
  return await withProject(options, effects, async ({ project, warehouse, defaultProject }) => {
    await forgetFiles(warehouse, options.names ?? [], 'quarantined', effects.now())
    return await land(
      {
        store: await openStore(project.settings.stream.path),
        warehouse,
        project: defaultProject,
        maxDeadLetters: project.settings.landing.maxDeadLetters,
      },
      effects,
    )
  })
}

export const command = defineCommand({
  positionals: {
    names: { type: 'string', array: true, describe: 'quarantined files; all of them unless given' },
  },
  options: (given): FilesRetryOptions => ({ project: given.project, names: given.names }),
  run: filesRetry,
  text: (report) => landText(report),
  failed: (report) => report.quarantined.length > 0 || report.unfetched.length > 0,
})
