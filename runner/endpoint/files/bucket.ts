import { globSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { dirname, join, relative, resolve, sep } from 'node:path'
import { ApiError, invalid, notFound } from '../api-error.ts'
import type { Service } from '../service.ts'

/** An object of a bucket: its URI and the local file that stands for it. */
export interface BucketObject {
  readonly uri: string
  readonly file: string
}

/**
 * The objects of `gs://bucket/path` URIs; `*` stands for any characters, also `/`, as in BigQuery.
 *
 * @throws ApiError notFound if a URI has none
 */
export function findObjects(
  service: Pick<Service, 'bucketFolder'>,
  uris: readonly string[],
): readonly BucketObject[] {
  return uris.flatMap((uri) => {
    const { folder, path } = place(service, uri)
    if (!path.includes('*')) {
      const file = inside(folder, path)
      if (statSync(file, { throwIfNoEntry: false })?.isFile() !== true) throw notFound(`URI ${uri}`)
      return [{ uri, file }]
    }
    const found = namesLike(folder, path)
    if (found.length === 0) throw notFound(`URI ${uri}`)
    return found.map((name) => ({ uri: `gs://${bucketOf(uri)}/${name}`, file: join(folder, name) }))
  })
}

/** True if there is an object of a URI with a `*`. */
export function hasObjects(service: Pick<Service, 'bucketFolder'>, uri: string): boolean {
  const { folder, path } = place(service, uri)
  return namesLike(folder, path).length > 0
}

function namesLike(folder: string, path: string): readonly string[] {
  const pattern = new RegExp(`^${path.split('*').map(escaped).join('[\\s\\S]*')}$`)
  return globSync('**/*', { cwd: folder, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)).split(sep).join('/'))
    .filter((name) => pattern.test(name))
    .sort()
}

export const readObject = ({ file }: BucketObject): Buffer => readFileSync(file)

/** @throws ApiError for a URI of which no object can be made here */
export function checkObject(service: Pick<Service, 'bucketFolder'>, uri: string): void {
  const { folder, path } = place(service, uri)
  inside(folder, path)
}

/** Writes an object; one that is there is replaced. */
export function writeObject(service: Pick<Service, 'bucketFolder'>, uri: string, bytes: Uint8Array): void {
  const { folder, path } = place(service, uri)
  const file = inside(folder, path)
  mkdirSync(dirname(file), { recursive: true })
  writeFileSync(file, bytes)
}

const bucketOf = (uri: string): string => /^gs:\/\/([^/]+)\//.exec(uri)?.[1] ?? ''

function place(
  { bucketFolder }: Pick<Service, 'bucketFolder'>,
  uri: string,
): { readonly folder: string; readonly path: string } {
  const match = /^gs:\/\/([a-z0-9][a-z0-9._-]*)\/(.+)$/.exec(uri)
  const [, bucket = '', path = ''] = match ?? []
  if (match === null) throw invalid(`Invalid URI ${uri}: it must be gs://bucket/path`)
  if (bucketFolder === undefined)
    throw new ApiError(
      'notImplemented',
      `there is no folder for ${uri}: start the endpoint with a folder of buckets`,
    )
  return { folder: join(bucketFolder, bucket), path }
}

/** A file that cannot lie outside of its bucket, whatever the path says. */
function inside(folder: string, path: string): string {
  const file = resolve(folder, path)
  if (!file.startsWith(resolve(folder) + sep)) throw invalid(`Invalid path in a bucket: ${path}`)
  return file
}

const escaped = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
