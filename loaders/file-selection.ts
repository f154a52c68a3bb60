import { Problem } from '../runner/problem.ts'
import { minuteFolder } from './ledger.ts'
import type { StoredObject } from './store/store.ts'

export interface FileSelectionOptions {
  readonly tables?: readonly string[]
  readonly since?: string
}

/**
 * Which files of a stream are asked for, told by their names alone: `…/<database>_<table>/yyyy/mm/dd/hh/mm/<file>`. A
 * file outside of any minute folder is taken unless a table or a time is asked for.
 *
 * @throws Problem (exit code 2) for a time that is none
 */
export function fileSelection({ tables, since }: FileSelectionOptions): (object: StoredObject) => boolean {
  const from = since === undefined ? undefined : minuteOf(since)
  const objects = tables?.map((table) => table.replace('.', '_').toLowerCase())
  if (from === undefined && objects === undefined) return () => true
  return ({ name }) => {
    const folder = minuteFolder(name)
    if (folder === undefined) return false
    if (from !== undefined && folder.minute < from) return false
    const object = (folder.object.split('/').at(-1) ?? '').toLowerCase()
    return (
      objects === undefined || objects.some((wanted) => object === wanted || object.endsWith(`_${wanted}`))
    )
  }
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
