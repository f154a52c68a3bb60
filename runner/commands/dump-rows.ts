import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { land } from '../../loaders/land.ts'
import { writeSample } from '../../loaders/sample/sample.ts'
import { localStore } from '../../loaders/store/local.ts'
import type { Effects } from '../effects.ts'
import { planAction } from '../execute/plan.ts'
import { currentModels } from '../execute/rebuilt-table.ts'
import { sqlName, sqlTable } from '../googlesql/quote.ts'
import { Problem } from '../problem.ts'
import type { Action } from '../project/compile/compiled-graph.ts'
import { openWarehouse } from '../warehouse/open.ts'

export interface DumpRowsOptions {
  /** A mysqldump file, absolute. */
  readonly path: string
  /** The table that is asked for: `world_x.city`. */
  readonly table: string
  readonly actions: readonly Action[]
  readonly project: string
}

/**
 * A table's rows as a mysqldump has them, made of it as a backfill of the same rows would be: by the same loader and the
 * same models, in a warehouse of its own. So every value is what the pipeline makes of it.
 *
 * @param work is given a file of JSON lines, which is gone afterwards
 * @throws Problem for a dump that cannot be read, or that has not the table
 */
export async function withDumpRows<Result>(
  { path, table, actions, project }: DumpRowsOptions,
  effects: Effects,
  work: (file: string) => Promise<Result>,
): Promise<Result> {
  const { current, state } = currentModels(actions, table)
  const folder = mkdtempSync(join(tmpdir(), 'streamform-dump-'))
  const warehouse = await openWarehouse({ kind: 'duckdb', path: ':memory:', defaultProject: project })
  try {
    const stream = join(folder, 'stream')
    const { schema } = current.target
    await writeSample({
      folder: stream,
      seed: '1',
      scale: 1,
      changes: false,
      force: false,
      dump: { file: path, database: schema },
    })
    await land({ store: localStore(stream), warehouse, project, maxDeadLetters: 0 }, effects)
    const raw = { ...current.target, schema: `${schema}_raw` }
    if ((await warehouse.table(raw)) === undefined)
      throw new Problem(`${basename(path)} has no rows of \`${table}\``, {
        exitCode: 2,
        hint: 'the dump must name the same database, or none',
      })
    const log = actions.find(
      ({ target }) => target.schema === schema && target.name === `${current.target.name}_log`,
    )
    await warehouse.createDataset(project, schema)
    for (const action of [log, state, current]) {
      if (action === undefined) continue
      const { statements } = planAction(action, { existing: undefined, fullRefresh: true })
      for (const { text } of statements) await warehouse.execute(text)
    }
    const columns = (await warehouse.table(current.target))?.columns ?? []
    const list = columns.map(({ name, type }) =>
      type.kind === 'BYTES' ? `TO_HEX(${sqlName(name)}) AS ${sqlName(name)}` : sqlName(name),
    )
    const { rows } = await warehouse.execute(
      `SELECT TO_JSON_STRING(STRUCT(${list.join(', ')})) FROM ${sqlTable(current.target)}`,
    )
    const file = join(folder, 'rows.jsonl')
    writeFileSync(file, rows.map(([text]) => `${text}\n`).join(''))
    return await work(file)
  } finally {
    await warehouse.close()
    rmSync(folder, { recursive: true, force: true })
  }
}
