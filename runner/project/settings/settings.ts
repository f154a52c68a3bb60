import { join, resolve } from 'node:path'
import { z } from 'zod'
import { Problem, throwProblems } from '../../problem.ts'
import { check } from '../compile/check.ts'
import { type DeploySettings, deploySchema, deploySettings } from './deploy-settings.ts'
import { type EnvelopeSettings, envelopeSchema, envelopeSettings } from './stream-settings.ts'
import { readYamlFile, type YamlFile } from './yaml-file.ts'

/** What `streamform.yaml` says, with defaults for what it leaves out; folders and files as absolute paths. */
export interface Settings {
  readonly warehouse: WarehouseSettings
  /** Where change files arrive: a folder, absolute, or `gs://bucket/prefix`; and in whose envelopes. */
  readonly stream: {
    readonly path: string
    readonly envelope: EnvelopeSettings
    /** `projects/<project>/subscriptions/<name>`: where the bucket tells of new objects; undefined: it is listed. */
    readonly subscription: string | undefined
  }
  readonly landing: LandingSettings
  /** Actions at once, and how often an action is tried again after an error that may pass. */
  readonly run: { readonly concurrency: number; readonly retries: number }
  /** undefined: the project is not deployed. */
  readonly deploy: DeploySettings | undefined
}

export type WarehouseSettings = DuckDbSettings | BigQuerySettings

export interface DuckDbSettings {
  readonly kind: 'duckdb'
  readonly path: string
}

export interface BigQuerySettings {
  readonly kind: 'bigquery'
  /** The project that runs jobs and pays for them; undefined: `defaultProject` of the workflow settings. */
  readonly project: string | undefined
  /** undefined: `defaultLocation` of the workflow settings. */
  readonly location: string | undefined
  readonly impersonate: string | undefined
  readonly endpoint: string | undefined
  readonly maximumBytesBilled: number | undefined
  /** Seconds. */
  readonly jobTimeout: number | undefined
  readonly pricePerTib: number | undefined
}

export interface LandingSettings {
  /** Who brings change files into raw tables: `land`, or external tables of the project's own actions. */
  readonly kind: 'loader' | 'external'
  /** A landing with more dead letters than this fails. */
  readonly maxDeadLetters: number
  /** What one block of Avro or line of JSON, and what a file's content may be once uncompressed. */
  readonly limits: { readonly maxBlockBytes: number; readonly maxContentBytes: number }
}

export const settingsFile = 'streamform.yaml'

const wholeNumber = (least: number, most: number) =>
  z.int().min(least).max(most).describe(`a whole number from ${least} to ${most}`)

/** Not a URL and not DuckDB's `:memory:`, which nothing would be left of when the command ends. */
const isLocal = (path: string): boolean =>
  path !== '' && !/^[a-z0-9+.-]+:\/\//i.test(path) && path !== ':memory:'

/** A URL of Cloud Storage; its bucket's name as Google allows it. */
const isBucket = (path: string): boolean => /^gs:\/\/[a-z0-9][a-z0-9._-]{1,220}[a-z0-9](\/|$)/.test(path)

/**
 * BigQuery's own addresses, which get credentials, and the loopback interface, which gets none: nothing else, so that no
 * token goes astray.
 */
const isEndpoint = (url: string): boolean =>
  /^https:\/\/[a-z0-9.-]+\.googleapis\.com\/?$/.test(url) ||
  /^http:\/\/(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])(?::\d{1,5})?\/?$/.test(url)

const section = <Shape extends z.ZodRawShape>(shape: Shape) =>
  z.strictObject(shape).describe(`keys and their values, of ${Object.keys(shape).join(', ')}`)

/** The keys of `streamform.yaml`; every one may be left out. */
export const settingsSchema = section({
  warehouse: section({
    kind: z.enum(['duckdb', 'bigquery']).describe('`duckdb` or `bigquery`').default('duckdb'),
    path: z
      .string()
      .refine(isLocal)
      .describe("the path of a file on this machine, relative to the project's folder")
      .default('.streamform/warehouse.duckdb'),
    project: z
      .string()
      .regex(/^(?:[a-z0-9.-]+:)?[a-z][a-z0-9-]{4,28}[a-z0-9]$/)
      .describe('the id of the project that runs the jobs and pays for them')
      .optional(),
    location: z
      .string()
      .regex(/^[A-Za-z][A-Za-z0-9-]{1,40}$/)
      .describe('where datasets are and jobs run: US, EU, europe-west3 …')
      .optional(),
    impersonate: z
      .string()
      .regex(/^[^@\s]+@[^@\s]+\.gserviceaccount\.com$/)
      .describe('the address of a service account, of @….gserviceaccount.com')
      .optional(),
    endpoint: z
      .string()
      .refine(isEndpoint)
      .describe("https://….googleapis.com, or `streamform serve`'s http://127.0.0.1:PORT")
      .optional(),
    maximum_bytes_billed: wholeNumber(1, Number.MAX_SAFE_INTEGER)
      .describe('a whole number of bytes: a query that would bill more fails without a charge')
      .optional(),
    job_timeout_seconds: wholeNumber(1, 86_400)
      .describe('a whole number from 1 to 86400: seconds after which a job is cancelled')
      .optional(),
    price_per_tib: z
      .number()
      .min(0)
      .describe('what a TiB that a query reads costs, in any currency: `plan` tells prices with it')
      .optional(),
  }).prefault({}),
  stream: section({
    path: z
      .string()
      .refine((path) => isLocal(path) || isBucket(path))
      .describe("a folder on this machine, relative to the project's folder, or gs://bucket/prefix")
      .default('.streamform/stream'),
    subscription: z
      .string()
      .regex(/^projects\/[^/\s]+\/subscriptions\/[^/\s]+$/)
      .describe('projects/<project>/subscriptions/<name>')
      .optional(),
    ...envelopeSchema,
  }).prefault({}),
  landing: section({
    kind: z
      .enum(['loader', 'external'])
      .describe('`loader`: `land` fills the raw tables; `external`: actions of the project read the files')
      .default('loader'),
    max_dead_letters: wholeNumber(0, 1_000_000_000).default(1000),
    max_block_megabytes: wholeNumber(1, 2000).default(512),
    max_file_gigabytes: wholeNumber(1, 100_000).default(64),
  }).prefault({}),
  run: section({
    concurrency: wholeNumber(1, 1000).default(4),
    retries: wholeNumber(0, 100).default(2),
  }).prefault({}),
  deploy: section(deploySchema).optional(),
})

/**
 * Reads `streamform.yaml` of a project's folder. A missing file means the defaults; nothing in the environment
 * overrides it.
 * @throws Problem or Problems (exit code 2) with line and column of every unknown key and wrong value
 * @example (await readSettings('/home/me/shop')).run // { concurrency: 4, retries: 2 }
 */
export async function readSettings(folder: string): Promise<Settings> {
  const file = await readYamlFile(join(folder, settingsFile))
  const { warehouse, stream, landing, run, deploy } = check(settingsSchema, file)
  checkKind(file, warehouse.kind)
  checkLandingKeys(file, landing.kind)
  return Object.freeze({
    warehouse:
      warehouse.kind === 'duckdb'
        ? { kind: warehouse.kind, path: resolve(folder, warehouse.path) }
        : {
            kind: warehouse.kind,
            project: warehouse.project,
            location: warehouse.location,
            impersonate: warehouse.impersonate,
            endpoint: warehouse.endpoint,
            maximumBytesBilled: warehouse.maximum_bytes_billed,
            jobTimeout: warehouse.job_timeout_seconds,
            pricePerTib: warehouse.price_per_tib,
          },
    stream: {
      path: isBucket(stream.path) ? stream.path : resolve(folder, stream.path),
      envelope: envelopeSettings(stream),
      subscription: stream.subscription,
    },
    landing: {
      kind: landing.kind,
      maxDeadLetters: landing.max_dead_letters,
      limits: {
        maxBlockBytes: landing.max_block_megabytes * 1024 ** 2,
        maxContentBytes: landing.max_file_gigabytes * 1024 ** 3,
      },
    },
    run: { concurrency: run.concurrency, retries: run.retries },
    deploy: deploy === undefined ? undefined : deploySettings(deploy),
  })
}

/** What only a loader heeds. @throws Problem or Problems (exit code 2) */
function checkLandingKeys(file: YamlFile | undefined, kind: LandingSettings['kind']): void {
  if (kind === 'loader') return
  const { landing = {} } = (file?.value ?? {}) as { readonly landing?: object }
  throwProblems(
    Object.keys(landing)
      .filter((key) => key !== 'kind')
      .map(
        (key) =>
          new Problem(`\`landing.${key}\` is for the loader; \`landing.kind\` is \`${kind}\``, {
            ...file?.placeOfKey(['landing', key]),
            hint: 'take the key away, or set `landing.kind: loader`',
            exitCode: 2,
          }),
      ),
  )
}

/** A key of the other kind would be passed over, and be meant. @throws Problem or Problems (exit code 2) */
function checkKind(file: YamlFile | undefined, kind: 'duckdb' | 'bigquery'): void {
  const { warehouse = {} } = (file?.value ?? {}) as { readonly warehouse?: object }
  const ofDuckDb = ['path']
  const wrong = Object.keys(warehouse).filter(
    (key) => key !== 'kind' && ofDuckDb.includes(key) !== (kind === 'duckdb'),
  )
  throwProblems(
    wrong.map((key) => {
      const other = kind === 'duckdb' ? 'bigquery' : 'duckdb'
      return new Problem(`\`warehouse.${key}\` is a key of kind \`${other}\`; the kind is \`${kind}\``, {
        ...file?.placeOfKey(['warehouse', key]),
        hint: `take the key away, or set \`warehouse.kind: ${other}\``,
        exitCode: 2,
      })
    }),
  )
}
