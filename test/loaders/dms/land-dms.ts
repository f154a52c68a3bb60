import { type DmsSettings, defaultDmsSettings } from '../../../loaders/dms/settings.ts'
import { defaultEnvelope } from '../../../loaders/envelope-settings.ts'
import type { LandReport } from '../../../loaders/land.ts'
import {
  freshFolder,
  freshWarehouse,
  landFolder,
  type TestWarehouse,
  writeFiles,
} from '../fresh-warehouse.ts'

/** What the tests' task was told, unless they say otherwise. */
export const task: DmsSettings = {
  ...defaultDmsSettings,
  sequenceColumn: 'seq',
  timestampColumn: 'ts',
}

export interface Landed {
  readonly report: LandReport
  readonly warehouse: TestWarehouse
  readonly folder: string
  /** Every event, the loader's columns left out. */
  events(): Promise<Record<string, unknown>[]>
  payloads(): Promise<unknown[]>
  letters(): Promise<Record<string, unknown>[]>
}

/** Lands files of AWS DMS of the table `shop.item`. */
export async function landDms(
  files: Readonly<Record<string, string | Uint8Array>>,
  settings: Partial<DmsSettings> = {},
): Promise<Landed> {
  const folder = freshFolder()
  await writeFiles(folder, files)
  const warehouse = await freshWarehouse()
  const envelope = { ...defaultEnvelope, kind: 'dms', dms: { ...task, ...settings } } as const
  const report = await landFolder(warehouse, folder, { envelope })
  const events = () =>
    warehouse.query(`
      select uuid, read_timestamp, source_timestamp, read_method, source_metadata."schema" as "schema",
        source_metadata."table" as "table", source_metadata.lsn, source_metadata.log_file, source_metadata.log_position,
        source_metadata.change_type, source_metadata.is_deleted, payload
      from "test-project.shop_raw".item order by _file, _row, source_metadata.change_type`)
  return {
    report,
    warehouse,
    folder,
    events,
    payloads: async () => (await events()).map(({ payload }) => payload),
    letters: () =>
      warehouse.query(
        'select "row", "column", reason, event, raw_table from "test-project.streamform".dead_letters order by "row"',
      ),
  }
}

/** What `$AR_H_CHANGE_SEQ` gives: a time of sixteen digits, and a number of nineteen. */
export const sequence = (number: number): string => `2024060112000000${String(number).padStart(19, '0')}`
