import type { SqlType, StructField } from '../../runner/googlesql/types/type.ts'
import { Problem } from '../../runner/problem.ts'
import { unionType } from './types.ts'

export interface PayloadField {
  readonly name: string
  readonly type: SqlType
}

/** BigQuery's limit, less those that are not the payload's: https://cloud.google.com/bigquery/quotas#standard_tables */
const maxColumns = 9900

function flawOfName(name: string): string | undefined {
  if (name === '') return 'is empty'
  if (name.includes('\0')) return 'holds the character NUL'
  return name.isWellFormed() ? undefined : 'holds half of a character'
}

/**
 * The payload's columns once a file has landed: those there are, in their order, and the file's new ones after them. A
 * column that both have gets the type that holds both's values; where there is none it keeps its own, and the file's
 * events that have a value there become dead letters. Names are the same whatever their case, as BigQuery's.
 *
 * @throws Problem if the file has two columns that differ only by case, one whose name no warehouse can
 *   have, or more columns than a table may have
 */
export function mergePayload(
  present: readonly StructField[],
  given: readonly PayloadField[],
): readonly StructField[] {
  const byFolded = new Map<string, PayloadField>()
  for (const field of given) {
    const flaw = flawOfName(field.name)
    if (flaw !== undefined) throw new Problem(`the payload has a column whose name ${flaw}`)
    const other = byFolded.get(field.name.toLowerCase())
    if (other !== undefined) {
      throw new Problem(`the payload's columns \`${other.name}\` and \`${field.name}\` differ only by case`)
    }
    byFolded.set(field.name.toLowerCase(), field)
  }
  const known = new Set(present.map(({ name = '' }) => name.toLowerCase()))
  const kept = present.map((field): StructField => {
    const other = byFolded.get((field.name ?? '').toLowerCase())
    const type = other === undefined ? undefined : unionType(field.type, other.type)
    return type === undefined || type === field.type ? field : { name: field.name, type }
  })
  const added = given.filter(({ name }) => !known.has(name.toLowerCase()))
  if (kept.length + added.length > maxColumns && added.length > 0) {
    throw new Problem(
      `the raw table would have ${kept.length + added.length} columns, where ${maxColumns} are allowed; this file has ${added.length} new ones`,
    )
  }
  return added.length === 0 && kept.every((field, index) => field === present[index])
    ? present
    : [...kept, ...added]
}
