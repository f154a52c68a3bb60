import { createHash } from 'node:crypto'
import pLimit from 'p-limit'
import { Problem } from '../problem.ts'
import type { Tree } from './clean-tree.ts'
import { type DataformClient, isNotFound, isOutdated } from './service.ts'

/** What a repository's head holds. */
export interface RepositoryHead {
  /** undefined: nothing has been committed yet. */
  readonly commit: string | undefined
  readonly files: Tree
}

export interface FileChange {
  readonly path: string
  readonly change: 'added' | 'changed' | 'removed'
}

const readsAtOnce = 8

/** The newest commit of a repository and all its files. */
export async function readHead(client: DataformClient, repository: string): Promise<RepositoryHead> {
  const commit = await headOf(client, repository)
  if (commit === undefined) return { commit, files: new Map() }
  const paths = await filesOf(client, repository, commit, '')
  const limit = pLimit(readsAtOnce)
  const files = await Promise.all(
    paths.map((path) =>
      limit(async (): Promise<[string, Uint8Array]> => {
        const [{ contents }] = await client.readRepositoryFile({ name: repository, commitSha: commit, path })
        return [path, bytesOf(contents)]
      }),
    ),
  )
  return { commit, files: new Map(files) }
}

async function headOf(client: DataformClient, repository: string): Promise<string | undefined> {
  try {
    const [commits] = await client.fetchRepositoryHistory(
      { name: repository, pageSize: 1 },
      { autoPaginate: false },
    )
    return commits[0]?.commitSha ?? undefined
  } catch (error) {
    if (isNotFound(error)) return undefined
    throw error
  }
}

async function filesOf(
  client: DataformClient,
  name: string,
  commitSha: string,
  path: string,
): Promise<readonly string[]> {
  const [entries] = await client.queryRepositoryDirectoryContents({ name, commitSha, path })
  const found: string[] = []
  for (const { file, directory } of entries) {
    if (file !== undefined && file !== null && file !== '') found.push(joined(path, file))
    else if (directory !== undefined && directory !== null && directory !== '')
      found.push(...(await filesOf(client, name, commitSha, joined(path, directory))))
  }
  return found
}

/** Entries are named below their folder. */
const joined = (folder: string, name: string): string =>
  folder === '' || name.startsWith(`${folder}/`) ? name : `${folder}/${name}`

const bytesOf = (contents: Uint8Array | string | null | undefined): Uint8Array =>
  typeof contents === 'string' ? Buffer.from(contents, 'base64') : new Uint8Array(contents ?? [])

/** What a commit would change, by path. */
export function fileChanges(present: Tree, wanted: Tree): readonly FileChange[] {
  const changes: FileChange[] = []
  for (const [path, content] of wanted) {
    const before = present.get(path)
    if (before === undefined) changes.push({ path, change: 'added' })
    else if (Buffer.compare(before, content) !== 0) changes.push({ path, change: 'changed' })
  }
  for (const path of present.keys()) if (!wanted.has(path)) changes.push({ path, change: 'removed' })
  return changes.sort((left, right) => (left.path < right.path ? -1 : 1))
}

/**
 * Commits the changes on the head that they were worked out against.
 *
 * @returns the new commit
 * @throws Problem if somebody else has committed since
 */
export async function commitFiles(
  client: DataformClient,
  repository: string,
  head: RepositoryHead,
  changes: readonly FileChange[],
  tree: Tree,
): Promise<string> {
  const fileOperations = Object.fromEntries(
    changes.map(({ path, change }) => [
      path,
      change === 'removed'
        ? { deleteFile: {} }
        : { writeFile: { contents: tree.get(path) ?? new Uint8Array() } },
    ]),
  )
  try {
    const [{ commitSha }] = await client.commitRepositoryChanges({
      name: repository,
      commitMetadata: {
        author: { name: 'streamform', emailAddress: 'streamform@localhost' },
        commitMessage: `streamform deploy of tree ${treeHash(tree)}`,
      },
      fileOperations,
      ...(head.commit === undefined ? {} : { requiredHeadCommitSha: head.commit }),
    })
    if (commitSha !== undefined && commitSha !== null && commitSha !== '') return commitSha
    return (await headOf(client, repository)) ?? ''
  } catch (error) {
    if (!isOutdated(error)) throw error
    throw new Problem('somebody else has committed to the repository meanwhile', {
      cause: error,
      transient: true,
      hint: 'look at what it is (`streamform deploy --dry-run`), and deploy again',
    })
  }
}

/** Twelve digits that are the same for the same files. */
export function treeHash(tree: Tree): string {
  const hash = createHash('sha256')
  for (const [path, content] of [...tree].sort(([left], [right]) => (left < right ? -1 : 1)))
    hash.update(`${path}\0${content.length}\0`).update(content)
  return hash.digest('hex').slice(0, 12)
}
