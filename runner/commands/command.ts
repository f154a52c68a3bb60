import type { InferredOptionTypes } from 'yargs'
import type { Effects } from '../effects.ts'

/** A flag or a positional argument, in yargs's words; `describe` is what `--help` says of it. */
export interface Flag {
  readonly type: 'string' | 'number' | 'boolean'
  readonly describe: string
  /** May be given several times. */
  readonly array?: true
  readonly alias?: string
  readonly choices?: readonly string[]
  readonly default?: string | number | boolean
  /** A flag without which the command cannot be called. */
  readonly demandOption?: true
}
export type Flags = Readonly<Record<string, Flag>>

/** What every library call of a command takes beside its own options. */
export interface ProjectOptions {
  /** The project's folder, absolute or relative to the working folder; undefined: the working folder. */
  readonly project?: string | undefined
}

/** One command: its arguments, how they become options, the function itself, and what a person reads of its result. */
export interface CommandDefinition<P extends Flags, F extends Flags, Options, Result> {
  /** Named in the usage line of `commands/table.ts`: `query [sql]` needs a positional `sql`. */
  readonly positionals?: P
  readonly flags?: F
  /** Command lines, without `streamform`, and what each does. */
  readonly examples?: readonly (readonly [line: string, does: string])[]
  /** The function's options, from arguments given on the command line. @throws Problem (exit code 2) */
  options(given: InferredOptionTypes<P> & InferredOptionTypes<F> & CommonGiven): Options
  /** The exported function of the same name. Its result is what `--json` prints. */
  run(options: NoInfer<Options>, effects: Effects): Promise<Result>
  /** The result for people; an empty text prints nothing. */
  text(result: Result, options: NoInfer<Options>, effects: Effects): string
  /** True: exit code 1. */
  failed?(result: Result): boolean
}

export interface CommonGiven {
  readonly project: string | undefined
}

/** What a command's call gave. */
export interface Outcome {
  readonly result: unknown
  readonly text: string
  readonly failed: boolean
}

/** A command with its types closed over, as the command line holds it. */
export interface Command {
  readonly positionals: Flags
  readonly flags: Flags
  readonly examples: readonly (readonly [line: string, does: string])[]
  /** `given`: arguments by name, already checked against `positionals` and `flags`. */
  execute(given: Readonly<Record<string, unknown>>, effects: Effects): Promise<Outcome>
}

/**
 * Makes a command for the command line from its definition.
 *
 * @example
 * export const command = defineCommand({
 *   flags: { limit: { type: 'number', describe: 'at most so many rows' } },
 *   options: (given): ShowOptions => ({ project: given.project, limit: given.limit }),
 *   run: show,
 *   text: (result) => table(result.rows),
 * })
 */
export function defineCommand<
  Options,
  Result,
  const P extends Flags = Record<never, Flag>,
  const F extends Flags = Record<never, Flag>,
>(definition: CommandDefinition<P, F, Options, Result>): Command {
  return {
    positionals: definition.positionals ?? {},
    flags: definition.flags ?? {},
    examples: definition.examples ?? [],
    async execute(given, effects) {
      const options = definition.options(
        given as InferredOptionTypes<P> & InferredOptionTypes<F> & CommonGiven,
      )
      const result = await definition.run(options, effects)
      return {
        result,
        text: definition.text(result, options, effects),
        failed: definition.failed?.(result) ?? false,
      }
    },
  }
}

/** Flags of every command. */
export const commonFlags = {
  project: { type: 'string', describe: "the project's folder [default: the working folder]" },
  json: { type: 'boolean', describe: 'print the result as JSON' },
  debug: { type: 'boolean', describe: 'show the stack of an error' },
} as const satisfies Flags
