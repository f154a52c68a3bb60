import { nearest } from '../../runner/nearest.ts'
import { Problem } from '../../runner/problem.ts'
import type { SourceTable } from '../datastream/naming.ts'
import { minuteFolder } from '../ledger/ledger.ts'
import type { StoredObject } from '../store/store.ts'

export interface FileSelectionOptions {
  readonly tables?: readonly string[]
  readonly since?: string
}

/**
 * Which files of a stream are asked for: told first by their names, `…/<database>_<table>/yyyy/mm/dd/hh/mm/<file>`, and
 * once a file is open by the table that its events name, for a folder's name may stand for several. A file outside of
 * any minute folder, as other envelopes' are, tells its table once it is open, and no time.
 *
 * @throws Problem (exit code 2) for a time that is none
 */
export class FileSelection {
  private readonly from: string | undefined
  private readonly tables: readonly string[] | undefined
  private readonly folders = new Set<string>()
  private readonly found = new Set<string>()
  /** True once a file was met whose name tells no table. */
  private metOthers = false

  constructor({ tables, since }: FileSelectionOptions) {
    this.from = since === undefined ? undefined : minuteOf(since)
    this.tables = tables?.map((table) => table.toLowerCase())
  }

  /** By its name. */
  wants({ name }: StoredObject): boolean {
    const { tables } = this
    if (this.from === undefined && tables === undefined) return true
    const folder = minuteFolder(name)
    if (folder === undefined) {
      this.metOthers = true
      return this.from === undefined
    }
    const object = folder.object.split('/').at(-1) ?? ''
    this.folders.add(object)
    const asked = tables?.filter((table) => mayHold(object.toLowerCase(), table)) ?? []
    for (const table of asked) this.found.add(table)
    return (
      (this.from === undefined || folder.minute >= this.from) && (tables === undefined || asked.length > 0)
    )
  }

  /** By the table that its events name. */
  wantsTable({ database, table }: SourceTable): boolean {
    const names = [table.toLowerCase(), `${database}.${table}`.toLowerCase()]
    return this.tables === undefined || this.tables.some((wanted) => names.includes(wanted))
  }

  /** After the last file. @throws Problem (exit code 2) if a table was asked for of which there is no file at all */
  check(place: string): void {
    const missing = this.tables?.find((table) => !this.found.has(table))
    if (missing === undefined || (this.metOthers && this.from === undefined)) return
    const folders = [...this.folders].sort()
    const near = nearest(missing.replace('.', '_'), folders)
    const some = folders.slice(0, 20).join(', ')
    throw new Problem(
      `there are no change files of \`${missing}\`${near === undefined ? '' : `; did you mean \`${near}\`?`}`,
      {
        file: place,
        hint: folders.length === 0 ? 'there are no minute folders at all' : `there are files of: ${some}`,
        exitCode: 2,
      },
    )
  }
}

/** True if a folder of this name may hold files of the table: `shop_item` those of `shop.item`, and of `item`. */
function mayHold(object: string, table: string): boolean {
  return table.includes('.')
    ? object === table.replace('.', '_')
    : object === table || object.endsWith(`_${table}`)
}

/** A time's minute folder. */
function minuteOf(since: string): string {
  const match = /^(\d{4}-\d{2}-\d{2})(?:[T ](\d{2}:\d{2}))?(?::\d{2})?Z?$/.exec(since)
  const time = match === null ? Number.NaN : Date.parse(`${match[1]}T${match[2] ?? '00:00'}:00Z`)
  if (Number.isNaN(time)) {
    throw new Problem(`\`${since}\` is no time: write 2024-06-01 or 2024-06-01T12:30 (UTC)`, { exitCode: 2 })
  }
  return new Date(time).toISOString().slice(0, 16).replaceAll(/[-T:]/g, '/')
}
