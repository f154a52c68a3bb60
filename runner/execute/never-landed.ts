import { Problem } from '../problem.ts'
import type { Action } from '../project/compile/compiled-graph.ts'
import type { Warehouse } from '../warehouse/warehouse.ts'

/**
 * An error of the warehouse that something is missing, told as what it means where that is a raw table: nothing of a
 * declared source table has landed yet. Other errors as they are.
 */
export async function neverLanded(
  error: unknown,
  action: Action,
  warehouse: Pick<Warehouse, 'table'>,
): Promise<unknown> {
  if (!(error instanceof Problem) || !error.message.startsWith('Not found: ')) return error
  for (const target of action.dependencyTargets) {
    if (!target.schema.endsWith('_raw')) continue
    if ((await warehouse.table(target).catch(() => undefined)) !== undefined) continue
    const hint = '`streamform land` lands what has arrived, `streamform files list` tells what came of it'
    return new Problem(
      `nothing of \`${target.schema.slice(0, -'_raw'.length)}.${target.name}\` has landed yet: its raw table \`${target.schema}.${target.name}\` is not there`,
      { cause: error, exitCode: error.exitCode, file: action.fileName, hint },
    )
  }
  return error
}
