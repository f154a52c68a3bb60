import { Problem } from '../../problem.ts'

/** The packages of Google's client are loaded when they are first needed; an installation may lack them. */
export function clientMissing(cause: unknown): never {
  if ((cause as NodeJS.ErrnoException).code !== 'ERR_MODULE_NOT_FOUND') throw cause
  throw new Problem('warehouse.kind `bigquery` needs the client of BigQuery, which is not installed', {
    hint: 'npm i @google-cloud/bigquery google-auth-library',
    cause,
  })
}
