import { type SchemaChange, type WriterSchema, writerSchemas } from '../../loaders/drift.ts'
import { printable } from '../../loaders/printable.ts'
import { defaultEffects } from '../default-effects.ts'
import type { Effects } from '../effects.ts'
import { counted } from '../report/progress.ts'
import { textTable } from '../report/table.ts'
import { defineCommand, type ProjectOptions } from './command.ts'
import { withProject } from './context.ts'

export interface DriftOptions extends ProjectOptions {
  /** Only these tables: `<database>_raw.<table>`, `<database>.<table>` or `<table>`; undefined: all. */
  readonly tables?: readonly string[] | undefined
}

/**
 * Every writer schema that landed files had, with when and where it was first seen and how its columns differ from the
 * schema before. docs/schema-drift.md says what each change does to the raw table.
 *
 * @throws Problem (exit code 2) for a table of which no file has landed
 * @example const changed = (await drift()).filter(({ changes }) => changes.length > 0)
 */
export async function drift(
  options: DriftOptions = {},
  effects: Effects = defaultEffects(),
): Promise<readonly WriterSchema[]> {
  return await withProject(options, effects, async ({ warehouse }) => {
    return await writerSchemas(warehouse.state, options.tables)
  })
}

export const command = defineCommand({
  positionals: {
    tables: { type: 'string', array: true, describe: 'database_raw.table, database.table or table' },
  },
  examples: [
    ['drift', 'every schema of every table, and what changed'],
    ['drift world_x.city', "one table's"],
  ],
  options: ({ project, tables }): DriftOptions => ({ project, tables }),
  run: drift,
  text: (schemas) =>
    schemas.length === 0
      ? 'no files have landed yet: `streamform land`'
      : textTable(
          ['raw table', 'first seen', 'columns', 'change', 'first file'],
          schemas.map(({ rawTable, firstSeenAt, columns, changes, firstFile }, index) => [
            printable(rawTable),
            firstSeenAt.toISOString().slice(0, 19).replace('T', ' '),
            counted(columns.length),
            changeText(changes, schemas[index - 1]?.rawTable !== rawTable),
            printable(firstFile),
          ]),
        ),
})

const shown = 8

function changeText(changes: readonly SchemaChange[], isFirst: boolean): string {
  if (isFirst) return 'first'
  if (changes.length === 0) return 'none of columns'
  const lines = changes.slice(0, shown).map((change) => printable(oneChange(change)))
  return [...lines, ...(changes.length > shown ? [`… and ${changes.length - shown} more`] : [])].join('\n')
}

function oneChange({ kind, column, before, after }: SchemaChange): string {
  switch (kind) {
    case 'added':
      return `+ ${column} ${after}`
    case 'dropped':
      return `- ${column} ${before}`
    case 'type':
      return `${column} ${before} -> ${after}`
    case 'case':
      return `${before} is now written ${after}`
    case 'order':
      return 'another order'
  }
}
