import { printable } from '../../loaders/printable.ts'
import { defaultEffects } from '../default-effects.ts'
import type { Effects } from '../effects.ts'
import { textTable } from '../report/table.ts'
import { defineCommand, type ProjectOptions } from './command.ts'
import { withProject } from './context.ts'

const statuses = ['waiting', 'landed', 'discarded'] as const
type LetterStatus = (typeof statuses)[number]

export interface DeadLettersListOptions extends ProjectOptions {
  /** Default `waiting`. */
  readonly status?: LetterStatus | undefined
  /** At most so many; default 50. */
  readonly limit?: number | undefined
}

/** A dead letter without its event, which may hold private data. */
export interface ListedLetter {
  readonly id: string
  readonly file: string
  readonly row: number
  readonly rawTable: string
  readonly column: string | null
  readonly reason: string
  readonly status: string
  readonly attempts: number
}

/** Events that could not be landed. @example await deadLettersList() */
export async function deadLettersList(
  options: DeadLettersListOptions = {},
  effects: Effects = defaultEffects(),
): Promise<readonly ListedLetter[]> {
  return await withProject(options, effects, async ({ warehouse }) => {
    const letters = await warehouse.state
      .selectFrom('dead_letters')
      .select(['id', 'file', 'row', 'raw_table', 'column', 'reason', 'status', 'attempts'])
      .where('status', '=', options.status ?? 'waiting')
      .orderBy('file')
      .orderBy('row')
      .limit(options.limit ?? 50)
      .execute()
    return letters.map(({ raw_table: rawTable, row, attempts, ...letter }) => ({
      ...letter,
      rawTable,
      row: Number(row),
      attempts: Number(attempts),
    }))
  })
}

const hint =
  '`streamform dead-letters show ID` shows an event, `… retry` tries all once more, `… discard ID` gives one up'

export const command = defineCommand({
  flags: {
    status: { type: 'string', choices: statuses, describe: 'letters of this status', default: 'waiting' },
    limit: { type: 'number', describe: 'at most so many', default: 50 },
  },
  options: (given): DeadLettersListOptions => ({
    project: given.project,
    status: given.status as LetterStatus | undefined,
    limit: given.limit,
  }),
  run: deadLettersList,
  text: (letters, { limit }) =>
    letters.length === 0
      ? 'no dead letters'
      : `${textTable(
          ['id', 'table', 'file', 'event', 'column', 'why', 'attempts'],
          letters.map(({ id, rawTable, file, row, column, reason, attempts }) => [
            id,
            printable(rawTable),
            printable(file),
            String(row),
            printable(column ?? ''),
            printable(reason),
            String(attempts),
          ]),
          [false, false, false, true, false, false, true],
        )}${letters.length === limit ? `\nat most ${limit} are shown: --limit shows more` : ''}\n${hint}`,
})
