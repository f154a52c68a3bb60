import { type LandReport, land as landStream } from '../../loaders/land.ts'
import { landText } from '../../loaders/land-text.ts'
import { openSubscription } from '../../loaders/notify/subscription.ts'
import { bucketAddress } from '../../loaders/store/bucket-address.ts'
import { openStore } from '../../loaders/store/open.ts'
import { type WatchReport, watch } from '../../loaders/watch.ts'
import { defaultEffects } from '../default-effects.ts'
import type { Effects } from '../effects.ts'
import { Problem } from '../problem.ts'
import { checkLoader } from '../project/settings/check-landing.ts'
import type { Settings } from '../project/settings/settings.ts'
import { systemClock } from '../warehouse/bigquery/clock.ts'
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
    checkLoader(settings)
    const { dryRun, tables, since, salvage } = options
    return await landStream(
      {
        store: await openStore(settings.stream.path),
        warehouse,
        project: defaultProject,
        ...settings.landing,
        envelope: settings.stream.envelope,
        tablesMustBeThere: true,
        dryRun: dryRun ?? false,
        salvage: salvage ?? false,
        ...(tables === undefined ? {} : { tables }),
        ...(since === undefined ? {} : { since }),
      },
      effects,
    )
  })
}

export interface LandWatchOptions extends Omit<LandCommandOptions, 'dryRun' | 'salvage'> {
  /** At most one landing in so many seconds; 60 unless given. */
  readonly every?: number | undefined
}

/**
 * Lands what is there and then what comes, until it is told to stop: by notifications of the bucket where `stream.subscription` is
 * set, else by listing the stream again and again.
 *
 * @throws Problem for what would fail again; after what may pass it goes on
 * @example await landWatch({ project: 'shop', every: 10 }, effects) // { landings: 12, landed: 340, … }, once effects.signal is aborted
 */
export async function landWatch(
  options: LandWatchOptions,
  effects: Effects = defaultEffects(),
): Promise<WatchReport> {
  const { every = defaultEvery, tables, since } = options
  if (!(every >= 1 && every <= 86_400))
    throw new Problem(`\`--every\` is ${every}; it must be from 1 to 86400 seconds`, { exitCode: 2 })
  return await withProject(options, effects, async ({ project, warehouse, defaultProject }) => {
    checkLoader(project.settings)
    const { stream, landing } = project.settings
    const notifications = await openNotifications(stream, effects)
    try {
      return await watch(
        {
          landing: {
            store: await openStore(stream.path),
            warehouse,
            project: defaultProject,
            ...landing,
            envelope: stream.envelope,
            ...(tables === undefined ? {} : { tables }),
            ...(since === undefined ? {} : { since }),
          },
          every: every * 1000,
          ...(notifications === undefined ? {} : { notifications }),
          pause: (milliseconds, signal) => systemClock.sleep(milliseconds, signal).catch(() => undefined),
          landed: (report) => effects.note(landText(report)),
        },
        effects,
      )
    } finally {
      await notifications?.subscription.close()
    }
  })
}

const defaultEvery = 60

async function openNotifications({ path, subscription }: Settings['stream'], effects: Effects) {
  if (subscription === undefined) return undefined
  const address = bucketAddress(path)
  if (address === undefined) {
    throw new Problem(
      '`stream: subscription:` tells of the objects of a bucket, and the stream is a folder',
      {
        file: 'streamform.yaml',
        hint: 'set `stream: path:` to gs://bucket/prefix, or take the subscription away: a folder is listed',
        exitCode: 2,
      },
    )
  }
  const emulator = effects.environment['PUBSUB_EMULATOR_HOST']
  return { subscription: await openSubscription(subscription, emulator), address }
}

export const command = defineCommand({
  flags: {
    'dry-run': { type: 'boolean', describe: 'only say which files would be landed' },
    table: { type: 'string', array: true, describe: 'only files of this source table: <database>.<table>' },
    salvage: {
      type: 'boolean',
      describe: 'of a file that cannot be read whole, land what can be read; the rest becomes dead letters',
    },
    watch: { type: 'boolean', describe: 'go on with what comes, until Ctrl-C' },
    every: { type: 'number', describe: 'with --watch: at most one landing in so many seconds [default: 60]' },
    since: {
      type: 'string',
      describe: 'only files in minute folders from this time on: 2024-06-01T12:30 (UTC)',
    },
  },
  examples: [
    ['land', 'all that is new'],
    ['land --dry-run', 'what would be landed'],
    ['land --watch --every 10', 'what comes, as it comes'],
    ['land --table world_x.city --since 2024-06-01', 'part of it; the rest stays new'],
  ],
  options: (given): LandCommandOptions & LandWatchOptions & { readonly watch: boolean } => {
    const { watch = false, every, salvage } = given
    const dryRun = given['dry-run']
    if (watch && (dryRun === true || salvage === true))
      throw new Problem('`--watch` goes with neither `--dry-run` nor `--salvage`', { exitCode: 2 })
    if (!watch && every !== undefined) throw new Problem('`--every` goes with `--watch`', { exitCode: 2 })
    return { project: given.project, dryRun, tables: given.table, since: given.since, salvage, watch, every }
  },
  run: (options, effects): Promise<LandReport | WatchReport> =>
    options.watch ? landWatch(options, effects) : land(options, effects),
  text: (report) => ('landings' in report ? watchText(report) : landText(report)),
  failed: (report) =>
    'landings' in report ? false : report.quarantined.length > 0 || report.unfetched.length > 0,
})

const watchText = ({ landings, landed, rows, quarantined }: WatchReport): string =>
  `stopped after ${landings} landings: ${landed} files with ${rows} rows landed, ${quarantined} files quarantined`
