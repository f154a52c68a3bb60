import { Problem } from '../problem.ts'
import type { Flags, ProjectOptions } from './command.ts'

/** Options of commands that work on a selection of the project's actions. */
export interface SelectionOptions extends ProjectOptions {
  /** Selectors (runner/graph/selector.ts); none: everything. */
  readonly select?: readonly string[]
  readonly exclude?: readonly string[]
  /** Added to the project's `vars`. */
  readonly vars?: Readonly<Record<string, string>>
}

export const selectionPositionals = {
  selectors: {
    type: 'string',
    array: true,
    describe:
      'what to work on: names, *, +up, down+, tag:x, path:x, type:x; a comma means both [default: all]',
  },
} as const satisfies Flags

export const selectionFlags = {
  exclude: { type: 'string', array: true, describe: 'selectors of what to leave out' },
  vars: { type: 'string', array: true, describe: "NAME=VALUE: in place of the project's variable" },
} as const satisfies Flags

export interface GivenSelection {
  readonly project: string | undefined
  readonly selectors?: string[] | undefined
  readonly exclude?: string[] | undefined
  readonly vars?: string[] | undefined
}

export function selectionOptions(given: GivenSelection): SelectionOptions {
  return {
    project: given.project,
    select: given.selectors ?? [],
    exclude: given.exclude ?? [],
    vars: varsOf(given.vars ?? []),
  }
}

function varsOf(given: readonly string[]): Readonly<Record<string, string>> {
  return Object.fromEntries(
    given.map((text) => {
      const [, name, value] = /^([^=]+)=(.*)$/s.exec(text) ?? []
      if (name === undefined || value === undefined)
        throw new Problem(`\`--vars ${text}\` is not of the form NAME=VALUE`, { exitCode: 2 })
      return [name, value]
    }),
  )
}
