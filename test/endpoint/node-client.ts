import { generateKeyPairSync } from 'node:crypto'
import { BigQuery } from '@google-cloud/bigquery'
import { project } from './open-endpoint.ts'

/** A service account whose key was just made: tokens are signed here and never leave the machine. */
const { privateKey } = generateKeyPairSync('rsa', {
  modulusLength: 2048,
  privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  publicKeyEncoding: { type: 'spki', format: 'pem' },
})
const credentials = {
  type: 'service_account',
  client_email: 'nobody@example.invalid',
  private_key: privateKey,
  universe_domain: 'emulator.invalid',
}

/** Google's own client of an endpoint; without credentials it would look for some on the network. */
export const nodeClient = ({ url }: { readonly url: string }): BigQuery =>
  new BigQuery({ projectId: project, apiEndpoint: url, credentials, universeDomain: 'emulator.invalid' })
