import { sqlTable } from '../googlesql/quote.ts'
import type { Target } from '../googlesql/target.ts'
import type { Warehouse } from '../warehouse/warehouse.ts'

/** The newest event of a key: what the table shows of it, or why it shows nothing. */
export interface NewestEvent {
  readonly file: string
  /** Ordinal of the event in the file, from 0; null if the raw table has it no longer. */
  readonly row: number | null
  readonly changeType: string | null
  /** When the source made the change. */
  readonly at: string | null
  readonly deleted: boolean
}

/**
 * Which change file brought the newest event of each key, and where in it.
 *
 * @param keys as the state has them: `_metadata_key`
 * @returns by key; a key that no event is known of is not in it
 */
export async function newestEvents(
  warehouse: Pick<Warehouse, 'execute'>,
  { state, raw }: { readonly state: Target; readonly raw: Target },
  keys: readonly string[],
): Promise<ReadonlyMap<string, NewestEvent>> {
  if (keys.length === 0) return new Map()
  const { rows } = await warehouse.execute(
    `WITH
  newest AS (
    SELECT _metadata_key AS key, _metadata_uuid AS uuid, _metadata_file AS file, _metadata_change_type AS change_type, _metadata_timestamp AS changed_at, _metadata_deleted AS deleted
    FROM ${sqlTable(state)}
    WHERE _metadata_key IN UNNEST(@keys)
    QUALIFY ROW_NUMBER() OVER (
      PARTITION BY _metadata_key
      ORDER BY _metadata_is_current DESC, _metadata_latest_timestamp DESC, _metadata_epoch DESC
    ) = 1
  )
SELECT key, newest.file, MIN(raw._row), change_type, changed_at, deleted
FROM newest
LEFT JOIN ${sqlTable(raw)} AS raw
  ON raw._file = newest.file AND COALESCE(raw.uuid, CONCAT(raw._file, '#', CAST(raw._row AS STRING))) = newest.uuid
GROUP BY key, newest.file, change_type, changed_at, deleted`,
    { parameters: [{ name: 'keys', type: { kind: 'ARRAY', element: { kind: 'STRING' } }, value: keys }] },
  )
  return new Map(
    rows.map(([key, file, row, changeType, at, deleted]) => [
      String(key),
      {
        file: String(file),
        row: row === null ? null : Number(row),
        changeType: changeType === null ? null : String(changeType),
        at: at === null ? null : String(at),
        deleted: deleted === true,
      },
    ]),
  )
}
