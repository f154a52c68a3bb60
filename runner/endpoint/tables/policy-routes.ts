import { ApiError } from '../api-error.ts'
import { etagOf } from '../jobs/job.ts'
import { listAt } from '../json.ts'
import type { ApiRequest, ApiResponse } from '../request.ts'
import { callerEmail, type Service } from '../service.ts'
import { checkTable } from './table-routes.ts'

/** `POST tables/{T}:getIamPolicy`: nobody is granted or denied anything here. */
export async function getPolicy(service: Service, request: ApiRequest): Promise<ApiResponse> {
  await checkTable(service, request)
  return { body: { version: 1, etag: etagOf([]) } }
}

/** `POST tables/{T}:setIamPolicy`: what would not be enforced is not taken. */
export async function setPolicy(service: Service, request: ApiRequest): Promise<ApiResponse> {
  await checkTable(service, request)
  throw new ApiError('notImplemented', 'IAM policies are not supported locally: everybody may do everything')
}

/** `POST tables/{T}:testIamPermissions`: every one that is asked about. */
export async function testPermissions(service: Service, request: ApiRequest): Promise<ApiResponse> {
  await checkTable(service, request)
  return { body: { permissions: listAt(await request.json(), 'permissions') } }
}

/** `GET serviceAccount`: who reads buckets in the project's name. */
export async function getServiceAccount(): Promise<ApiResponse> {
  return { body: { kind: 'bigquery#getServiceAccountResponse', email: callerEmail } }
}

/** `GET models`, `GET rowAccessPolicies`: there are none. */
export async function listNothing(): Promise<ApiResponse> {
  return { body: {} }
}
