import { z } from 'zod'

/**
 * What a run did: `run_results.json` of its folder, what `run --json` prints and what the function `run` gives. The
 * JSON schema in `docs/run_results.schema.json` is made from this file, and a test holds them together.
 */
const target = z.object({ database: z.string(), schema: z.string(), name: z.string() })

const count = z.number().int().nonnegative()

export const statementResultSchema = z.object({
  text: z.string().describe('the GoogleSQL that was sent, one statement or a script'),
  statementType: z.string().describe("BigQuery's name for it: CREATE_TABLE_AS_SELECT, MERGE, SCRIPT …"),
  seconds: z.number().nonnegative(),
  rows: count.nullable().describe('rows written, where the warehouse can tell'),
  bytesBilled: count.nullable(),
  job: z
    .object({
      id: z.string(),
      bytesProcessed: count.nullable(),
      slotMs: count.nullable().describe('milliseconds of one slot'),
      cacheHit: z.boolean().nullable(),
    })
    .nullable()
    .default(null)
    .describe("BigQuery's job; null on an embedded warehouse"),
})

export const runErrorSchema = z.object({
  message: z.string(),
  hint: z.string().nullable().describe('what to do about it'),
  file: z.string().nullable(),
  line: count.nullable().describe('from 1'),
  column: count.nullable().describe('from 1'),
})

export const actionStatuses = [
  'pending',
  'running',
  'succeeded',
  'failed',
  'skipped',
  'disabled',
  'cancelled',
] as const

export const actionResultSchema = z.object({
  id: z.string().describe('database.schema.name'),
  target,
  kind: z.enum(['table', 'view', 'incremental', 'operations', 'assertion']),
  file: z.string().describe('the file that defines it, relative to the project'),
  status: z
    .enum(actionStatuses)
    .describe(
      'skipped: something that it needs failed; cancelled: the run was stopped first; pending: not reached yet',
    ),
  deed: z
    .enum(['create', 'replace', 'insert', 'merge', 'overwrite', 'check', 'operate', 'nothing'])
    .nullable()
    .describe('what was done to the target; null if it was not planned'),
  why: z.string().nullable(),
  startedAt: z.iso.datetime().nullable(),
  endedAt: z.iso.datetime().nullable(),
  seconds: z.number().nonnegative().nullable(),
  attempts: count.describe('how often it was tried; 0: not at all'),
  rows: count.nullable().describe('rows written; of an assertion the rows that fail it'),
  bytesBilled: count.nullable(),
  statements: z.array(statementResultSchema).readonly().describe('those that ended, of the last attempt'),
  underWay: z
    .object({
      job: z.string(),
      text: z.string(),
      last: z.boolean().describe("it is the action's last statement"),
    })
    .nullable()
    .default(null)
    .describe('the job of which it is not known what came of it; resume asks BigQuery first'),
  error: runErrorSchema.nullable(),
  skippedBecause: z.string().nullable().describe('the id of the action whose failure was the first cause'),
  warnings: z.array(z.string()).readonly(),
})

export const runResultsSchema = z.object({
  formatVersion: z.literal(1),
  id: z.string(),
  command: z.enum(['run', 'build', 'resume']),
  status: z
    .enum(['running', 'succeeded', 'failed', 'cancelled'])
    .describe('running, of a run that is over: it was killed'),
  warehouse: z.enum(['duckdb', 'bigquery']),
  startedAt: z.iso.datetime(),
  endedAt: z.iso.datetime().nullable(),
  seconds: z.number().nonnegative().nullable(),
  fullRefresh: z.boolean(),
  select: z.array(z.string()).readonly(),
  exclude: z.array(z.string()).readonly(),
  vars: z.record(z.string(), z.string()).readonly().describe('given on the command line'),
  resumes: z.string().nullable().describe('the id of the run that this one resumed'),
  actions: z.array(actionResultSchema).readonly().describe('in the order in which they can run'),
})

export type ActionStatus = (typeof actionStatuses)[number]
export type RunError = Readonly<z.output<typeof runErrorSchema>>
export type ExecutedStatement = Readonly<z.output<typeof statementResultSchema>>
export type ActionResult = Readonly<z.output<typeof actionResultSchema>>
export type RunResults = Readonly<z.output<typeof runResultsSchema>>

/** The JSON schema of `run_results.json`. */
export const runResultsJsonSchema = (): object => ({
  title: 'run_results.json of streamform',
  ...z.toJSONSchema(runResultsSchema),
})

/** How many actions have each status; statuses that none has are left out. */
export function statusCounts(actions: readonly ActionResult[]): ReadonlyMap<ActionStatus, number> {
  const counts = new Map<ActionStatus, number>()
  for (const { status } of actions) counts.set(status, (counts.get(status) ?? 0) + 1)
  return counts
}
