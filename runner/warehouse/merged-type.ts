import { targetName } from '../googlesql/lower/identifier.ts'
import type { Target } from '../googlesql/target.ts'
import { equalTypes } from '../googlesql/types/equal.ts'
import type { SqlType, StructField } from '../googlesql/types/type.ts'
import { Problem } from '../problem.ts'
import type { RawColumn } from './landing.ts'

/** Names are the same whatever their case, as BigQuery's. */
export const sameName = (left: string | undefined, right: string | undefined): boolean =>
  left?.toLowerCase() === right?.toLowerCase()

const toText: ReadonlySet<SqlType['kind']> = new Set([
  'BOOL',
  'INT64',
  'FLOAT64',
  'JSON',
  'DATE',
  'NUMERIC',
  'TIME',
  'DATETIME',
  'TIMESTAMP',
])

/** True if a raw table's column may become wider so: int -> number -> text, and anything but bytes -> text. */
export function widens(from: SqlType, to: SqlType): boolean {
  return to.kind === 'STRING' ? toText.has(from.kind) : from.kind === 'INT64' && to.kind === 'NUMERIC'
}

/**
 * What holds the values of both types: `present` with the fields that only `wanted` has after its own.
 *
 * @param path the column's name, and those of the fields below it
 * @throws Problem for two types of which neither can hold the other's values
 * @example mergedType({ kind: 'INT64' }, { kind: 'NUMERIC' }, ['payload', 'x'], table) // NUMERIC
 */
export function mergedType(
  present: SqlType,
  wanted: SqlType,
  path: readonly string[],
  table: Target,
): SqlType {
  if (present.kind === 'STRUCT' && wanted.kind === 'STRUCT') {
    const kept = present.fields.map((field): StructField => {
      const other = wanted.fields.find(({ name }) => sameName(name, field.name))
      if (other === undefined) return field
      return {
        name: field.name,
        type: mergedType(field.type, other.type, [...path, field.name ?? ''], table),
      }
    })
    const added = wanted.fields.filter(
      ({ name }) => !present.fields.some((field) => sameName(name, field.name)),
    )
    return { kind: 'STRUCT', fields: [...kept, ...added] }
  }
  if (equalTypes(present, wanted) || widens(wanted, present)) return present
  if (widens(present, wanted)) return wanted
  throw new Problem(
    `column ${path.map((part) => `\`${part}\``).join('.')} of \`${targetName(table)}\` is ${present.kind}; it cannot become ${wanted.kind}`,
  )
}

/** A raw table's columns once it holds those of `wanted` too: its own in their order, then what only `wanted` has. */
export function mergedColumns(
  present: readonly RawColumn[],
  wanted: readonly RawColumn[],
  table: Target,
): readonly RawColumn[] {
  const kept = present.map(({ name, type }) => {
    const other = wanted.find((column) => sameName(column.name, name))
    return other === undefined ? { name, type } : { name, type: mergedType(type, other.type, [name], table) }
  })
  return [...kept, ...wanted.filter(({ name }) => !present.some((column) => sameName(column.name, name)))]
}
