import { printable } from '../../loaders/printable.ts'
import { defaultEffects } from '../default-effects.ts'
import type { Effects } from '../effects.ts'
import { Problem } from '../problem.ts'
import { defineCommand, type ProjectOptions } from './command.ts'
import { withProject } from './context.ts'

export interface DeadLettersShowOptions extends ProjectOptions {
  readonly id: string
}

export interface ShownLetter {
  readonly id: string
  readonly file: string
  readonly row: number
  readonly rawTable: string
  readonly column: string | null
  readonly reason: string
  readonly status: string
  /** The whole event as JSON text. */
  readonly event: string
}

/** One dead letter with its whole event. @throws Problem if there is no such letter */
export async function deadLettersShow(
  options: DeadLettersShowOptions,
  effects: Effects = defaultEffects(),
): Promise<ShownLetter> {
  const { id } = options
  return await withProject(options, effects, async ({ warehouse }) => {
    const letter = await warehouse.state
      .selectFrom('dead_letters')
      .selectAll()
      .where('id', '=', id)
      .executeTakeFirst()
    if (letter === undefined) {
      throw new Problem(`there is no dead letter \`${id}\``, {
        hint: 'see `streamform dead-letters list`',
        exitCode: 2,
      })
    }
    const { file, row, raw_table: rawTable, column, reason, status, event } = letter
    return { id, file, row: Number(row), rawTable, column, reason, status, event }
  })
}

export const command = defineCommand({
  positionals: { id: { type: 'string', describe: "the letter's id", demandOption: true } },
  options: (given): DeadLettersShowOptions => ({ project: given.project, id: given.id }),
  run: deadLettersShow,
  text: ({ file, row, rawTable, column, reason, status, event }) =>
    [
      `${rawTable}: event ${row} of ${file} (${status})`,
      `${column === null ? '' : `${column}: `}${reason}`,
      event,
    ]
      .map(printable)
      .join('\n'),
})
