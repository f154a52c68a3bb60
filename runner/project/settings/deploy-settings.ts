import { z } from 'zod'

/** Where and when hosted Dataform runs the project; see docs/deploy.md. */
export interface DeploySettings {
  /** The repository's id. */
  readonly repository: string
  /** The Google Cloud project of the repository; undefined: `defaultProject` of the workflow settings. */
  readonly project: string | undefined
  /** Dataform's location, such as `europe-west3`. */
  readonly region: string
  /** Whom the workflow acts as; undefined: Dataform's default service account. */
  readonly serviceAccount: string | undefined
  /** The id of the release configuration and, with the workflow's tags, of the workflow configuration. */
  readonly release: string
  /** When the repository's head is compiled anew, in cron's form; undefined: only by `streamform deploy`. */
  readonly releaseSchedule: string | undefined
  /** When the workflow runs; undefined: only when it is started. */
  readonly schedule: string | undefined
  /** Of both schedules. */
  readonly timeZone: string
  /** Only actions with one of these tags, and what they depend on; empty: all. */
  readonly tags: readonly string[]
  /** Of another server than Google's own. */
  readonly endpoint: string | undefined
}

const id = z.string().regex(/^[a-zA-Z0-9_-]{1,63}$/)
const cronField = '[0-9*,/A-Za-z-]+'
const cron = z
  .string()
  .regex(new RegExp(`^${cronField}(?: +${cronField}){4}$`))
  .describe('a schedule of five fields: `15 * * * *` is a quarter past each hour')

function isTimeZone(name: string): boolean {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions().timeZone !== ''
  } catch {
    return false
  }
}

/** The keys of `deploy`. */
export const deploySchema = {
  repository: id.describe('the id of a Dataform repository: letters, digits, `_` and `-`'),
  project: z
    .string()
    .regex(/^(?:[a-z0-9.-]+:)?[a-z][a-z0-9-]{4,28}[a-z0-9]$/)
    .describe('the id of a Google Cloud project')
    .optional(),
  region: z
    .string()
    .regex(/^[a-z]+-[a-z]+\d+$/)
    .describe("one of Dataform's locations, such as europe-west3"),
  service_account: z
    .string()
    .regex(/^[^@\s]+@[^@\s]+\.gserviceaccount\.com$/)
    .describe('the address of a service account, of @….gserviceaccount.com')
    .optional(),
  release: id.describe('an id: letters, digits, `_` and `-`').default('production'),
  release_schedule: cron.optional(),
  schedule: cron.optional(),
  time_zone: z.string().refine(isTimeZone).describe('a time zone, such as Europe/Berlin').default('UTC'),
  tags: z.array(z.string().min(1).describe('a tag')).describe('a list of tags').default([]),
  endpoint: z
    .string()
    .regex(
      /^(?:https:\/\/[a-z0-9.-]+\.googleapis\.com|http:\/\/(?:localhost|127(?:\.\d{1,3}){3})(?::\d{1,5})?)\/?$/,
    )
    .describe('https://….googleapis.com, or http://127.0.0.1:PORT')
    .optional(),
}

export const deploySettings = (
  given: Readonly<z.output<z.ZodObject<typeof deploySchema>>>,
): DeploySettings => ({
  repository: given.repository,
  project: given.project,
  region: given.region,
  serviceAccount: given.service_account,
  release: given.release,
  releaseSchedule: given.release_schedule,
  schedule: given.schedule,
  timeZone: given.time_zone,
  tags: given.tags,
  endpoint: given.endpoint,
})
