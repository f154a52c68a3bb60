import { continueUpload, uploadJob } from './files/uploads.ts'
import { cancelJob, deleteJob, getJob, insertJob, listJobs } from './jobs/job-routes.ts'
import { getQueryResults, query } from './jobs/query-results.ts'
import type { ApiRequest, ApiResponse } from './request.ts'
import type { Service } from './service.ts'
import {
  deleteDataset,
  getDataset,
  insertDataset,
  listDatasets,
  listProjects,
  patchDataset,
} from './tables/dataset-routes.ts'
import {
  getPolicy,
  getServiceAccount,
  listNothing,
  setPolicy,
  testPermissions,
} from './tables/policy-routes.ts'
import {
  deleteRoutine,
  getRoutine,
  insertRoutine,
  listRoutines,
  updateRoutine,
} from './tables/routine-routes.ts'
import { deleteTable, getTable, insertTable, listTables, patchTable } from './tables/table-routes.ts'
import { insertAll, listTableData } from './tables/tabledata-routes.ts'

export type Handler = (service: Service, request: ApiRequest) => Promise<ApiResponse>

const project = '/projects/:project'
const dataset = `${project}/datasets/:dataset`
const table = `${dataset}/tables/:table`
const routine = `${dataset}/routines/:routine`

/** BigQuery's REST API v2, as far as it is here; paths without the prefix that clients put before them. */
const api: readonly (readonly [method: string, path: string, handler: Handler])[] = [
  ['GET', '/projects', listProjects],
  ['POST', `${project}/queries`, query],
  ['GET', `${project}/queries/:job`, getQueryResults],
  ['POST', `${project}/jobs`, insertJob],
  ['GET', `${project}/jobs`, listJobs],
  ['GET', `${project}/jobs/:job`, getJob],
  ['POST', `${project}/jobs/:job/cancel`, cancelJob],
  ['DELETE', `${project}/jobs/:job/delete`, deleteJob],
  ['GET', `${project}/datasets`, listDatasets],
  ['POST', `${project}/datasets`, insertDataset],
  ['GET', dataset, getDataset],
  ['PATCH', dataset, patchDataset],
  ['PUT', dataset, patchDataset],
  ['DELETE', dataset, deleteDataset],
  ['GET', `${dataset}/tables`, listTables],
  ['POST', `${dataset}/tables`, insertTable],
  ['GET', table, getTable],
  ['PATCH', table, patchTable],
  ['PUT', table, patchTable],
  ['DELETE', table, deleteTable],
  ['GET', `${table}/data`, listTableData],
  ['POST', `${table}/insertAll`, insertAll],
  ['POST', `${table}:getIamPolicy`, getPolicy],
  ['POST', `${table}:setIamPolicy`, setPolicy],
  ['POST', `${table}:testIamPermissions`, testPermissions],
  ['GET', `${table}/rowAccessPolicies`, listNothing],
  ['GET', `${dataset}/models`, listNothing],
  ['GET', `${project}/serviceAccount`, getServiceAccount],
  ['GET', `${dataset}/routines`, listRoutines],
  ['GET', routine, getRoutine],
  ['POST', `${dataset}/routines`, insertRoutine],
  ['PUT', routine, updateRoutine],
  ['DELETE', routine, deleteRoutine],
]

const uploads: readonly (readonly [method: string, path: string, handler: Handler])[] = [
  ['POST', `${project}/jobs`, uploadJob],
  ['PUT', `${project}/jobs`, continueUpload],
]

/**
 * Where clients mount the API: Node's leaves `/bigquery/v2` out where its host comes from the environment, and puts the
 * whole upload path behind whatever it was given.
 */
const prefixes: readonly (readonly [prefix: string, routes: typeof api])[] = [
  ['/bigquery/v2/upload/bigquery/v2', uploads],
  ['/upload/bigquery/v2', uploads],
  ['/resumable/upload/bigquery/v2', uploads],
  ['/bigquery/v2', api],
  ['', api],
]

export interface Route {
  readonly handler: Handler
  readonly parameters: Readonly<Record<string, string>>
}

/** What answers a call; undefined: nothing does. */
export function findRoute(method: string, path: string): Route | undefined {
  for (const [prefix, routes] of prefixes) {
    if (!path.startsWith(`${prefix}/`)) continue
    for (const [verb, pattern, handler] of routes) {
      const parameters = verb === method ? match(pattern, path.slice(prefix.length)) : undefined
      if (parameters !== undefined) return { handler, parameters }
    }
  }
  return undefined
}

function match(pattern: string, path: string): Readonly<Record<string, string>> | undefined {
  const wanted = pattern.split('/')
  const given = path.split('/')
  if (wanted.length !== given.length) return undefined
  const parameters: Record<string, string> = {}
  for (const [index, part] of wanted.entries()) {
    const found = given[index] ?? ''
    // `:table:getIamPolicy` is a name and what is done with it.
    const [, name, verb = ''] = /^:(\w+)(:\w+)?$/.exec(part) ?? []
    const own = found.endsWith(verb) ? found.slice(0, found.length - verb.length) : ''
    if (name !== undefined && own !== '') parameters[name] = decodeURIComponent(own)
    else if (part !== found) return undefined
  }
  return parameters
}
