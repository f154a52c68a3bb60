import { printable } from '../../loaders/printable.ts'
import { type RetryReport, retryDeadLetters } from '../../loaders/retry-dead-letters.ts'
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

export const command = defineCommand({
  positionals: { ids: { type: 'string', array: true, describe: 'letters; all that wait unless given' } },
  options: (given): DeadLettersRetryOptions => ({ project: given.project, ids: given.ids }),
  run: deadLettersRetry,
  text: ({ landed, waiting }) =>
    [
      `${landed.length} landed, ${waiting.length} still wait`,
      ...waiting.map(
        ({ id, column, reason }) =>
          `  ${id}: ${printable(column === null ? reason : `${column}: ${reason}`)}`,
      ),
    ].join('\n'),
  failed: ({ waiting }) => waiting.length > 0,
})
