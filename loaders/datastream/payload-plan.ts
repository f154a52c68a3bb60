import type { SqlType, StructField } from '../../runner/googlesql/types/type.ts'
import { Problem } from '../../runner/problem.ts'
import { unionType } from './types.ts'

export interface PayloadField {
  readonly name: string
  readonly type: SqlType
}

/**
 * The payload's columns once a file has landed: those there are, in their order, and the file's new ones after them. A
 * column that both have gets the type that holds both's values; where there is none it keeps its own, and the file's
 * events that have a value there become dead letters. Names are the same whatever their case, as BigQuery's.
 *
 * @throws Problem if the file has two columns that differ only by case, or one whose name no warehouse can have
 */
export function mergePayload(
  present: readonly StructField[],
  given: readonly PayloadField[],
): readonly StructField[] {
  const byFolded = new Map<string, PayloadField>()
  for (const field of given) {
    if (field.name === '' || field.name.includes('\0')) {
      throw new Problem(
        `the payload has a column whose name ${field.name === '' ? 'is empty' : 'holds the character NUL'}`,
      )
    }
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
  return added.length === 0 && kept.every((field, index) => field === present[index])
    ? present
    : [...kept, ...added]
}
