import { type LandReport, land as landStream } from '../../loaders/land.ts'
import { landText } from '../../loaders/land-text.ts'
import { openStore } from '../../loaders/store/open.ts'
import { defaultEffects } from '../default-effects.ts'
import type { Effects } from '../effects.ts'
import { defineCommand, type ProjectOptions } from './command.ts'
import { withProject } from './context.ts'

export interface LandCommandOptions extends ProjectOptions {
  /** Only says which files would be landed. */
  readonly dryRun?: boolean | undefined
  /** Only files of these source tables: `<database>.<table>` or `<table>`, as the folders of the stream have them. */
  readonly tables?: readonly string[] | undefined
  /** Only files in minute folders from this time on: `2024-06-01` or `2024-06-01T12:30`, UTC. */
  readonly since?: string | undefined
  /** Of a file that cannot be read whole, lands what can be read; the rest becomes dead letters. */
  readonly salvage?: boolean | undefined
}

/**
 * Lands the stream's new change files in the raw tables, each exactly once; again, it lands nothing.
 *
 * @throws Problem if the folder or bucket cannot be listed, the warehouse cannot be opened, or too many events do not fit
 * @example await land({ project: 'shop' }) // { landed: 56, rows: 7551, quarantined: [], … }
 */
export async function land(
  options: LandCommandOptions,
  effects: Effects = defaultEffects(),
): Promise<LandReport> {
  return await withProject(options, effects, async ({ project, warehouse, defaultProject }) => {
    const { settings } = project
    const { dryRun, tables, since, salvage } = options
    return await landStream(
      {
        store: await openStore(settings.stream.path),
        warehouse,
        project: defaultProject,
        maxDeadLetters: settings.landing.maxDeadLetters,
        envelope: settings.stream.envelope,
        dryRun: dryRun ?? false,
        salvage: salvage ?? false,
        ...(tables === undefined ? {} : { tables }),
        ...(since === undefined ? {} : { since }),
      },
      effects,
    )
  })
}

export const command = defineCommand({
  flags: {
    'dry-run': { type: 'boolean', describe: 'only say which files would be landed' },
    table: { type: 'string', array: true, describe: 'only files of this source table: <database>.<table>' },
    salvage: {
      type: 'boolean',
      describe: 'of a file that cannot be read whole, land what can be read; the rest becomes dead letters',
    },
    since: {
      type: 'string',
      describe: 'only files in minute folders from this time on: 2024-06-01T12:30 (UTC)',
    },
  },
  examples: [
    ['land', 'all that is new'],
    ['land --dry-run', 'what would be landed'],
    ['land --table world_x.city --since 2024-06-01', 'part of it; the rest stays new'],
  ],
  options: (given): LandCommandOptions => ({
    project: given.project,
    dryRun: given['dry-run'],
    tables: given.table,
    since: given.since,
    salvage: given.salvage,
  }),
  run: land,
  text: (report) => landText(report),
  failed: (report) => report.quarantined.length > 0 || report.unfetched.length > 0,
})
