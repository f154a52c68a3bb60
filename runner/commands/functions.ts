import { defaultEffects } from '../default-effects.ts'
import type { Effects } from '../effects.ts'
import { type FunctionReference, functionReference } from '../googlesql/functions/reference.ts'
import { textTable } from '../report/table.ts'
import { defineCommand } from './command.ts'

export interface FunctionsOptions {
  /** Only those whose name has this text, without regard to case. */
  readonly name?: string | undefined
  /** Only those of this status. */
  readonly status?: FunctionReference['status'] | undefined
}

/**
 * Every function and operator of BigQuery, and whether the embedded warehouse answers it.
 *
 * @example const refused = await functions({ status: 'refused' })
 */
export async function functions(
  options: FunctionsOptions = {},
  _effects: Effects = defaultEffects(),
): Promise<readonly FunctionReference[]> {
  const name = options.name?.toUpperCase() ?? ''
  return functionReference().filter(
    (entry) => entry.name.includes(name) && (options.status === undefined || entry.status === options.status),
  )
}

export const command = defineCommand({
  positionals: { name: { type: 'string', describe: 'only those whose name has this text' } },
  flags: {
    status: {
      type: 'string',
      choices: ['right', 'refused'],
      describe: 'only those that are answered, or that are refused',
    },
  },
  examples: [
    ['functions json', 'which JSON functions there are'],
    ['functions --status refused', 'what is refused, and why'],
  ],
  options: ({ name, status }) => ({
    name,
    status: status === 'right' || status === 'refused' ? status : undefined,
  }),
  run: functions,
  text: (found) =>
    found.length === 0
      ? 'no such function'
      : textTable(
          ['function', 'status', 'calls, or why not'],
          found.map(({ name, status, reason, signatures, limits }) => [
            name,
            status,
            reason ??
              [...signatures.slice(0, 3), ...(signatures.length > 3 ? ['…'] : []), ...limits].join('\n'),
          ]),
        ),
})
