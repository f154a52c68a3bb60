import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { createTwoFilesPatch } from 'diff'
import { Problem } from '../problem.ts'
import type { ScaffoldFile } from './scaffold.ts'

export interface WrittenFile {
  readonly path: string
  /** `created`, `changed` (added to), `overwritten`, or `unchanged`: it was there, the same. */
  readonly status: 'created' | 'changed' | 'overwritten' | 'unchanged'
  /** A unified diff; empty if nothing changed. */
  readonly diff: string
}

export interface WriteOptions {
  /** Overwrite files that are there and differ. */
  readonly force: boolean
  /** Write nothing; say what would be. */
  readonly dryRun: boolean
}

/**
 * Writes a scaffold into a project: all files, or none.
 *
 * @throws Problem if a file is there and differs (unless `force`), with the difference
 */
export function writeFiles(
  folder: string,
  files: readonly ScaffoldFile[],
  options: WriteOptions,
): readonly WrittenFile[] {
  const planned = files.map((file) => ({ file, written: compare(folder, file) }))
  const standing = planned.filter(({ written }) => written.status === 'overwritten')
  const [first] = standing
  if (first !== undefined && !options.force) {
    const more = standing.length === 1 ? '' : ` and ${standing.length - 1} more`
    throw new Problem(
      `${first.file.path}${more} ${standing.length === 1 ? 'is' : 'are'} there and would change:\n${standing.map(({ written }) => written.diff).join('\n')}`,
      { hint: '--force overwrites; nothing was written' },
    )
  }
  if (!options.dryRun) {
    for (const { file, written } of planned)
      if (written.status !== 'unchanged') put(join(folder, file.path), file.content)
  }
  return planned.map(({ written }) => written)
}

function compare(folder: string, { path, content, merged }: ScaffoldFile): WrittenFile {
  const target = join(folder, path)
  const before = existsSync(target) ? readFileSync(target, 'utf8') : undefined
  if (before === content) return { path, status: 'unchanged', diff: '' }
  const diff = createTwoFilesPatch(
    before === undefined ? '/dev/null' : path,
    path,
    before ?? '',
    content,
    '',
    '',
    {
      context: 2,
    },
  ).replace(/^(Index: .*\n)?=+\n/, '')
  return { path, status: before === undefined ? 'created' : merged ? 'changed' : 'overwritten', diff }
}

function put(target: string, content: string): void {
  mkdirSync(dirname(target), { recursive: true })
  const unfinished = `${target}.part`
  writeFileSync(unfinished, content)
  renameSync(unfinished, target)
}
