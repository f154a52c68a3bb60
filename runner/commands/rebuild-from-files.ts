import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { land } from '../../loaders/land.ts'
import { openStore } from '../../loaders/store/open.ts'
import type { Effects } from '../effects.ts'
import { planAction } from '../execute/plan.ts'
import { type CurrentModels, type Difference, differencesFromState, keep } from '../execute/rebuilt-table.ts'
import { sqlTable } from '../googlesql/quote.ts'
import type { Target } from '../googlesql/target.ts'
import { Problem } from '../problem.ts'
import type { LocalWarehouse } from '../warehouse/local-warehouse.ts'
import { openWarehouse } from '../warehouse/open.ts'
import type { Warehouse } from '../warehouse/warehouse.ts'
import type { Context } from './context.ts'

const isLocal = (warehouse: Warehouse): warehouse is LocalWarehouse => 'adopt' in warehouse

/**
 * Lands all change files of a table anew and builds its models, in a warehouse of its own beside the project's; then takes
 * raw table, log, state and history from there, all or none.
 *
 * @throws Problem where there is no embedded warehouse, or no file of the table
 */
export async function rebuildFromFiles(
  { project, warehouse, defaultProject, effects }: Context,
  { current, landings, log, state, versions }: CurrentModels,
  dryRun: boolean,
): Promise<{ readonly differences: readonly Difference[]; readonly replaced: readonly string[] }> {
  if (!isLocal(warehouse))
    throw new Problem('tables are rebuilt from change files in the embedded warehouse alone', {
      exitCode: 2,
      hint: '`streamform files forget` and `streamform land` land files once more',
    })
  const { schema, name } = current.target
  const raw: Target = { ...current.target, schema: `${schema}_raw` }
  const models = [landings, log, state, versions].flatMap((model) => (model === undefined ? [] : [model]))
  const folder = mkdtempSync(join(tmpdir(), 'streamform-rebuild-'))
  try {
    const file = join(folder, 'rebuilt.duckdb')
    const rebuilt = await openWarehouse({ kind: 'duckdb', path: file, defaultProject })
    try {
      const { landing, stream } = project.settings
      const store = await openStore(stream.path)
      const options = {
        store,
        warehouse: rebuilt,
        project: defaultProject,
        ...landing,
        envelope: stream.envelope,
      }
      const now = await beforeLandings(warehouse, effects)
      await land({ ...options, tables: [`${schema}.${name}`] }, { ...effects, now: () => now })
      if ((await rebuilt.table(raw)) === undefined)
        throw new Problem(`the stream has no change files of \`${schema}.${name}\``, { exitCode: 2 })
      await rebuilt.createDataset(defaultProject, schema)
      for (const model of models)
        for (const { text } of planAction(model, { existing: undefined, fullRefresh: true }).statements)
          await rebuilt.execute(text)
    } finally {
      await rebuilt.close()
    }
    const other: Target = {
      ...state.target,
      schema: 'streamform_scratch',
      name: `${schema}__${state.target.name}`,
    }
    const differences = await compared(warehouse, { current, state }, file, other)
    if (dryRun) return { differences, replaced: [] }
    const targets = [raw, ...models.map(({ target }) => target)]
    const present = []
    for (const target of targets) if ((await warehouse.table(target)) !== undefined) present.push(target)
    await keep(warehouse, present)
    await warehouse.adopt(file, targets)
    return { differences, replaced: targets.map((target) => `${target.schema}.${target.name}`) }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

/** A time before every landing yet to come: what is built here must not take for known what lands next. */
async function beforeLandings(warehouse: Warehouse, effects: Effects): Promise<Date> {
  const { latest } = await warehouse.state
    .selectFrom('files')
    .select(({ fn }) => fn.max('landed_at').as('latest'))
    .executeTakeFirstOrThrow()
  return new Date((latest ?? effects.now()).getTime() - 3_600_000)
}

async function compared(
  warehouse: LocalWarehouse,
  models: Pick<CurrentModels, 'current' | 'state'>,
  file: string,
  other: Target,
): Promise<readonly Difference[]> {
  await warehouse.createDataset(other.database, other.schema)
  try {
    await warehouse.adopt(file, [models.state.target], [other])
    return await differencesFromState(warehouse, models, other)
  } finally {
    await warehouse.execute(`DROP TABLE IF EXISTS ${sqlTable(other)}`)
  }
}
