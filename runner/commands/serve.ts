import { once } from 'node:events'
import { existsSync, mkdirSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { defaultEffects } from '../default-effects.ts'
import type { Effects } from '../effects.ts'
import { startEndpoint } from '../endpoint/endpoint.ts'
import { Problem } from '../problem.ts'
import { defineCommand, type ProjectOptions } from './command.ts'
import { defaultProjectOf, projectFolder, readProject } from './context.ts'

export interface ServeOptions extends ProjectOptions {
  /** 0: any free one. Default 9050. */
  readonly port?: number | undefined
  /** A DuckDB file or `:memory:`; undefined: the project's warehouse. */
  readonly warehouse?: string | undefined
  /** Calls must bear it; undefined: any credentials and none will do. */
  readonly token?: string | undefined
  /** The folder whose folders are the buckets of `gs://` URIs; undefined: there are none. */
  readonly buckets?: string | undefined
  /** True: a line on standard error for each call. */
  readonly log?: boolean | undefined
}

export interface ServeResult {
  readonly url: string
  /** Calls that were answered. */
  readonly calls: number
}

/**
 * Serves BigQuery's REST API over the embedded warehouse until `effects.signal` is aborted. To start and stop it from
 * code, `startEndpoint` of `runner/endpoint/endpoint.ts` gives a URL and a `close`.
 *
 * @throws Problem for a port that is taken or a warehouse that does not open
 */
export async function serve(
  options: ServeOptions = {},
  effects: Effects = defaultEffects(),
): Promise<ServeResult> {
  const { path, defaultProject } = await warehouseOf(options, effects)
  const { openDuckDbWarehouse } = await import('../warehouse/duckdb/warehouse.ts')
  const warehouse = await openDuckDbWarehouse({ path, defaultProject })
  let calls = 0
  try {
    const endpoint = await startEndpoint({
      warehouse,
      port: options.port ?? 9050,
      token: options.token,
      bucketFolder:
        options.buckets === undefined ? undefined : resolve(effects.workingFolder, options.buckets),
      now: effects.now,
      onAnswer: (line) => {
        calls += 1
        if (options.log === true) effects.note(line)
      },
    })
    try {
      effects.note(`${endpoint.url} answers as BigQuery; Ctrl-C ends it`)
      effects.note(`  Node, Dataform, Python: export BIGQUERY_EMULATOR_HOST=${endpoint.url}`)
      effects.note(`  dbt: api_endpoint: ${endpoint.url}`)
      if (!effects.signal.aborted) await once(effects.signal, 'abort')
      return { url: endpoint.url, calls }
    } finally {
      await endpoint.close()
    }
  } finally {
    await warehouse.close()
  }
}

/** The project's own warehouse, or the one that was named; a folder that holds no project will do for the latter. */
async function warehouseOf(
  options: ServeOptions,
  effects: Effects,
): Promise<{ readonly path: string; readonly defaultProject: string }> {
  const { warehouse } = options
  const folder = projectFolder(options, effects)
  const isProject = ['workflow_settings.yaml', 'dataform.json'].some((file) => existsSync(join(folder, file)))
  if (warehouse !== undefined && !isProject && options.project === undefined)
    return { path: absolute(warehouse, effects), defaultProject: 'streamform-local' }
  const project = await readProject(options, effects)
  const { warehouse: settings } = project.settings
  if (settings.kind !== 'duckdb' && warehouse === undefined)
    throw new Problem('there is no embedded warehouse to serve: the project is built on BigQuery', {
      hint: 'name a DuckDB file with --warehouse, or :memory:',
      exitCode: 2,
    })
  const own = settings.kind === 'duckdb' ? settings.path : ':memory:'
  if (warehouse === undefined && dirname(own) === join(project.folder, '.streamform'))
    mkdirSync(dirname(own), { recursive: true })
  return {
    path: warehouse === undefined ? own : absolute(warehouse, effects),
    defaultProject: defaultProjectOf(project),
  }
}

const absolute = (path: string, { workingFolder }: Effects): string =>
  path === ':memory:' ? path : resolve(workingFolder, path)

export const command = defineCommand({
  flags: {
    port: { type: 'number', describe: 'the port; 0: any that is free [default: 9050]' },
    warehouse: { type: 'string', describe: "a DuckDB file, or :memory: [default: the project's warehouse]" },
    token: { type: 'string', describe: 'what calls must bear; without it any credentials will do' },
    buckets: { type: 'string', describe: 'the folder whose folders are the buckets of gs:// URIs' },
    log: { type: 'boolean', describe: 'print a line for each call' },
  },
  examples: [
    ['serve', "the project's tables, for BigQuery's clients on this machine"],
    ['serve --warehouse :memory: --port 0', 'an empty warehouse on any free port'],
  ],
  options: ({ project, port, warehouse, token, buckets, log }): ServeOptions => {
    if (port !== undefined && !(Number.isInteger(port) && port >= 0 && port <= 65_535))
      throw new Problem('`--port` takes a whole number from 0 to 65535', { exitCode: 2 })
    if (token === '') throw new Problem('`--token` takes a text that is not empty', { exitCode: 2 })
    return { project, port, warehouse, token, buckets, log }
  },
  run: serve,
  text: ({ calls }) => `${calls} calls answered`,
})
