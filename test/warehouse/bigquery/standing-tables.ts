import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { type Action, targetId } from '../../../runner/project/compile/compiled-graph.ts'
import type { RecordedJob } from './recorded-jobs.ts'

/** What stands at the targets of a project's actions before a run. */
export type Standing = 'nothing' | 'all' | 'other kinds'

export interface StandingTables {
  readonly url: string
  readonly jobs: readonly RecordedJob[]
  close(): Promise<void>
}

/** The columns of every table that stands. */
const fields = [
  { name: 'id', type: 'INTEGER' },
  { name: 'day', type: 'DATE' },
  { name: 'note', type: 'STRING' },
]

/**
 * A BigQuery that has tables and accepts every job without doing it: what a client would send is seen whole, whatever its
 * SQL reads.
 */
export async function standingTables(
  actions: readonly Action[],
  standing: Standing,
): Promise<StandingTables> {
  const types = new Map(actions.flatMap((action) => typeOf(action, standing)))
  const jobs: RecordedJob[] = []
  const configurations = new Map<string, unknown>()

  function answerTo(method: string, path: string, body: Body): { status?: number; body: unknown } {
    const [, , , kind, dataset, , table] = path.split('/').map(decodeURIComponent)
    const project = decodeURIComponent(path.split('/')[2] ?? '')
    if (kind === 'jobs' && method === 'POST') {
      const { configuration, jobReference } = body
      jobs.push({
        text: configuration?.query?.query ?? '',
        labels: configuration?.labels ?? {},
        dryRun: configuration?.dryRun === true,
        configuration: configuration ?? {},
      })
      configurations.set(jobReference?.jobId ?? '', configuration)
      return { body: job(jobReference?.jobId ?? '', configuration) }
    }
    if (kind === 'jobs') return { body: job(dataset ?? '', configurations.get(dataset ?? '')) }
    if (kind === 'queries')
      return {
        body: {
          jobReference: { jobId: dataset },
          jobComplete: true,
          schema: { fields: [count] },
          rows: [{ f: [{ v: null }] }],
          totalRows: '1',
        },
      }
    if (kind !== 'datasets') return notFound
    if (dataset === undefined)
      return { body: { kind: 'bigquery#datasetList', datasets: datasetsOf(actions) } }
    if (path.endsWith('/tables'))
      return { body: { kind: 'bigquery#tableList', tables: listOf(project, dataset) } }
    if (table === undefined) return { body: { datasetReference: { datasetId: dataset }, location: 'US' } }
    const type = types.get(`${project}.${dataset}.${table}`) ?? (method === 'PATCH' ? 'TABLE' : undefined)
    if (type === undefined && !jobs.some(({ text }) => text.includes(`.${table}\``))) return notFound
    return {
      body: {
        tableReference: { projectId: project, datasetId: dataset, tableId: table },
        type: type ?? 'TABLE',
        schema: { fields },
        lastModifiedTime: '1',
      },
    }
  }

  const listOf = (project: string, dataset: string) =>
    [...types].flatMap(([id, type]) => {
      const prefix = `${project}.${dataset}.`
      return id.startsWith(prefix) ? [{ type, tableReference: { tableId: id.slice(prefix.length) } }] : []
    })

  const server = createServer((request, response) => {
    void bodyOf(request).then((body) => {
      const path = (request.url ?? '').replace(/\?.*/s, '').replace(/^\/bigquery\/v2/, '')
      const { status = 200, body: answer } = answerTo(request.method ?? '', path, body)
      response.writeHead(status, { 'content-type': 'application/json' })
      response.end(JSON.stringify(answer))
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    jobs,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

interface Body {
  readonly jobReference?: { readonly jobId?: string }
  readonly configuration?: {
    readonly query?: { readonly query?: string; readonly reservation?: string }
    readonly labels?: Readonly<Record<string, string>>
    readonly reservation?: string
    readonly dryRun?: boolean
    readonly [key: string]: unknown
  }
}

const count = { name: 'row_count', type: 'INTEGER', mode: 'NULLABLE' }

const job = (jobId: string, configuration: unknown) => ({
  kind: 'bigquery#job',
  jobReference: { jobId, projectId: 'p', location: 'US' },
  configuration,
  status: { state: 'DONE' },
  // A script may be anything; a SELECT's rows are asked for.
  statistics: { query: { statementType: 'SCRIPT', schema: { fields } } },
})

const notFound = {
  status: 404,
  body: {
    error: { code: 404, message: 'Not found', errors: [{ reason: 'notFound', message: 'Not found' }] },
  },
}

const datasetsOf = (actions: readonly Action[]) =>
  [...new Set(actions.map(({ target }) => target.schema))].map((datasetId) => ({
    id: `p:${datasetId}`,
    datasetReference: { datasetId, projectId: 'p' },
  }))

function typeOf(action: Action, standing: Standing): [string, string][] {
  if (standing === 'nothing') return []
  const other = standing === 'other kinds'
  const id = targetId(action.target)
  switch (action.kind) {
    case 'table':
    case 'incremental':
      return [[id, other ? 'VIEW' : 'TABLE']]
    case 'view':
      return [[id, action.materialized !== other ? 'MATERIALIZED_VIEW' : other ? 'TABLE' : 'VIEW']]
    case 'assertion':
      return [[id, 'VIEW']]
    default:
      return []
  }
}

async function bodyOf(message: IncomingMessage): Promise<Body> {
  const chunks: Buffer[] = []
  for await (const chunk of message as AsyncIterable<Buffer>) chunks.push(chunk)
  const text = Buffer.concat(chunks).toString('utf8')
  return text === '' ? {} : (JSON.parse(text) as Body)
}
