import { resolve } from 'node:path'
import { type SampleReport, writeSample } from '../../loaders/sample/sample.ts'
import { defaultEffects } from '../default-effects.ts'
import type { Effects } from '../effects.ts'
import { Problem } from '../problem.ts'
import { defineCommand, type ProjectOptions } from './command.ts'
import { readProject } from './context.ts'

export interface SampleCommandOptions extends ProjectOptions {
  /** Where to write; undefined: the stream's folder of the project's streamform.yaml. */
  readonly to?: string | undefined
  /** Any text; the same seed gives the same files. */
  readonly seed?: string | undefined
  /** Thousands of changes of ordinary traffic, beside the script. */
  readonly scale?: number | undefined
  /** A mysqldump file. */
  readonly dump?: string | undefined
  /** The database of a dump that names none. */
  readonly database?: string | undefined
  /** Tables of the dump to leave out. */
  readonly without?: readonly string[] | undefined
  readonly zeroDates?: 'refuse' | 'null' | undefined
  /** False: the backfill alone. */
  readonly changes?: boolean | undefined
  /** `hh:mm`: only files that had arrived by then. */
  readonly until?: string | undefined
  readonly codec?: 'none' | 'deflate' | 'snappy' | undefined
  readonly force?: boolean | undefined
  /** Tell the day of changes step by step; the result holds the steps either way. */
  readonly script?: boolean | undefined
}

const largestScale = 100_000

/**
 * Writes a stream of change files to try streamform on: world_x with facts from openly licensed packages, or the tables
 * of a mysqldump file. The tables of world_x then live through a scripted day of changes, 2024-06-01, at whose end they
 * have as many rows as before.
 *
 * @throws Problem if the folder holds other things, or for a dump that cannot be read
 * @example await sample({ seed: '1' }) // { written: 56, events: 7548, … }
 */
export async function sample(
  options: SampleCommandOptions,
  effects: Effects = defaultEffects(),
): Promise<SampleReport> {
  const scale = options.scale ?? 1
  if (!Number.isInteger(scale) || scale < 0 || scale > largestScale)
    throw new Problem(`--scale takes a whole number from 0 to ${largestScale}`, { exitCode: 2 })
  const { dump, database, without, zeroDates, codec, until, to } = options
  const onlyDump = { '--database': database, '--without': without, '--zero-dates': zeroDates }
  for (const [flag, value] of Object.entries(onlyDump)) {
    if (value !== undefined && dump === undefined)
      throw new Problem(`${flag} goes with --dump FILE`, { exitCode: 2 })
  }
  const folder =
    to === undefined
      ? (await readProject(options, effects)).settings.stream.path
      : resolve(effects.workingFolder, to)
  if (to === undefined && folder.startsWith('gs://')) {
    throw new Problem(
      `the project's stream is in a bucket, where the sample must not be mixed in: ${folder}`,
      {
        hint: 'give a folder with --to',
        exitCode: 2,
      },
    )
  }
  return await writeSample({
    folder,
    seed: options.seed ?? '1',
    scale,
    changes: options.changes ?? true,
    force: options.force ?? false,
    signal: effects.signal,
    ...(until === undefined ? {} : { until }),
    ...(codec === undefined ? {} : { codec }),
    ...(dump === undefined
      ? {}
      : {
          dump: {
            file: resolve(effects.workingFolder, dump),
            ...(database === undefined ? {} : { database }),
            ...(without === undefined ? {} : { without }),
            ...(zeroDates === undefined ? {} : { zeroDates }),
          },
        }),
  })
}

export const command = defineCommand({
  flags: {
    to: {
      type: 'string',
      describe: "folder to write into [default: the stream's folder in streamform.yaml]",
    },
    seed: { type: 'string', describe: 'any text; the same seed gives the same files', default: '1' },
    scale: {
      type: 'number',
      describe: 'thousands of changes of ordinary traffic, beside the script',
      default: 1,
    },
    dump: { type: 'string', describe: 'stream the tables of this mysqldump file' },
    database: { type: 'string', describe: 'the database of a dump that names none' },
    without: { type: 'string', array: true, describe: 'leave out this table of the dump' },
    'zero-dates': {
      type: 'string',
      choices: ['refuse', 'null'],
      describe: 'what to make of 0000-00-00 in a dump',
    },
    changes: {
      type: 'boolean',
      describe: 'the day of changes; --no-changes: the backfill alone',
      default: true,
    },
    until: { type: 'string', describe: 'hh:mm of the day: only files that had arrived by then' },
    codec: {
      type: 'string',
      choices: ['none', 'deflate', 'snappy'],
      describe: 'compression; Datastream uses none',
    },
    script: { type: 'boolean', describe: 'list what happens in the day of changes, step by step' },
    force: { type: 'boolean', describe: 'write although the folder holds other things; leave those alone' },
  },
  examples: [
    ['sample', 'world_x and a day of changes'],
    ['sample --until 12:00', 'what had arrived by noon; later, `sample` delivers the rest'],
    ['sample --dump world_x.sql --no-changes', 'the tables of your own dump'],
  ],
  options: (given): SampleCommandOptions => ({
    project: given.project,
    to: given.to,
    seed: given.seed,
    scale: given.scale,
    dump: given.dump,
    database: given.database,
    without: given.without,
    zeroDates: given['zero-dates'] as 'refuse' | 'null' | undefined,
    changes: given.changes,
    until: given.until,
    codec: given.codec as 'none' | 'deflate' | 'snappy' | undefined,
    script: given.script,
    force: given.force,
  }),
  run: sample,
  text: sampleText,
})

/** A landing counts deliveries: what it tells is these events and those that come twice. */
export function eventsInAll({ events, deliveries }: SampleReport): string {
  const again =
    deliveries === events ? '' : `, ${(deliveries - events).toLocaleString('en-US')} of them delivered twice`
  return `${counted(events, 'event')} in all${again}`
}

function sampleText(report: SampleReport, options: SampleCommandOptions): string {
  const { folder, written, unchanged, held, tables, script } = report
  const lines = tables.map(({ database, table, backfill, changes, primaryKeys, unsupported }) => {
    const count = Object.values(changes).reduce((sum, each) => sum + each, 0)
    const notes = [
      ...(primaryKeys.length === 0 ? ['no key'] : []),
      ...(unsupported.length === 0 ? [] : [`without the values of ${unsupported.join(', ')}`]),
    ]
    const note = notes.length === 0 ? '' : ` (${notes.join('; ')})`
    return `  ${`${database}.${table}`.padEnd(28)}${counted(backfill, 'row')}, ${counted(count, 'change')}${note}`
  })
  const files = [
    `${counted(written, 'file')} written`,
    ...(unchanged === 0 ? [] : [`${counted(unchanged, 'file')} there already`]),
    ...(held === 0 ? [] : [`${counted(held, 'file')} not arrived yet`]),
  ]
  const day = script.map(({ time, table, what }) => `  ${time}  ${table.padEnd(16)}${what}`)
  const told = options.script === true ? ['the scripted day:', ...day] : [scriptInShort(script.length)]
  return [
    `${folder}: ${files.join(', ')}; ${eventsInAll(report)}`,
    ...lines,
    ...(day.length === 0 ? [] : told),
    ...(day.length === 0 && options.changes !== false
      ? ["backfill alone: only world_x's four tables have a day of changes"]
      : []),
  ].join('\n')
}

const scriptInShort = (steps: number) =>
  `${counted(steps, 'step')} of the day are what goes wrong in practice: late files, double deliveries, keys and columns that change; \`streamform sample --script\` lists them`

/** `1 row`, `4,352 rows` */
const counted = (count: number, what: string): string =>
  `${count.toLocaleString('en-US')} ${what}${count === 1 ? '' : 's'}`
