import { Problem } from '../../runner/problem.ts'

export interface BucketAddress {
  readonly bucket: string
  /** What all names begin with, with a `/` at its end; empty for the whole bucket. */
  readonly prefix: string
}

/**
 * Takes `gs://bucket/prefix` apart; undefined for a path that is no URL.
 *
 * @throws Problem (exit code 2) for another scheme or a bucket's name that is none
 * @example bucketAddress('gs://shop-cdc/mysql') // { bucket: 'shop-cdc', prefix: 'mysql/' }
 */
export function bucketAddress(path: string): BucketAddress | undefined {
  const scheme = /^([a-z][a-z0-9+.-]*):\/\//i.exec(path)?.[1]
  if (scheme === undefined) return undefined
  const match = /^gs:\/\/([a-z0-9][a-z0-9._-]{1,220}[a-z0-9])(?:\/(.*))?$/s.exec(path)
  if (match === null) {
    throw new Problem(`\`${path}\` is no stream: write a folder of this machine, or gs://bucket/prefix`, {
      exitCode: 2,
    })
  }
  const prefix = (match[2] ?? '').replace(/^\/+|\/+$/g, '')
  return { bucket: match[1] ?? '', prefix: prefix === '' ? '' : `${prefix}/` }
}
