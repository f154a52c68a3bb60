import { clientMissing } from '../../google-client.ts'

export const missing = clientMissing(
  'warehouse.kind `bigquery`',
  'BigQuery',
  '@google-cloud/bigquery google-auth-library',
)
