import type { SqlType, StructField } from '../../runner/googlesql/types/type.ts'
import { fitsJson, jsonType } from './fit-json.ts'
import type { JsonEvent } from './json-event.ts'
import type { PayloadField } from './payload-plan.ts'
import { unionType } from './types.ts'

/**
 * The columns that these payloads need: JSON has no schema, so a column's type is what holds all its values. A value
 * that the raw table's column holds exactly asks for nothing more; a column of nothing but null is left out, for
 * nothing is known of it.
 *
 * @param present the raw table's payload columns
 */
export function payloadColumns(
  payloads: readonly Readonly<Record<string, unknown>>[],
  present: readonly StructField[],
): readonly PayloadField[] {
  const known = new Map(present.map(({ name = '', type }) => [name.toLowerCase(), type]))
  const columns = new Map<string, { readonly name: string; type: SqlType }>()
  for (const payload of payloads) {
    for (const [name, value] of Object.entries(payload)) {
      const natural = jsonType(value)
      if (natural === undefined) continue
      const folded = name.toLowerCase()
      const existing = known.get(folded)
      const type = existing !== undefined && fitsJson(value, existing) ? existing : natural
      const column = columns.get(folded)
      if (column === undefined) columns.set(folded, { name, type })
      else if (column.type !== type) column.type = unionType(column.type, type) ?? column.type
    }
  }
  return [...columns.values()]
}

/** The columns that these events need: those that their envelopes say, and what the values of the others ask for. */
export function neededColumns(
  events: readonly JsonEvent[],
  present: readonly StructField[],
): readonly PayloadField[] {
  const payloads = events.flatMap(({ payload, columns }) =>
    payload === undefined || columns !== undefined ? [] : [payload],
  )
  const needed = new Map<string, { readonly name: string; type: SqlType }>()
  const told = new Set(events.map(({ columns }) => columns).filter((columns) => columns !== undefined))
  for (const column of [...[...told].flat(), ...payloadColumns(payloads, present)]) {
    const known = needed.get(column.name.toLowerCase())
    if (known === undefined) needed.set(column.name.toLowerCase(), { ...column })
    else known.type = unionType(known.type, column.type) ?? known.type
  }
  return [...needed.values()]
}
