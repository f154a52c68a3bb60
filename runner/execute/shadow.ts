import { sqlName, sqlTable, sqlType } from '../googlesql/quote.ts'
import type { DryRun } from '../googlesql/result.ts'
import type { Target } from '../googlesql/target.ts'
import { type Action, targetId } from '../project/compile/compiled-graph.ts'
import { openWarehouse } from '../warehouse/open.ts'
import type { Table, Warehouse } from '../warehouse/warehouse.ts'
import { planAction } from './plan.ts'

/**
 * An embedded warehouse that has the tables of another one without their rows, and those that a run would make: what their
 * columns will be is known before anything runs. Tables come into it when they are first needed.
 */
export class Shadow {
  readonly #real: Warehouse
  readonly #actions: ReadonlyMap<string, Action>
  readonly #made = new Map<string, Promise<void>>()
  #embedded: Promise<Warehouse> | undefined

  constructor(real: Warehouse, actions: readonly Action[]) {
    this.#real = real
    this.#actions = new Map(actions.map((action) => [action.id, action]))
  }

  /** What an action reads that the run will have made before. */
  madeByRun({ dependencyTargets }: Action): readonly Target[] {
    return dependencyTargets.filter((target) => this.#actions.has(targetId(target)))
  }

  /** Types and tables of an action's statement, all that it needs being there. @throws Problem for SQL that is wrong */
  async dryRun(action: Action, text: string): Promise<DryRun> {
    const warehouse = await this.#warehouse(action.target.database)
    for (const target of action.dependencyTargets) await this.#ensure(target)
    await this.#ensureDataset(action.target)
    if (action.incremental !== undefined) await this.#ensure(action.target)
    return warehouse.dryRun(text)
  }

  async close(): Promise<void> {
    await (await this.#embedded)?.close()
  }

  #warehouse(defaultProject: string): Promise<Warehouse> {
    this.#embedded ??= openWarehouse({ kind: 'duckdb', path: ':memory:', defaultProject })
    return this.#embedded
  }

  async #ensureDataset({ database, schema }: Target): Promise<void> {
    await (await this.#warehouse(database)).createDataset(database, schema)
  }

  #ensure(target: Target): Promise<void> {
    const id = targetId(target)
    const known = this.#made.get(id) ?? this.#make(target, this.#actions.get(id))
    this.#made.set(id, known)
    return known
  }

  /** As the run would leave it; a table that cannot be made is missing, which the statement that reads it will say. */
  async #make(target: Target, action: Action | undefined): Promise<void> {
    await this.#ensureDataset(target)
    const warehouse = await this.#warehouse(target.database)
    const standing = await this.#real.table(target)
    if (standing !== undefined && (action === undefined || action.incremental !== undefined)) {
      await warehouse.execute(emptyTable(standing))
      return
    }
    if (action === undefined) return
    for (const other of action.dependencyTargets) await this.#ensure(other)
    const { statements } = planAction(action, { fullRefresh: true, existing: undefined })
    for (const { text, purpose } of statements) if (purpose === 'statement') await warehouse.execute(text)
  }
}

const emptyTable = ({ target, columns }: Table): string =>
  `create table ${sqlTable(target)} (${columns.map(({ name, type }) => `${sqlName(name)} ${sqlType(type)}`).join(', ')})`
