import { type Answer, error, type Json, type ProxiedCall } from './proxy.ts'

interface LateJob {
  readonly body: Json
  readonly reason: string
  looks: number
}

const message = 'Error encountered during execution. Retrying the job may solve the problem.'

const jobIdOf = (body: Json | undefined): string =>
  (body?.['jobReference'] as { readonly jobId?: string } | undefined)?.jobId ?? ''

/** Jobs that the server never sees: they are accepted, are running when they are looked at, and then have failed. */
export class LateJobs {
  readonly #jobs = new Map<string, LateJob>()
  readonly #taken = new Set<string>()

  /** The server has seen the call: a job of its id is the server's, and none that is pretended. */
  passedOn({ method, path, body }: ProxiedCall): void {
    if (method === 'POST' && path.endsWith('/jobs')) this.#taken.add(jobIdOf(body))
  }

  /** @param reason why the job that the call starts is to fail; undefined: it is none of ours, unless it was before */
  answer({ method, path, body }: ProxiedCall, reason: string | undefined): Answer | undefined {
    const [, project = '', kind, id, verb] = path.split('/').slice(1) as (string | undefined)[]
    if (method === 'POST' && kind === 'jobs' && id === undefined) {
      const jobId = jobIdOf(body)
      if (this.#jobs.has(jobId)) return error(409, 'duplicate', `Already Exists: Job ${project}:US.${jobId}`)
      if (reason === undefined || jobId === '' || this.#taken.has(jobId)) return undefined
      this.#jobs.set(jobId, { body: body ?? {}, reason, looks: 0 })
      return this.#shown(jobId)
    }
    if (id === undefined || !this.#jobs.has(id)) return undefined
    if (kind === 'queries') return this.#results(id)
    if (verb === 'cancel') return this.#cancelled(id)
    return this.#shown(id)
  }

  #look(id: string): LateJob {
    const job = this.#jobs.get(id) as LateJob
    job.looks += 1
    return job
  }

  #resource(id: string): { readonly resource: Json; readonly done: boolean } {
    const { body, reason, looks } = this.#look(id)
    const done = looks > 2
    const errorResult = { reason, message }
    const query =
      (body['configuration'] as { readonly query?: { readonly query?: string } }).query?.query ?? ''
    const statementType = /;\s*\S|^\s*(?:begin|declare)\b/i.test(query) ? 'SCRIPT' : 'UNKNOWN'
    return {
      done,
      resource: {
        kind: 'bigquery#job',
        jobReference: body['jobReference'],
        configuration: body['configuration'],
        status: done ? { state: 'DONE', errorResult, errors: [errorResult] } : { state: 'RUNNING' },
        statistics: { creationTime: '0', ...(query === '' ? {} : { query: { statementType } }) },
      },
    }
  }

  #shown(id: string): Answer {
    return { status: 200, text: JSON.stringify(this.#resource(id).resource) }
  }

  #cancelled(id: string): Answer {
    return {
      status: 200,
      text: JSON.stringify({ kind: 'bigquery#jobCancelResponse', job: this.#resource(id).resource }),
    }
  }

  #results(id: string): Answer {
    const { reason, body, looks } = this.#look(id)
    if (looks > 2) return error(400, reason, message)
    return { status: 200, text: JSON.stringify({ jobReference: body['jobReference'], jobComplete: false }) }
  }
}
