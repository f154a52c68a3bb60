import { isUtf8 } from 'node:buffer'
import { createHash } from 'node:crypto'
import {
  closeSync,
  type Dirent,
  fstatSync,
  lstatSync,
  openSync,
  read,
  readdirSync,
  readSync,
  realpathSync,
  statSync,
} from 'node:fs'
import { resolve, sep } from 'node:path'
import { promisify } from 'node:util'
import { Problem } from '../../runner/problem.ts'
import { ObjectChanged, StoreFailure } from './object-changed.ts'
import type { ObjectReader, ObjectStore, StoredObject } from './store.ts'

const pageSize = 1000
const slash = Buffer.from('/')
const pieceSize = 4 * 1024 * 1024

/**
 * A folder of change files, with all folders below it. Symbolic links are followed within the root; one that leads out
 * of it is listed as refused.
 *
 * @example for await (const page of localStore('.streamform/stream').list()) …
 */
export function localStore(folder: string): ObjectStore {
  const root = resolve(folder)
  return {
    place: root,
    list: () => pagesOf(root),
    stat: async (name) => statObject(root, realRoot(root), name),
    read: (object) => readObject(root, object),
    isVersionOf,
    recheck: (object, generation) => recheck(root, object, generation),
  }
}

function realRoot(root: string): string {
  try {
    const real = realpathSync(root)
    if (statSync(real).isDirectory()) return real
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code !== 'ENOENT' && code !== 'ENOTDIR') throw readingProblem(root, error)
    throw new Problem('the stream folder does not exist', {
      file: root,
      hint: 'run `streamform sample` to write one, or set `stream: path:` in streamform.yaml',
    })
  }
  throw new Problem('the stream must be a folder, this is a file', {
    file: root,
    hint: 'set `stream: path:` in streamform.yaml to the folder that holds it',
  })
}

function readingProblem(path: string, error: unknown): Problem {
  return new Problem(`cannot be read: ${(error as Error).message}`, { file: path, cause: error })
}

async function* pagesOf(root: string): AsyncIterable<readonly StoredObject[]> {
  const real = realRoot(root)
  let page: StoredObject[] = []
  for (const object of walk(real, real, '')) {
    page.push(object)
    if (page.length < pageSize) continue
    yield page
    page = []
  }
  if (page.length > 0) yield page
}

/** Objects below a folder in the order of their whole names: `a-b` comes before `a/b`, for `-` comes before `/`. */
function* walk(root: string, folder: string, prefix: string): Generator<StoredObject> {
  let entries: Dirent<Buffer>[]
  try {
    entries = readdirSync(folder, { withFileTypes: true, encoding: 'buffer' })
  } catch (error) {
    throw readingProblem(folder, error)
  }
  const sorted = entries
    .map((entry) => ({ entry, key: entry.isDirectory() ? Buffer.concat([entry.name, slash]) : entry.name }))
    .sort((left, right) => Buffer.compare(left.key, right.key))
  for (const { entry } of sorted) {
    const own = entry.name.toString('utf8')
    const name = `${prefix}${own}`
    if (!isUtf8(entry.name)) yield { name, bytes: 0, version: 'refused', refused: 'its name is not UTF-8' }
    else if (entry.isDirectory()) yield* walk(root, `${folder}${sep}${own}`, `${name}/`)
    else {
      const object = entry.isFile() ? statFile(root, name) : statObject(root, root, name)
      if (object !== undefined) yield object
    }
  }
}

/** A plain file in a folder that is no link: it needs no look at where its path leads. */
function statFile(root: string, name: string): StoredObject | undefined {
  const path = `${root}${sep}${name}`
  try {
    const stat = lstatSync(path, { bigint: true })
    return stat.isFile()
      ? { name, bytes: Number(stat.size), version: versionOf(stat) }
      : statObject(root, root, name)
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code === 'ENOENT') return undefined
    throw readingProblem(path, error)
  }
}

/** undefined for what is no file: sockets, links to nowhere, files that went away meanwhile. */
function statObject(root: string, real: string, name: string): StoredObject | undefined {
  const path = pathWithin(root, name)
  try {
    const target = realpathSync(path)
    if (target !== real && !target.startsWith(`${real}${sep}`)) {
      return {
        name,
        bytes: 0,
        version: 'refused',
        refused: 'a symbolic link that leads out of the stream folder',
      }
    }
    const stat = statSync(target, { bigint: true })
    if (stat.isDirectory() && target !== path) {
      return {
        name,
        bytes: 0,
        version: 'refused',
        refused: 'a symbolic link to a folder, which is not followed',
      }
    }
    if (!stat.isFile()) return undefined
    return { name, bytes: Number(stat.size), version: versionOf(stat) }
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code === 'ENOENT') return undefined
    throw readingProblem(path, error)
  }
}

/** @throws Problem for a name that leads out of the root */
function pathWithin(root: string, name: string): string {
  const path = resolve(root, name)
  if (path.startsWith(`${root}${sep}`) && !name.includes('\0')) return path
  throw new Problem(`the object's name leads out of the stream folder: ${JSON.stringify(name)}`, {
    file: root,
  })
}

interface Stat {
  readonly size: bigint
  readonly mtimeNs: bigint
  readonly ctimeNs: bigint
}

function versionOf({ size, mtimeNs, ctimeNs }: Stat): string {
  return `${size}-${mtimeNs}-${ctimeNs}`
}

/** `<size>-<mtime>-<ctime>-<hash>`; ledgers have generations without the ctime, too. */
function isVersionOf(generation: string, version: string): boolean {
  const parts = generation.split('-').slice(0, -1)
  return parts.length > 1 && version.split('-', parts.length).join('-') === parts.join('-')
}

/** Files get another ctime by being moved, or given other rights: a file of the same size and mtime is looked into. */
async function recheck(root: string, object: StoredObject, generation: string): Promise<string | undefined> {
  const [size, mtime] = object.version.split('-')
  if (!generation.startsWith(`${size}-${mtime}-`)) return undefined
  const { pieces, generation: read } = readObject(root, object)
  try {
    for await (const _piece of pieces);
    return read().split('-').at(-1) === generation.split('-').at(-1) ? read() : undefined
  } catch (error) {
    if (error instanceof ObjectChanged || error instanceof StoreFailure) return undefined // told where it is landed
    throw error
  }
}

function readObject(root: string, object: StoredObject): ObjectReader {
  const hash = createHash('sha256')
  let complete = false
  async function* pieces(): AsyncIterable<Uint8Array> {
    const path = pathWithin(root, object.name)
    const file = open(path, object)
    let done = 0
    try {
      checkUnchanged(file, object)
      const piece = Buffer.allocUnsafe(Math.min(pieceSize, Math.max(object.bytes, 1)))
      for (;;) {
        // Most files are one piece: at once. Waiting for the pieces of a longer one lets the warehouse's answers through.
        const between = done > 0 && done < object.bytes
        const size = between ? await readNext(file, piece, object) : readPiece(file, piece, object)
        if (size === 0) break
        done += size
        // One that grows as fast as it is read would never end.
        if (done > object.bytes) throw new ObjectChanged(object, 'it has grown')
        hash.update(piece.subarray(0, size))
        yield piece.subarray(0, size)
      }
      checkUnchanged(file, object)
      complete = true
    } finally {
      closeSync(file)
    }
  }
  return {
    pieces: pieces(),
    generation: () => {
      if (!complete) throw new Error('the generation is known once all has been read')
      return `${object.version}-${hash.copy().digest('hex')}`
    },
  }
}

function open(path: string, object: StoredObject): number {
  try {
    return openSync(path, 'r')
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException
    throw code === 'ENOENT'
      ? new ObjectChanged(object, 'it is gone')
      : new StoreFailure(`cannot be read: ${message}`, { file: object.name, cause: error })
  }
}

function readPiece(file: number, piece: Buffer, object: StoredObject): number {
  try {
    return readSync(file, piece, 0, piece.length, null)
  } catch (error) {
    throw unreadObject(object, error)
  }
}

const readLater = promisify(read)

async function readNext(file: number, piece: Buffer, object: StoredObject): Promise<number> {
  try {
    return (await readLater(file, piece, 0, piece.length, null)).bytesRead
  } catch (error) {
    throw unreadObject(object, error)
  }
}

function unreadObject({ name }: StoredObject, error: unknown): StoreFailure {
  return new StoreFailure(`cannot be read: ${(error as Error).message}`, { file: name, cause: error })
}

function checkUnchanged(file: number, object: StoredObject): void {
  const stat = fstatSync(file, { bigint: true })
  const now = versionOf(stat)
  // One that was replaced has no name any more, which its ctime tells; what is read is what was listed.
  const isReplaced = stat.nlink === 0n && object.version.startsWith(`${stat.size}-${stat.mtimeNs}-`)
  if (now !== object.version && !isReplaced)
    throw new ObjectChanged(object, `it was ${object.version}, it is ${now}`)
}
