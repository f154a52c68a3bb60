import { randomUUID } from 'node:crypto'
import { ApiError, invalid, notFound } from '../api-error.ts'
import { jobResource } from '../jobs/job-resource.ts'
import { startJob } from '../jobs/start-job.ts'
import { type ApiRequest, type ApiResponse, jsonObject } from '../request.ts'
import type { Service } from '../service.ts'

interface Upload {
  readonly project: string
  readonly job: ReturnType<typeof jsonObject>
  readonly chunks: Buffer[]
  size: number
  /** The answer of the last part, for a client that sends it again. */
  ended: Promise<ApiResponse> | undefined
}

/** As long as a client takes for one chunk and its repeats. */
const mostUploads = 1000

/** Resumable uploads that are under way. */
export class Uploads {
  readonly #uploads = new Map<string, Upload>()

  start(project: string, job: Upload['job']): string {
    const id = randomUUID()
    this.#uploads.set(id, { project, job, chunks: [], size: 0, ended: undefined })
    const [oldest] = this.#uploads.keys()
    if (this.#uploads.size > mostUploads && oldest !== undefined) this.#uploads.delete(oldest)
    return id
  }

  get(id: string): Upload {
    const upload = this.#uploads.get(id)
    if (upload === undefined) throw notFound(`Upload ${id}`)
    return upload
  }
}

/** `POST upload/…/jobs`: a load job with its bytes (`multipart`), or the start of an upload in parts (`resumable`). */
export async function uploadJob(service: Service, request: ApiRequest): Promise<ApiResponse> {
  const project = request.parameters['project'] ?? ''
  const type = request.query.get('uploadType')
  if (type === 'multipart') {
    const { job, bytes } = readMultipart(request.headers['content-type'] ?? '', await request.bytes())
    return startLoad(service, request, project, jsonObject(job), bytes)
  }
  if (type !== 'resumable')
    throw invalid(`Invalid value for uploadType: ${type ?? ''}: multipart or resumable`)
  const id = service.uploads.start(project, await request.json())
  const location = new URL(`${request.origin}${request.path}`)
  location.searchParams.set('uploadType', 'resumable')
  location.searchParams.set('upload_id', id)
  return { headers: { location: location.href } }
}

/** `PUT upload/…/jobs?upload_id=…`: a part; the last one starts the job. */
export async function continueUpload(service: Service, request: ApiRequest): Promise<ApiResponse> {
  const upload = service.uploads.get(request.query.get('upload_id') ?? '')
  const bytes = await request.bytes()
  const range = /^bytes (?:(\d+)-(\d+)|\*)\/(\d+|\*)$/.exec(request.headers['content-range'] ?? '')
  if (upload.ended !== undefined) return upload.ended
  if (range !== null && range[1] === undefined && bytes.length === 0 && range[3] !== String(upload.size))
    return incomplete(upload)
  const start = range?.[1] === undefined ? upload.size : Number(range[1])
  if (start > upload.size) return incomplete(upload)
  // A part that comes again after its answer was lost has what we know already at its head.
  const fresh = bytes.subarray(upload.size - start)
  upload.chunks.push(fresh)
  upload.size += fresh.length
  const total = range?.[3]
  if (total === '*' || (total !== undefined && upload.size < Number(total))) return incomplete(upload)
  upload.ended = startLoad(service, request, upload.project, upload.job, Buffer.concat(upload.chunks))
  upload.chunks.length = 0
  return upload.ended
}

function incomplete({ size }: Upload): ApiResponse {
  return { status: 308, headers: size === 0 ? {} : { range: `bytes=0-${size - 1}` } }
}

async function startLoad(
  service: Service,
  request: ApiRequest,
  project: string,
  job: Upload['job'],
  bytes: Buffer,
): Promise<ApiResponse> {
  const started = await startJob(service, project, job, bytes)
  if ('dryRun' in started) throw new ApiError('invalid', 'Only query jobs can be dry run')
  await started.job.wait(100)
  return { body: jobResource(started.job, request.origin) }
}

/** The two parts of `multipart/related`: a job as JSON, and bytes, whatever types they say to be of. */
export function readMultipart(
  contentType: string,
  body: Buffer,
): { readonly job: string; readonly bytes: Buffer } {
  const boundary = /boundary=(?:"([^"]+)"|([^;\s]+))/i.exec(contentType)
  const mark = boundary?.[1] ?? boundary?.[2]
  if (mark === undefined) throw invalid('a multipart upload needs a boundary in its content type')
  const separator = Buffer.from(`--${mark}`)
  const parts: Buffer[] = []
  for (let at = body.indexOf(separator); at >= 0; ) {
    const next = body.indexOf(Buffer.concat([Buffer.from('\r\n'), separator]), at + separator.length)
    if (next < 0) break
    parts.push(contentOf(body.subarray(at + separator.length, next)))
    at = next + 2
  }
  const [job, bytes] = parts
  if (job === undefined || bytes === undefined || parts.length !== 2)
    throw invalid(`a multipart upload has two parts, a job and its data; this one has ${parts.length}`)
  return { job: job.toString('utf8'), bytes }
}

/** What follows the empty line after a part's headers. */
function contentOf(part: Buffer): Buffer {
  const end = part.indexOf('\r\n\r\n')
  return end < 0 ? part.subarray(0, 0) : part.subarray(end + 4)
}
