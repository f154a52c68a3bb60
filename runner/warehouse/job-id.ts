import { createHash } from 'node:crypto'

/** What makes a job's id; a retry after a lost answer has all of it equal. */
export interface JobName {
  /** The run's own prefix. */
  readonly run: string
  /** `database.schema.name`. */
  readonly action: string
  /** Its ordinal among the action's, from 0. */
  readonly statement: number
  /** From 1; a new one is a new job. */
  readonly attempt: number
}

/**
 * The id of a job: letters, digits, `-` and `_`, at most 1,024
 * (https://cloud.google.com/bigquery/docs/reference/rest/v2/JobReference).
 *
 * @example jobId({ run: 'streamform_2026-01-31_3f9c', action: 'p.d.t', statement: 0, attempt: 1 })
 * // 'streamform_2026-01-31_3f9c_1f0b6c2a9d3e_0_1'
 */
export function jobId({ run, action, statement, attempt }: JobName): string {
  const hash = createHash('sha256').update(action).digest('hex').slice(0, 12)
  return `${run.replace(/[^\w-]/g, '-')}_${hash}_${statement}_${attempt}`
}
