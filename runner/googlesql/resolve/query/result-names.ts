import type { Span } from '../../parse/ast.ts'
import { type Context, problemAt } from '../context.ts'
import type { OutputColumn } from '../resolved.ts'

/** Refuses names that BigQuery keeps for pseudo-columns: `SELECT _TABLE_SUFFIX` needs an alias. */
export function checkFieldName(context: Pick<Context, 'source'>, node: Span, name: string): void {
  if (!/^(_PARTITION|_TABLE_|_FILE_|_ROW_TIMESTAMP|__ROOT__|_COLIDENTIFIER)/i.test(name)) return
  throw problemAt(
    context,
    node,
    `Invalid field name "${name}". Field names are not allowed to start with the (case-insensitive) prefixes _PARTITION, _TABLE_, _FILE_, _ROW_TIMESTAMP, __ROOT__ and _COLIDENTIFIER`,
  )
}

/** Columns without a name are f0_, f1_ …; a second column `a` is `a_1`. */
export function nameOutputs(columns: readonly OutputColumn[]): readonly OutputColumn[] {
  let anonymous = 0
  const taken = new Set<string>()
  return columns.map((output) => {
    let name = output.name
    if (output.anonymous) {
      name = `f${anonymous}_`
      anonymous += 1
    }
    let unique = name
    for (let count = 1; taken.has(unique.toLowerCase()); count += 1) unique = `${name}_${count}`
    taken.add(unique.toLowerCase())
    return { ...output, name: unique, anonymous: false }
  })
}
