import { createHash } from 'node:crypto'
import type { Target } from '../../googlesql/target.ts'
import { notFound } from '../api-error.ts'
import { type Job, jobName } from './job.ts'

/** Values of results that are kept: what a million rows of ten columns have. The newest result is kept whatever its size. */
const mostValues = 10_000_000
/** Jobs that are remembered. */
const mostJobs = 10_000

/**
 * The jobs of this process, the newest last. Results are read from memory, as BigQuery's are from an anonymous table: the
 * oldest are given up when there are too many.
 */
export class JobStore {
  readonly #jobs = new Map<string, Job>()
  readonly #requests = new Map<string, Job>()

  add(job: Job, requestId?: string): void {
    const { projectId, jobId } = job.reference
    this.#jobs.set(keyOf(projectId, jobId), job)
    if (requestId !== undefined) this.#requests.set(keyOf(projectId, requestId), job)
    void job.done.then(() => this.#makeRoom())
  }

  find(project: string, id: string): Job | undefined {
    return this.#jobs.get(keyOf(project, id))
  }

  /** @throws ApiError `Not found: Job project:US.id` */
  get(project: string, id: string, location: string): Job {
    const job = this.find(project, id)
    if (job === undefined) throw notFound(`Job ${jobName({ projectId: project, jobId: id, location })}`)
    return job
  }

  /** The job that an earlier `jobs.query` with this `requestId` started: the client repeats a call whose answer it lost. */
  ofRequest(project: string, requestId: string): Job | undefined {
    return this.#requests.get(keyOf(project, requestId))
  }

  /** The job whose result is this anonymous table. */
  ofTable({ database, schema, name }: Target): Job | undefined {
    if (!schema.startsWith('_')) return undefined
    return [...this.#jobs.values()].find(({ outcome: { result, destination } }) => {
      if (result === undefined || destination === undefined) return false
      return destination.database === database && destination.schema === schema && destination.name === name
    })
  }

  /** The jobs of a project, newest first. */
  list(project: string): readonly Job[] {
    return [...this.#jobs.values()].filter(({ reference }) => reference.projectId === project).reverse()
  }

  remove(job: Job): void {
    const { projectId, jobId } = job.reference
    this.#jobs.delete(keyOf(projectId, jobId))
  }

  /** Interrupts what is under way and waits for its end. */
  async close(): Promise<void> {
    const running = [...this.#jobs.values()].filter(({ ended }) => ended === undefined)
    for (const job of running) job.cancel()
    await Promise.all(running.map(({ done }) => done))
  }

  #makeRoom(): void {
    let values = 0
    for (const job of [...this.#jobs.values()].reverse()) {
      const { result, ...rest } = job.outcome
      if (result === undefined) continue
      const more = result.rows.length * result.columns.length
      if (values > 0 && values + more > mostValues) {
        job.outcome = rest
        job.expired = true
      } else values += more
    }
    for (const [key, job] of this.#jobs) {
      if (this.#jobs.size <= mostJobs) break
      if (job.ended !== undefined) this.#jobs.delete(key)
    }
    for (const [key, job] of this.#requests) {
      if (this.#requests.size <= mostJobs) break
      if (job.ended !== undefined) this.#requests.delete(key)
    }
  }
}

const keyOf = (project: string, id: string) => `${project}\0${id}`

/** The anonymous table that a job's result is read from. */
export function anonymousTable(project: string, jobId: string): Target {
  const hash = (text: string) => createHash('sha256').update(text).digest('hex')
  return { database: project, schema: `_${hash(project).slice(0, 40)}`, name: `anon${hash(jobId)}` }
}
