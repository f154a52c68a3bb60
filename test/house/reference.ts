import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'
import { commonFlags, type Flags } from '../../runner/commands/command.ts'
import { commandTable } from '../../runner/commands/table.ts'
import { settingsSchema } from '../../runner/project/settings/settings.ts'

export const referenceFile = join(import.meta.dirname, '..', '..', 'docs', 'reference.md')

/** docs/reference.md, from the commands and the settings' schema themselves. */
export async function reference(): Promise<string> {
  const commands = await Promise.all(
    commandTable.map(async (entry) => ({ entry, command: (await entry.load()).command })),
  )
  return [
    '# Reference',
    '<!-- Written by `npm run docs` from the commands themselves; a test compares. -->',
    '## Commands',
    'Exit codes: 0 all is well, 1 the work failed, 2 the call was wrong. Results go to standard output, progress and errors to standard error.',
    flagTable('Flags of every command', commonFlags),
    ...commands.flatMap(({ entry, command }) => [
      `### streamform ${entry.usage}`,
      sentence(entry.describe),
      flagTable('Flags', command.flags),
      command.examples.length === 0
        ? ''
        : `\`\`\`\n${command.examples.map(([line, does]) => `streamform ${line}  # ${does}`).join('\n')}\n\`\`\``,
    ]),
    '## streamform.yaml',
    'Every key may be left out; an unknown one is refused.',
    settingsTable(),
    '',
  ]
    .filter((block, index, all) => block !== '' || index === all.length - 1)
    .join('\n\n')
}

const sentence = (text: string) => `${text.charAt(0).toUpperCase()}${text.slice(1)}.`

function flagTable(title: string, flags: Flags): string {
  const rows = Object.entries(flags).map(([name, flag]) => {
    const takes = flag.type === 'boolean' ? '' : ` ${(flag.choices ?? [flag.type.toUpperCase()]).join('\\|')}`
    return `| \`--${name}${takes}\` | ${flag.describe}${flag.array === true ? ' (may be repeated)' : ''} |`
  })
  return rows.length === 0 ? '' : [`| ${title} | |`, '|---|---|', ...rows].join('\n')
}

interface SettingSchema {
  readonly properties?: Readonly<Record<string, SettingSchema>>
  readonly description?: string
  readonly default?: unknown
}

function settingsTable(): string {
  const schema = z.toJSONSchema(settingsSchema, { io: 'input' }) as SettingSchema
  const rows = (path: string, { properties, description, default: value }: SettingSchema): string[] =>
    properties === undefined
      ? [`| \`${path}\` | ${description ?? ''} | ${value === undefined ? '' : `\`${String(value)}\``} |`]
      : Object.entries(properties).flatMap(([key, each]) => rows(path === '' ? key : `${path}.${key}`, each))
  return ['| key | value | default |', '|---|---|---|', ...rows('', schema)].join('\n')
}

if (import.meta.main) writeFileSync(referenceFile, await reference())
