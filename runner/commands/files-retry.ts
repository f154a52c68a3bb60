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
  /** Of a file that still cannot be read whole, lands what can be read; the rest becomes dead letters. */
  readonly salvage?: boolean | undefined
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
        ...project.settings.landing,
        envelope: project.settings.stream.envelope,
        salvage: options.salvage ?? false,
      },
      effects,
    )
  })
}

export const command = defineCommand({
  positionals: {
    names: { type: 'string', array: true, describe: 'quarantined files; all of them unless given' },
  },
  flags: {
    salvage: {
      type: 'boolean',
      describe: 'of a file that cannot be read whole, land what can be read; the rest becomes dead letters',
    },
  },
  examples: [
    ['files retry', 'all that is in quarantine, as it is by now'],
    ['files retry --salvage', 'and if it is as it was, what can be read of it'],
  ],
  options: (given): FilesRetryOptions => ({
    project: given.project,
    names: given.names,
    salvage: given.salvage,
  }),
  run: filesRetry,
  text: (report) => landText(report),
  failed: (report) => report.quarantined.length > 0 || report.unfetched.length > 0,
})
