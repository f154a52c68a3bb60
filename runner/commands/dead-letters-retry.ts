import { printable } from '../../loaders/printable.ts'
import { type RetryReport, retryDeadLetters, type WaitingLetter } from '../../loaders/retry-dead-letters.ts'
import { defaultEffects } from '../default-effects.ts'
import type { Effects } from '../effects.ts'
import { defineCommand, type ProjectOptions } from './command.ts'
import { withProject } from './context.ts'

export interface DeadLettersRetryOptions extends ProjectOptions {
  /** Ids of waiting letters; undefined or none: all. */
  readonly ids?: readonly string[] | undefined
}

/** Tries to land waiting letters once more, each at most once. @throws Problem for an id that does not wait */
export async function deadLettersRetry(
  options: DeadLettersRetryOptions = {},
  effects: Effects = defaultEffects(),
): Promise<RetryReport> {
  return await withProject(options, effects, ({ warehouse, defaultProject }) =>
    retryDeadLetters(warehouse, defaultProject, options.ids ?? [], effects.now()),
  )
}

const shown = 20
const hint = '`streamform dead-letters show ID` shows an event, `… discard ID` gives it up'

/** One line a reason, with how many letters have it, and the ids of the first. */
function reasons(waiting: readonly WaitingLetter[]): string[] {
  const groups = Map.groupBy(waiting, ({ column, reason }) =>
    column === null ? reason : `${column}: ${reason}`,
  )
  return [...groups].map(([reason, letters]) => {
    const ids = letters.slice(0, 3).map(({ id }) => id)
    const more = letters.length > ids.length ? ', …' : ''
    return `  ${letters.length}: ${printable(reason)} (${ids.join(', ')}${more})`
  })
}

export const command = defineCommand({
  positionals: { ids: { type: 'string', array: true, describe: 'letters; all that wait unless given' } },
  options: (given): DeadLettersRetryOptions => ({ project: given.project, ids: given.ids }),
  run: deadLettersRetry,
  text: ({ landed, waiting }) =>
    [
      `${landed.length} landed, ${waiting.length} still wait`,
      ...reasons(waiting).slice(0, shown),
      ...(waiting.length === 0 ? [] : [hint]),
    ].join('\n'),
  failed: ({ waiting }) => waiting.length > 0,
})
