import { type FileStatus, fileStatuses, type ListedFile, listFiles } from '../../loaders/files.ts'
import { printable } from '../../loaders/printable.ts'
import { openStore } from '../../loaders/store/open.ts'
import { defaultEffects } from '../default-effects.ts'
import type { Effects } from '../effects.ts'
import { textTable } from '../report/table.ts'
import { defineCommand, type ProjectOptions } from './command.ts'
import { withProject } from './context.ts'

export interface FilesListOptions extends ProjectOptions {
  readonly status?: FileStatus | undefined
  /** `<database>_raw.<table>` */
  readonly table?: string | undefined
  /** At most so many; default 50. */
  readonly limit?: number | undefined
}

export interface ListedChangeFile {
  readonly name: string
  readonly status: string
  readonly rawTable: string | null
  readonly rows: number
  readonly deadLetters: number
  readonly bytes: number
  readonly late: boolean
  readonly landedAt: string | null
  readonly reason: string | null
}

/** The change files of the ledger and those that wait to be landed. @example await filesList({ status: 'quarantined' }) */
export async function filesList(
  options: FilesListOptions = {},
  effects: Effects = defaultEffects(),
): Promise<readonly ListedChangeFile[]> {
  const { status, table, limit = 50 } = options
  return await withProject(options, effects, async ({ project, warehouse }) => {
    const files = await listFiles({
      store: await openStore(project.settings.stream.path),
      warehouse,
      limit,
      signal: effects.signal,
      ...(status === undefined ? {} : { status }),
      ...(table === undefined ? {} : { rawTable: table }),
    })
    return files.map(listed)
  })
}

function listed(file: ListedFile): ListedChangeFile {
  const { name, status } = file
  const bytes = Number(file.bytes)
  if (file.status === 'pending') {
    return {
      name,
      status,
      rawTable: null,
      rows: 0,
      deadLetters: 0,
      bytes,
      late: false,
      landedAt: null,
      reason: null,
    }
  }
  return {
    name,
    status,
    rawTable: file.raw_table,
    rows: Number(file.rows),
    deadLetters: Number(file.dead_letters),
    bytes,
    late: file.late,
    landedAt: file.landed_at?.toISOString() ?? null,
    reason: file.reason,
  }
}

export const command = defineCommand({
  flags: {
    status: { type: 'string', choices: fileStatuses, describe: 'only files of this status' },
    table: { type: 'string', describe: 'only files of this raw table: <database>_raw.<table>' },
    limit: { type: 'number', describe: 'at most so many', default: 50 },
  },
  examples: [['files list --status quarantined', 'what could not be read, and why']],
  options: (given): FilesListOptions => ({
    project: given.project,
    status: given.status as FileStatus | undefined,
    table: given.table,
    limit: given.limit,
  }),
  run: filesList,
  text: (files, { limit }) =>
    files.length === 0
      ? 'no such files'
      : `${textTable(
          ['file', 'status', 'table', 'events', 'dead letters', 'why'],
          files.map(({ name, status, rawTable, rows, deadLetters, late, reason }) => [
            printable(name),
            late ? `${status}, late` : status,
            printable(rawTable ?? ''),
            String(rows),
            deadLetters === 0 ? '' : String(deadLetters),
            printable(reason ?? ''),
          ]),
          [false, false, false, true, true, false],
        )}${files.length === limit ? `\nat most ${limit} are shown: --limit shows more` : ''}`,
})
