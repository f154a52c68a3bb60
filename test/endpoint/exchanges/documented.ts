/** A method of BigQuery's REST API v2 as its reference has it (https://cloud.google.com/bigquery/docs/reference/rest). */
export interface Method {
  /** As the discovery document names it: `jobs.insert`. */
  readonly name: string
  readonly verb: string
  /** Below `/bigquery/v2`, with `*` for what stands for a name. */
  readonly path: string
  /** The type of the call's body; undefined: it has none. */
  readonly sent?: string
  /** The type of the answer's; undefined: it is empty. */
  readonly answer?: string
  /** Whether the document has parameters for it, beside those of every method. */
  readonly parameters?: string
}

const method = (
  [name, verb, path]: readonly [name: string, verb: string, path: string],
  types: Pick<Method, 'sent' | 'answer' | 'parameters'> = {},
): Method => ({ name, verb, path, ...types })

const dataset = 'projects/*/datasets/*'
const table = `${dataset}/tables/*`

export const methods: readonly Method[] = [
  method(['projects.list', 'GET', 'projects'], {
    answer: 'IProjectList',
    parameters: 'projects.IListParams',
  }),
  method(['projects.getServiceAccount', 'GET', 'projects/*/serviceAccount'], {
    answer: 'IGetServiceAccountResponse',
  }),
  method(['jobs.query', 'POST', 'projects/*/queries'], { sent: 'IQueryRequest', answer: 'IQueryResponse' }),
  method(['jobs.getQueryResults', 'GET', 'projects/*/queries/*'], {
    answer: 'IGetQueryResultsResponse',
    parameters: 'jobs.IGetQueryResultsParams',
  }),
  method(['jobs.insert', 'POST', 'projects/*/jobs'], { sent: 'IJob', answer: 'IJob' }),
  method(['jobs.list', 'GET', 'projects/*/jobs'], { answer: 'IJobList', parameters: 'jobs.IListParams' }),
  method(['jobs.get', 'GET', 'projects/*/jobs/*'], { answer: 'IJob', parameters: 'jobs.IGetParams' }),
  method(['jobs.cancel', 'POST', 'projects/*/jobs/*/cancel'], {
    answer: 'IJobCancelResponse',
    parameters: 'jobs.ICancelParams',
  }),
  method(['jobs.delete', 'DELETE', 'projects/*/jobs/*/delete'], { parameters: 'jobs.IDeleteParams' }),
  method(['datasets.list', 'GET', 'projects/*/datasets'], {
    answer: 'IDatasetList',
    parameters: 'datasets.IListParams',
  }),
  method(['datasets.insert', 'POST', 'projects/*/datasets'], {
    sent: 'IDataset',
    answer: 'IDataset',
    parameters: 'datasets.IInsertParams',
  }),
  method(['datasets.get', 'GET', dataset], { answer: 'IDataset', parameters: 'datasets.IGetParams' }),
  method(['datasets.patch', 'PATCH', dataset], {
    sent: 'IDataset',
    answer: 'IDataset',
    parameters: 'datasets.IPatchParams',
  }),
  method(['datasets.update', 'PUT', dataset], {
    sent: 'IDataset',
    answer: 'IDataset',
    parameters: 'datasets.IUpdateParams',
  }),
  method(['datasets.delete', 'DELETE', dataset], { parameters: 'datasets.IDeleteParams' }),
  method(['tables.list', 'GET', `${dataset}/tables`], {
    answer: 'ITableList',
    parameters: 'tables.IListParams',
  }),
  method(['tables.insert', 'POST', `${dataset}/tables`], { sent: 'ITable', answer: 'ITable' }),
  method(['tables.get', 'GET', table], { answer: 'ITable', parameters: 'tables.IGetParams' }),
  method(['tables.patch', 'PATCH', table], {
    sent: 'ITable',
    answer: 'ITable',
    parameters: 'tables.IPatchParams',
  }),
  method(['tables.update', 'PUT', table], {
    sent: 'ITable',
    answer: 'ITable',
    parameters: 'tables.IUpdateParams',
  }),
  method(['tables.delete', 'DELETE', table]),
  method(['tabledata.list', 'GET', `${table}/data`], {
    answer: 'ITableDataList',
    parameters: 'tabledata.IListParams',
  }),
  method(['tabledata.insertAll', 'POST', `${table}/insertAll`], {
    sent: 'ITableDataInsertAllRequest',
    answer: 'ITableDataInsertAllResponse',
  }),
  method(['tables.getIamPolicy', 'POST', `${table}:getIamPolicy`], {
    sent: 'IGetIamPolicyRequest',
    answer: 'IPolicy',
  }),
  method(['tables.setIamPolicy', 'POST', `${table}:setIamPolicy`], {
    sent: 'ISetIamPolicyRequest',
    answer: 'IPolicy',
  }),
  method(['tables.testIamPermissions', 'POST', `${table}:testIamPermissions`], {
    sent: 'ITestIamPermissionsRequest',
    answer: 'ITestIamPermissionsResponse',
  }),
  method(['rowAccessPolicies.list', 'GET', `${table}/rowAccessPolicies`], {
    answer: 'IListRowAccessPoliciesResponse',
    parameters: 'rowAccessPolicies.IListParams',
  }),
  method(['models.list', 'GET', `${dataset}/models`], {
    answer: 'IListModelsResponse',
    parameters: 'models.IListParams',
  }),
  method(['routines.list', 'GET', `${dataset}/routines`], {
    answer: 'IListRoutinesResponse',
    parameters: 'routines.IListParams',
  }),
  method(['routines.get', 'GET', `${dataset}/routines/*`], {
    answer: 'IRoutine',
    parameters: 'routines.IGetParams',
  }),
  method(['routines.insert', 'POST', `${dataset}/routines`], { sent: 'IRoutine', answer: 'IRoutine' }),
  method(['routines.update', 'PUT', `${dataset}/routines/*`], { sent: 'IRoutine', answer: 'IRoutine' }),
  method(['routines.delete', 'DELETE', `${dataset}/routines/*`]),
]

/** Parameters of every method (https://cloud.google.com/apis/docs/system-parameters). */
export const systemParameters = [
  'alt',
  'fields',
  'key',
  'prettyPrint',
  'quotaUser',
  'uploadType',
  'upload_id',
]

const job = [
  'kind=bigquery#job',
  'id',
  'etag',
  'selfLink',
  'user_email',
  'configuration.jobType',
  'jobReference.projectId',
  'jobReference.location',
  'status.state',
  'statistics.creationTime',
]

/** Fields that an answer has whatever was asked: those that the reference says so of, and those that clients cannot do without. */
export const always: Readonly<Record<string, readonly string[]>> = {
  IJob: job,
  IJobList: ['kind=bigquery#jobList', 'etag'],
  IJobCancelResponse: ['kind=bigquery#jobCancelResponse', ...job.map((path) => `job.${path}`)],
  IQueryResponse: ['kind=bigquery#queryResponse', 'jobReference.projectId', 'jobComplete'],
  IGetQueryResultsResponse: [
    'kind=bigquery#getQueryResultsResponse',
    'etag',
    'jobReference.jobId',
    'jobComplete',
  ],
  IDataset: [
    'kind=bigquery#dataset',
    'id',
    'etag',
    'selfLink',
    'datasetReference.projectId',
    'location',
    'type',
    'access',
    'creationTime',
    'lastModifiedTime',
  ],
  IDatasetList: ['kind=bigquery#datasetList', 'etag'],
  ITable: [
    'kind=bigquery#table',
    'id',
    'etag',
    'selfLink',
    'tableReference.projectId',
    'type',
    'location',
    'creationTime',
    'lastModifiedTime',
    'schema.fields',
  ],
  ITableList: ['kind=bigquery#tableList', 'etag', 'totalItems'],
  ITableDataList: ['kind=bigquery#tableDataList', 'etag', 'totalRows'],
  ITableDataInsertAllResponse: ['kind=bigquery#tableDataInsertAllResponse'],
  IProjectList: ['kind=bigquery#projectList', 'etag', 'totalItems'],
  IGetServiceAccountResponse: ['kind=bigquery#getServiceAccountResponse', 'email'],
  IPolicy: ['etag', 'version'],
  IRoutine: [
    'etag',
    'routineReference.routineId',
    'routineType',
    'language',
    'definitionBody',
    'creationTime',
    'lastModifiedTime',
  ],
}

/** What of an answer stands whenever something else does: `[where this is, this is too]`. */
export const together: Readonly<Record<string, readonly (readonly [where: string, also: string])[]>> = {
  IJob: [
    ['jobReference.jobId', 'statistics.startTime'],
    ['status.state=DONE', 'statistics.endTime'],
    ['status.errorResult', 'status.errors'],
    ['configuration.jobType=QUERY', 'statistics.query'],
    ['statistics.query.statementType', 'statistics.query.totalBytesProcessed'],
    ['statistics.query.statementType', 'statistics.query.totalBytesBilled'],
    ['statistics.query.statementType', 'statistics.query.cacheHit'],
  ],
  IQueryResponse: [
    ['jobReference.jobId', 'jobCreationReason.code'],
    ['jobReference.jobId', 'queryId'],
    // A dry run has a schema alone.
    ['rows', 'totalRows'],
    ['rows', 'schema'],
    ['jobComplete=true', 'totalBytesProcessed'],
    ['jobComplete=true', 'cacheHit'],
  ],
  IGetQueryResultsResponse: [
    ['schema', 'totalRows'],
    ['rows', 'schema'],
    ['jobComplete=true', 'totalBytesProcessed'],
    ['jobComplete=true', 'cacheHit'],
  ],
  ITable: [
    ['type=TABLE', 'numRows'],
    ['type=TABLE', 'numBytes'],
    ['type=TABLE', 'numLongTermBytes'],
    ['type=VIEW', 'view.query'],
    ['type=EXTERNAL', 'externalDataConfiguration.sourceFormat'],
  ],
}

/** HTTP statuses of reasons (https://cloud.google.com/bigquery/docs/error-messages), and of some that Google's APIs have in common. */
export const reasons: Readonly<Record<string, number>> = {
  accessDenied: 403,
  bytesBilledLimitExceeded: 400,
  conditionNotMet: 412,
  duplicate: 409,
  invalid: 400,
  invalidQuery: 400,
  jobBackendError: 400,
  notFound: 404,
  notImplemented: 501,
  parseError: 400,
  required: 400,
  resourceInUse: 400,
  responseTooLarge: 403,
  // Documented with 200, that of the job's own answer; clients take an answer of results for a result if it is no error.
  stopped: 400,
}

/** google.rpc's codes (https://cloud.google.com/apis/design/errors) of HTTP statuses; 412 has the one of a condition. */
export const codes: Readonly<Record<number, string>> = {
  400: 'INVALID_ARGUMENT',
  403: 'PERMISSION_DENIED',
  404: 'NOT_FOUND',
  409: 'ALREADY_EXISTS',
  412: 'FAILED_PRECONDITION',
  501: 'UNIMPLEMENTED',
}
