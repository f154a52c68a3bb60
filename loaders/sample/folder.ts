import { mkdir, readdir, readFile, rename, utimes, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { Problem } from '../../runner/problem.ts'
import type { SampleFile } from './delivery.ts'

export interface FolderOptions {
  readonly folder: string
  /** Write although the folder holds files of something else; they are left alone unless they stand in the way. */
  readonly force: boolean
  /** Only files that arrived by then: milliseconds since 1970, UTC. */
  readonly until?: number
  readonly signal?: AbortSignal
}

export interface WrittenFiles {
  readonly written: number
  /** Files that were there already, the same to the byte. */
  readonly unchanged: number
  /** Files that have not arrived by `until`. */
  readonly held: number
  readonly bytes: number
  /** Events in all files, those that have not arrived too; one that is in two files counts twice. */
  readonly deliveries: number
}

/**
 * Puts a sample's files into a folder. What is there already stays untouched, its time too: the same sample again
 * changes nothing, and a sample with a later `until` adds what has arrived since. A file's modification time is its
 * arrival.
 *
 * @param files makes the sample's files from the beginning, each time it is called
 * @throws Problem if the folder holds anything that this sample would not write
 */
export async function writeFolder(
  files: () => Iterable<SampleFile>,
  options: FolderOptions,
): Promise<WrittenFiles> {
  const { folder, force, until = Number.POSITIVE_INFINITY } = options
  const present = new Set(await listFiles(folder))
  if (present.size > 0 && !force) await refuseOthers(files(), folder, present)
  const counts = { written: 0, unchanged: 0, held: 0, bytes: 0, deliveries: 0 }
  for (const file of files()) {
    if (options.signal?.aborted === true)
      throw new Problem(`interrupted: ${counts.written} files are written`, {
        hint: 'the same command goes on',
      })
    counts.deliveries += file.events
    if (file.arrival > until) {
      counts.held += 1
      continue
    }
    counts.bytes += file.bytes.length
    if (present.has(file.path) && (await isSame(folder, file))) counts.unchanged += 1
    else {
      await put(folder, file)
      counts.written += 1
    }
  }
  return counts
}

async function refuseOthers(
  files: Iterable<SampleFile>,
  folder: string,
  present: ReadonlySet<string>,
): Promise<void> {
  const others = new Set(present)
  for (const file of files)
    if (present.has(file.path) && (await isSame(folder, file))) others.delete(file.path)
  const [first] = [...others].sort()
  if (first === undefined) return
  const more = others.size === 1 ? '' : ` and ${others.size - 1} more`
  throw new Problem(`${folder} holds files of something else: ${first}${more}`, {
    hint: 'choose an empty folder (--to FOLDER), or write beside them with --force',
  })
}

async function put(folder: string, { path, bytes, arrival }: SampleFile): Promise<void> {
  const target = join(folder, path)
  const unfinished = join(dirname(target), `.${path.split('/').at(-1)}.part`)
  await mkdir(dirname(target), { recursive: true })
  await writeFile(unfinished, bytes)
  await utimes(unfinished, arrival / 1000, arrival / 1000)
  await rename(unfinished, target)
}

async function isSame(folder: string, file: SampleFile): Promise<boolean> {
  return file.bytes.equals(await readFile(join(folder, file.path)))
}

/** Every file below the folder, with `/`; what a former call left half written is not counted. */
async function listFiles(folder: string): Promise<string[]> {
  try {
    const entries = await readdir(folder, { recursive: true, withFileTypes: true })
    return entries
      .filter((entry) => !entry.isDirectory() && !/^\..*\.part$/.test(entry.name))
      .map((entry) =>
        join(entry.parentPath, entry.name)
          .slice(join(folder).length + 1)
          .replaceAll('\\', '/'),
      )
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code === 'ENOENT') return []
    if (code === 'ENOTDIR')
      throw new Problem(`${folder} is a file`, { hint: 'give a folder: --to FOLDER', cause: error })
    throw error
  }
}
