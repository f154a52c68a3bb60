import type { CatalogColumn } from '../../googlesql/catalog.ts'
import type { Value } from '../../googlesql/result.ts'
import type { SqlType } from '../../googlesql/types/type.ts'
import { ApiError, invalid } from '../api-error.ts'
import type { BucketObject } from './bucket.ts'
import { guessText } from './detect-schema.ts'
import { readText, ValueError } from './read-value.ts'

/** What stands for NULL in a folder's name. */
const NULL = '__HIVE_DEFAULT_PARTITION__'

/**
 * The keys that each file's folders give below a prefix, in their order: `gs://b/t/day=2024-01-02/x`
 * below `gs://b/t` has `day`. Files without a prefix have none.
 *
 * @throws ApiError for files that are elsewhere, or have other keys than the first
 */
export function partitionsOf(
  objects: readonly BucketObject[],
  prefix: string | undefined,
): readonly ReadonlyMap<string, string>[] {
  if (prefix === undefined) return objects.map(() => new Map())
  const root = prefix.replace(/\/*$/, '/')
  const all = objects.map(({ uri }) => {
    if (!uri.startsWith(root))
      throw invalid(`the file ${uri} is not below hive_partition_uri_prefix ${prefix}`)
    const folders = uri.slice(root.length).split('/').slice(0, -1)
    return new Map(folders.map((folder) => keyOf(folder, uri)))
  })
  const [first] = all
  const names = (keys: ReadonlyMap<string, string>) => [...keys.keys()].join(', ')
  for (const [index, keys] of all.entries())
    if (first !== undefined && names(keys) !== names(first))
      throw invalid(
        `Incompatible partition schemas: ${objects[0]?.uri} has the keys (${names(first)}), ${objects[index]?.uri} (${names(keys)})`,
      )
  return all
}

function keyOf(folder: string, uri: string): readonly [string, string] {
  const [, name, value] = /^([A-Za-z_]\w*)=(.*)$/.exec(folder) ?? []
  if (name === undefined || value === undefined)
    throw invalid(`the folder ${folder} of ${uri} is no key=value of a partition`)
  if (value.includes('%'))
    throw new ApiError('notImplemented', `encoded values of partition keys are not supported locally: ${uri}`)
  return [name, value]
}

/** The columns of the keys, in the narrowest of DATE, INT64, TIMESTAMP and STRING that holds all their values. */
export function partitionColumns(files: readonly ReadonlyMap<string, string>[]): readonly CatalogColumn[] {
  return [...(files[0]?.keys() ?? [])].map((name) => {
    const values = files.map((keys) => keys.get(name) ?? NULL).filter((value) => value !== NULL)
    const kinds = new Set(values.map((value) => guessText(value).kind))
    const [kind] = kinds
    const known = kind === 'DATE' || kind === 'INT64' || kind === 'TIMESTAMP'
    return { name, type: { kind: known && kinds.size === 1 ? kind : 'STRING' } }
  })
}

/** A key's value as one of its column's type. @throws ApiError */
export function partitionValue(text: string, type: SqlType, name: string): Value {
  if (text === NULL) return null
  try {
    return readText(text, type, name)
  } catch (error) {
    if (error instanceof ValueError) throw invalid(error.message)
    throw error
  }
}
