import { defaultEffects } from '../default-effects.ts'
import type { Effects } from '../effects.ts'
import type { ColumnLineage } from '../googlesql/result.ts'
import { topologicalOrder } from '../graph/dag.ts'
import { actionDag } from '../graph/select.ts'
import {
  maskedTag,
  type Origin,
  type ReadableColumn,
  readableIn,
  taggedColumns,
} from '../lineage/readable.ts'
import { Problem } from '../problem.ts'
import { compile } from '../project/compile/compile.ts'
import type { Action } from '../project/compile/compiled-graph.ts'
import { textTable } from '../report/table.ts'
import type { Warehouse } from '../warehouse/warehouse.ts'
import { defineCommand, type ProjectOptions } from './command.ts'
import { withProject } from './context.ts'

export interface PrivacyOptions extends ProjectOptions {
  /** The tag of tables and views that analysts read. */
  readonly tag?: string
}

export interface PrivacyResult {
  /** How many columns are tagged as private. */
  readonly taggedColumns: number
  /** How many tables and views analysts read. */
  readonly analystTables: number
  /** Private values that they can read there. */
  readonly readable: readonly ReadableColumn[]
}

/**
 * Checks that no value that sources.js tags as private can be read in a table or view for analysts. Found by where each
 * column's values come from, through every model between, not by its name. A digest hides a value; in a view with the tag
 * `masked` a part of it may be left. Filters and joins are not followed.
 *
 * @throws Problem if a table is not there yet: the models have to have been built once
 * @example const { readable } = await privacy()
 */
export async function privacy(
  options: PrivacyOptions = {},
  effects: Effects = defaultEffects(),
): Promise<PrivacyResult> {
  const { tag = 'analytics' } = options
  return withProject(options, effects, async ({ project, warehouse }) => {
    const { actions } = await compile(project.folder, { signal: effects.signal })
    return checkPrivacy(actions, warehouse, tag)
  })
}

/** As `privacy`, of a compiled project. */
export async function checkPrivacy(
  actions: readonly Action[],
  warehouse: Pick<Warehouse, 'dryRun'>,
  tag: string,
): Promise<PrivacyResult> {
  const tagged = taggedColumns(actions)
  const known = new Map<string, readonly Origin[]>(
    [...tagged].map(([column, kind]) => [column, [{ kind, source: column.replace(/^[^.]*\./, '') }]]),
  )
  const readable: ReadableColumn[] = []
  const masked: Action[] = []
  let analystTables = 0
  for (const action of inOrder(actions)) {
    // What carries the tag itself is where the search begins.
    const found = readableIn(
      action,
      tagged.size === 0 ? [] : await lineageOf(action, masked, warehouse),
      known,
    )
    if (action.tags.includes(maskedTag)) masked.push(action)
    if (!action.tags.includes(tag)) continue
    analystTables += 1
    readable.push(...found)
  }
  return { taggedColumns: tagged.size, analystTables, readable }
}

function inOrder(actions: readonly Action[]): readonly Action[] {
  const byId = new Map(actions.map((action) => [action.id, action]))
  return topologicalOrder(actionDag(actions)).flatMap((id) => {
    const action = byId.get(id)
    return action !== undefined && ['table', 'view', 'incremental'].includes(action.kind) ? [action] : []
  })
}

/** Where an action's columns come from: masked views count as tables, or what they hide would be seen through them. */
async function lineageOf(
  action: Action,
  masked: readonly Action[],
  warehouse: Pick<Warehouse, 'dryRun'>,
): Promise<readonly ColumnLineage[]> {
  const asTables = masked.flatMap(({ id }, index) => [
    `create temp table masked_${index} as select * from \`${id}\``,
    `drop view \`${id}\``,
    `create table \`${id}\` as select * from masked_${index}`,
  ])
  try {
    const { lineage } = await warehouse.dryRun([...asTables, action.query].join(';\n'))
    if (lineage === undefined) throw new Problem('this warehouse cannot tell where columns come from')
    return lineage
  } catch (error) {
    if (!(error instanceof Problem)) throw error
    throw new Problem(
      `cannot tell where the columns of \`${action.target.schema}.${action.target.name}\` come from: ${error.message}`,
      {
        file: action.fileName,
        hint: 'build the models first: streamform run',
        cause: error,
      },
    )
  }
}

export const command = defineCommand({
  flags: {
    tag: { type: 'string', describe: 'the tag of tables and views that analysts read [default: analytics]' },
  },
  examples: [['privacy', 'can analysts read what sources.js tags as private?']],
  options: (given): PrivacyOptions => ({
    project: given.project,
    ...(given.tag === undefined ? {} : { tag: given.tag }),
  }),
  run: privacy,
  failed: ({ readable }) => readable.length > 0,
  text({ taggedColumns, analystTables, readable }) {
    const searched = `${taggedColumns} private columns, ${analystTables} tables and views for analysts`
    if (readable.length === 0) return `${searched}: none can be read there`
    return [
      textTable(
        ['readable', 'kind', 'comes from', 'file'],
        readable.map(({ column, kind, source, file }) => [column, kind, source, file]),
      ),
      `${searched}: ${readable.length} can be read there`,
    ].join('\n')
  },
})
