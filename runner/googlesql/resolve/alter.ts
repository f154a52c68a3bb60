import type { AlterStatement } from '../parse/ast.ts'
import { type Context, unsupportedAt } from './context.ts'
import type { Resolved } from './resolved-statement.ts'

/** ALTER TABLE, VIEW and SCHEMA. */
export function resolveAlter(context: Context, node: AlterStatement): Resolved {
  throw unsupportedAt(context, node, `ALTER ${node.entity}`)
}
