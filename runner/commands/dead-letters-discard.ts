import { discardDeadLetters } from '../../loaders/retry-dead-letters.ts'
import { defaultEffects } from '../default-effects.ts'
import type { Effects } from '../effects.ts'
import { Problem } from '../problem.ts'
import { defineCommand, type ProjectOptions } from './command.ts'
import { withProject } from './context.ts'

export interface DeadLettersDiscardOptions extends ProjectOptions {
  readonly ids: readonly string[]
  /** Every letter that waits. */
  readonly all?: boolean | undefined
}

export interface DeadLettersDiscardResult {
  readonly discarded: readonly string[]
}

/** Gives letters up; they stay in the table of dead letters, marked. @throws Problem for an id that does not wait */
export async function deadLettersDiscard(
  options: DeadLettersDiscardOptions,
  effects: Effects = defaultEffects(),
): Promise<DeadLettersDiscardResult> {
  const { ids, all } = options
  if ((ids.length === 0) === (all !== true)) {
    throw new Problem('name the letters to discard, or give --all', { exitCode: 2 })
  }
  return await withProject(options, effects, async ({ warehouse }) => ({
    discarded: await discardDeadLetters(warehouse, ids, effects.now()),
  }))
}

export const command = defineCommand({
  positionals: {
    ids: { type: 'string', array: true, describe: 'letters, as `dead-letters list` names them' },
  },
  flags: { all: { type: 'boolean', describe: 'all that wait' } },
  options: (given): DeadLettersDiscardOptions => ({
    project: given.project,
    ids: given.ids ?? [],
    all: given.all,
  }),
  run: deadLettersDiscard,
  text: ({ discarded }) => `${discarded.length} discarded`,
})
