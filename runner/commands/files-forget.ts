import { forgetFiles } from '../../loaders/files.ts'
import { defaultEffects } from '../default-effects.ts'
import type { Effects } from '../effects.ts'
import { Problem } from '../problem.ts'
import { defineCommand, type ProjectOptions } from './command.ts'
import { withProject } from './context.ts'

export interface FilesForgetOptions extends ProjectOptions {
  /** Names of landed files. */
  readonly names: readonly string[]
  /** Must be true: the files' events will be in the raw tables twice. */
  readonly yes?: boolean | undefined
}

export interface FilesForgetResult {
  readonly forgotten: readonly string[]
}

/**
 * Makes the ledger forget that files have landed: the next landing lands them once more, if they are still there. Their
 * events are in the raw tables twice then; the change logs keep each once.
 *
 * @throws Problem without `yes`, or for a name that has not landed
 */
export async function filesForget(
  options: FilesForgetOptions,
  effects: Effects = defaultEffects(),
): Promise<FilesForgetResult> {
  const { names, yes } = options
  if (names.length === 0) throw new Problem('name the files to forget', { exitCode: 2 })
  if (yes !== true) {
    throw new Problem(
      `the next landing would land ${names.length === 1 ? 'this file' : `these ${names.length} files`} once more, and the events would be in the raw tables twice`,
      { hint: 'add --yes if that is what you want', exitCode: 2 },
    )
  }
  return await withProject(options, effects, async ({ warehouse }) => ({
    forgotten: await forgetFiles(warehouse, names, 'landed', effects.now()),
  }))
}

export const command = defineCommand({
  positionals: {
    names: { type: 'string', array: true, describe: 'landed files, as `files list` names them' },
  },
  flags: { yes: { type: 'boolean', describe: 'yes, land them once more' } },
  options: (given): FilesForgetOptions => ({
    project: given.project,
    names: given.names ?? [],
    yes: given.yes,
  }),
  run: filesForget,
  text: ({ forgotten }) => `forgot ${forgotten.join(', ')}; \`streamform land\` lands what is still there`,
})
