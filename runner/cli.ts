import { readFileSync } from 'node:fs'
import yargs, { type Argv, type Options, type PositionalOptions } from 'yargs'
import { checkArguments } from './commands/arguments.ts'
import { type Command, commonFlags, type Flag } from './commands/command.ts'
import { commandWords, topHelp, unknownCommand } from './commands/help.ts'
import { type CommandEntry, commandTable } from './commands/table.ts'
import { defaultEffects, endWithReader, interruptSignal } from './default-effects.ts'
import type { Effects } from './effects.ts'
import { Problem, Problems } from './problem.ts'
import { jsonText } from './report/json.ts'

/**
 * The command line. Gives the exit code: 0 ok, 1 the work failed, 2 the call was wrong.
 *
 * @example process.exitCode = await main(['run', 'country_profile+', '--json'])
 */
export async function main(argv: readonly string[], given?: Effects): Promise<number> {
  const interrupt = given === undefined ? interruptSignal(defaultEffects().note) : undefined
  if (given === undefined) endWithReader()
  const effects = given ?? defaultEffects(interrupt?.signal)
  try {
    return await runCommandLine(argv, effects)
  } catch (error) {
    return report(error, argv.includes('--debug'), effects)
  } finally {
    interrupt?.release()
  }
}

interface Chosen {
  readonly entry: CommandEntry
  readonly command: Command
}

async function runCommandLine(argv: readonly string[], effects: Effects): Promise<number> {
  let chosen: Chosen | undefined
  const parser = yargs()
    .scriptName('streamform')
    .parserConfiguration({
      'camel-case-expansion': false,
      'dot-notation': false,
      'greedy-arrays': false,
      'parse-positional-numbers': false,
      'populate--': false,
      'strip-aliased': true,
    })
    .options(commonFlags)
    .help()
    .alias('help', 'h')
    .version(version())
    .exitProcess(false)
    .fail(false)
    .wrap(100)
  addCommands(parser, commandTable, 0, (found) => {
    chosen = found
  })

  let output = ''
  const parsed = await parser.parseAsync([...argv], {}, (_error, _parsed, text) => {
    output = text
  })
  if (chosen === undefined && parsed._.length > 0) throw unknownCommand(parsed._.map(String))
  if (output !== '') {
    effects.print(chosen === undefined && parsed['help'] === true ? topHelp() : output)
    return 0
  }
  if (chosen === undefined) {
    checkArguments(parsed, '', {}, commonFlags)
    effects.print(topHelp())
    return 0
  }
  const { entry, command } = chosen as Chosen
  checkArguments(parsed, entry.usage, command.positionals, { ...command.flags, ...commonFlags })
  const { text, result, failed } = await command.execute(parsed, effects)
  if (parsed['json'] === true) effects.print(jsonText(result))
  else if (text !== '') effects.print(text)
  return failed ? 1 : 0
}

/** Tells yargs of the commands whose names share their first `depth` words; a name of two words nests. */
function addCommands(
  parser: Argv,
  entries: readonly CommandEntry[],
  depth: number,
  choose: (chosen: Chosen) => void,
): void {
  const byWord = Map.groupBy(entries, (entry) => commandWords(entry)[depth] ?? '')
  for (const [word, group] of byWord) {
    const entry = group.find((each) => commandWords(each).length === depth + 1)
    if (entry === undefined) {
      parser.command(word, false, (nested) => addCommands(nested, group, depth + 1, choose))
      continue
    }
    // What must be given is checked with the rest (arguments.ts), in our words.
    const usage = entry.usage.split(' ').slice(depth).join(' ').replaceAll('<', '[').replaceAll('>', ']')
    parser.command(usage, false, async (nested: Argv) => {
      const { command } = await entry.load()
      choose({ entry, command })
      nested.usage(`streamform ${entry.usage}\n\n${entry.describe}`)
      for (const [name, flag] of Object.entries(command.positionals)) nested.positional(name, inYargs(flag))
      for (const [name, flag] of Object.entries(command.flags)) nested.option(name, inYargs(flag))
      for (const [line, does] of command.examples) nested.example(`streamform ${line}`, does)
      return nested.showHidden(false)
    })
  }
}

/** What yargs is told of a flag; choices and needs are checked with the rest (arguments.ts). */
function inYargs({
  type,
  describe,
  array,
  alias,
  choices,
  default: value,
}: Flag): Options & PositionalOptions {
  return {
    type,
    describe: choices === undefined ? describe : `${describe}: ${choices.join(', ')}`,
    ...(array === undefined ? {} : { array }),
    ...(alias === undefined ? {} : { alias }),
    ...(value === undefined ? {} : { default: value }),
  }
}

function version(): string {
  const text = readFileSync(new URL('../package.json', import.meta.url), 'utf8')
  return (JSON.parse(text) as { version: string }).version
}

/** Prints an error: a user's as its own line, yargs's as misuse, any other as the defect it is. */
function report(error: unknown, debug: boolean, effects: Effects): number {
  if (error instanceof Problem) {
    for (const problem of error instanceof Problems ? error.problems : [error])
      effects.note(`error: ${problem}`)
    if (debug) effects.note(error.stack ?? '')
    return error.exitCode
  }
  const { name, message, stack } = error instanceof Error ? error : new Error(String(error))
  if (name === 'YError') {
    effects.note(
      `error: ${message.charAt(0).toLowerCase()}${message.slice(1)}\n  streamform --help says more`,
    )
    return 2
  }
  effects.note(`error: ${message}\n  this is a defect of streamform; --debug shows where`)
  if (debug) effects.note(stack ?? '')
  return 1
}
