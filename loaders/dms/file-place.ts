import { Problem } from '../../runner/problem.ts'
import type { SourceTable } from '../datastream/naming.ts'

/** What the name of a file of AWS DMS says: of which table it is, and whether of the full load or of changes. */
export interface DmsPlace extends SourceTable {
  /** The file's own name without its endings: `LOAD00000001`, `20240601-101500123`. */
  readonly base: string
  /** When the file of changes was begun, UTC; undefined for one of the full load. */
  readonly begunAt: string | undefined
}

const partition = /^(?:\d{1,2}|\d{4}(?:[-_]?\d{2}){0,3})$/

/**
 * Reads a file's name: `[folder/]<schema>/<table>/[2024/06/01/]LOAD0000001.csv` or `…/20240601-101500123.csv`.
 *
 * @param datePartitions whether folders of dates come after the table's; undefined: a name that might have some is refused
 * @throws Problem for a name that is not of that form
 * @see https://docs.aws.amazon.com/dms/latest/userguide/CHAP_Target.S3.html
 */
export function dmsPlace(file: string, datePartitions: boolean | undefined): DmsPlace {
  const folders = file.split('/')
  const base = (folders.pop() ?? '').replace(/\..*$/s, '')
  const dated = folders.findLastIndex((folder) => !partition.test(folder)) + 1
  if (dated < folders.length && datePartitions === undefined) {
    throw new Problem(
      `\`${folders.slice(dated).join('/')}\` may be a table's name or a date: say \`stream: dms: date_partitions: true\` or \`false\` in streamform.yaml`,
    )
  }
  const [database, table] = (datePartitions === true ? folders.slice(0, dated) : folders).slice(-2)
  if (database === undefined || table === undefined || database === '' || table === '')
    throw new Problem('not a file of AWS DMS: it does not lie in `<schema>/<table>/`')
  if (/^LOAD[0-9A-F]+$/i.test(base)) return { database, table, base, begunAt: undefined }
  const begunAt = timeOf(base)
  if (begunAt === undefined) {
    throw new Problem(
      `not a file of AWS DMS: it is named \`${base}\`, neither \`LOAD…\` (full load) nor by a time (\`20240601-101500123\`, changes)`,
    )
  }
  return { database, table, base, begunAt }
}

/** `20141029-1134010000`: date, time of day, and fractions of a second, of any length. */
function timeOf(base: string): string | undefined {
  const match = /^(\d{4})(\d{2})(\d{2})-(\d{2})(\d{2})(\d{2})(\d{0,9})$/.exec(base)
  if (match === null) return undefined
  const [, year, month, day, hour, minute, second, fraction = ''] = match
  return `${year}-${month}-${day}T${hour}:${minute}:${second}.${fraction.slice(0, 6).padEnd(6, '0')}Z`
}
