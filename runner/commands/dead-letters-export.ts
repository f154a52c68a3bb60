import { defaultEffects } from '../default-effects.ts'
import type { Effects } from '../effects.ts'
import { defineCommand, type ProjectOptions } from './command.ts'
import { withProject } from './context.ts'

export type DeadLettersExportOptions = ProjectOptions

/** The events of all waiting letters, each as JSON text, in the order of their files. */
export async function deadLettersExport(
  options: DeadLettersExportOptions = {},
  effects: Effects = defaultEffects(),
): Promise<readonly string[]> {
  return await withProject(options, effects, async ({ warehouse }) => {
    const letters = await warehouse.state
      .selectFrom('dead_letters')
      .select('event')
      .where('status', '=', 'waiting')
      .orderBy('file')
      .orderBy('row')
      .execute()
    return letters.map(({ event }) => event)
  })
}

export const command = defineCommand({
  examples: [['dead-letters export > events.jsonl', 'the waiting events as JSON lines']],
  options: (given): DeadLettersExportOptions => ({ project: given.project }),
  run: deadLettersExport,
  text: (events) => events.join('\n'),
})
