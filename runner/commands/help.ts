import { nearest } from '../nearest.ts'
import { Problem } from '../problem.ts'
import { commonFlags } from './command.ts'
import { type CommandEntry, commandTable } from './table.ts'

/** The words of a command's name: `['add', 'table']`. */
export const commandWords = (entry: CommandEntry): string[] =>
  entry.usage.split(' ').filter((word) => !/^[[<]/.test(word))

/** The page of `streamform --help`: commands in groups, in the order in which one meets them. */
export function topHelp(): string {
  const width = Math.max(...commandTable.map((entry) => entry.usage.length))
  const groups = [...Map.groupBy(commandTable, (entry) => entry.group)].map(([group, entries]) =>
    [`${group}:`, ...entries.map((entry) => `  ${entry.usage.padEnd(width)}  ${entry.describe}`)].join('\n'),
  )
  const flags = Object.entries(commonFlags).map(
    ([name, flag]) => `  ${`--${name}`.padEnd(width)}  ${flag.describe}`,
  )
  return [
    'streamform COMMAND [--help]',
    'Datastream change files in, checked BigQuery tables out: on BigQuery, or on an embedded DuckDB.',
    ...groups,
    ['Flags of every command:', ...flags].join('\n'),
    'First time here: `streamform demo`. In a project: `streamform build`, then `streamform query "select …"`.',
  ].join('\n\n')
}

/** The error for a command that is not there, with the nearest. */
export function unknownCommand(words: readonly string[]): Problem {
  const given = words.join(' ')
  const known = commandTable.map((entry) => commandWords(entry).join(' '))
  const near = nearest(given, known) ?? nearest(words[0] ?? '', known)
  const partial = known.filter((name) => name.startsWith(`${given} `))
  if (partial.length > 0)
    return new Problem(`\`${given}\` is not a whole command: ${partial.join(', ')}`, { exitCode: 2 })
  return new Problem(
    near === undefined
      ? `unknown command \`${given}\``
      : `unknown command \`${given}\`; did you mean \`${near}\`?`,
    { exitCode: 2, hint: 'streamform --help lists the commands' },
  )
}
