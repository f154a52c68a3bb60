import type { TablePath } from '../parse/ast.ts'
import { type Context, unsupportedAt } from './context.ts'
import type { From } from './from.ts'

/** `dataset.INFORMATION_SCHEMA.TABLES` and its like. */
export function resolveInformationSchema(context: Context, node: TablePath, parts: readonly string[]): From {
  throw unsupportedAt(context, node, `INFORMATION_SCHEMA view ${parts.at(-1) ?? ''}`)
}
