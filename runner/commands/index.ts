/**
 * The library: every command is a function of the same name, `(options, effects?) => Promise<result>`; what it gives is
 * what `--json` prints. Errors a caller can act on are `Problem`s.
 *
 * @example
 * import { land, run } from 'streamform'
 * await land({ project: 'my-project' })
 * const { status, actions } = await run({ project: 'my-project', select: ['country_profile+'] })
 */
export type { Effects } from '../effects.ts'
export { Problem } from '../problem.ts'
export type { ProjectOptions } from './command.ts'
