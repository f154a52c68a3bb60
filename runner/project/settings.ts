import { join, resolve } from 'node:path'
import { z } from 'zod'
import { check } from './check.ts'
import { readYamlFile } from './yaml-file.ts'

/** What `streamform.yaml` says, with defaults for what it leaves out; folders and files as absolute paths. */
export interface Settings {
  readonly warehouse: { readonly kind: 'duckdb'; readonly path: string }
  /** Where Datastream's change files arrive: a folder, absolute, or `gs://bucket/prefix`. */
  readonly stream: { readonly path: string }
  /** A landing with more dead letters than this fails. */
  readonly landing: { readonly maxDeadLetters: number }
  /** Actions at once, and how often an action is tried again after an error that may pass. */
  readonly run: { readonly concurrency: number; readonly retries: number }
}

export const settingsFile = 'streamform.yaml'

const wholeNumber = (least: number, most: number) =>
  z.int().min(least).max(most).describe(`a whole number from ${least} to ${most}`)

/** Not a URL and not DuckDB's `:memory:`, which nothing would be left of when the command ends. */
const isLocal = (path: string): boolean =>
  path !== '' && !/^[a-z0-9+.-]+:\/\//i.test(path) && path !== ':memory:'

/** A URL of Cloud Storage; its bucket's name as Google allows it. */
const isBucket = (path: string): boolean => /^gs:\/\/[a-z0-9][a-z0-9._-]{1,220}[a-z0-9](\/|$)/.test(path)

const section = <Shape extends z.ZodRawShape>(shape: Shape) =>
  z.strictObject(shape).describe(`keys and their values, of ${Object.keys(shape).join(', ')}`)

/** The keys of `streamform.yaml`; every one may be left out. */
export const settingsSchema = section({
  warehouse: section({
    kind: z.literal('duckdb').describe('`duckdb`').default('duckdb'),
    path: z
      .string()
      .refine(isLocal)
      .describe("the path of a file on this machine, relative to the project's folder")
      .default('.streamform/warehouse.duckdb'),
  }).prefault({}),
  stream: section({
    path: z
      .string()
      .refine((path) => isLocal(path) || isBucket(path))
      .describe("a folder on this machine, relative to the project's folder, or gs://bucket/prefix")
      .default('.streamform/stream'),
  }).prefault({}),
  landing: section({ max_dead_letters: wholeNumber(0, 1_000_000_000).default(1000) }).prefault({}),
  run: section({
    concurrency: wholeNumber(1, 1000).default(4),
    retries: wholeNumber(0, 100).default(2),
  }).prefault({}),
})

/**
 * Reads `streamform.yaml` of a project's folder. A missing file means the defaults; nothing in the environment
 * overrides it.
 * @throws Problem or Problems (exit code 2) with line and column of every unknown key and wrong value
 * @example (await readSettings('/home/me/shop')).run // { concurrency: 4, retries: 2 }
 */
export async function readSettings(folder: string): Promise<Settings> {
  const { warehouse, stream, landing, run } = check(
    settingsSchema,
    await readYamlFile(join(folder, settingsFile)),
  )
  return Object.freeze({
    warehouse: { kind: warehouse.kind, path: resolve(folder, warehouse.path) },
    stream: { path: isBucket(stream.path) ? stream.path : resolve(folder, stream.path) },
    landing: { maxDeadLetters: landing.max_dead_letters },
    run: { concurrency: run.concurrency, retries: run.retries },
  })
}
