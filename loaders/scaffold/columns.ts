import type { AvroRecord, AvroType } from '../avro/schema.ts'
import { fitsNumeric } from '../datastream/decimal.ts'

/** A payload's column as its change files tell of it. */
export interface ToldColumn {
  readonly name: string
  /** `int`, `decimal(4,1)`, `json`: the logical type where there is one. */
  readonly type: string
  /** What a declaration should read it as; undefined: as it landed. */
  readonly readAs?: string | undefined
  /** True for a timestamp of MySQL's, which may be a DATE or a DATETIME. */
  readonly maybeDate?: boolean | undefined
}

/** The columns of a payload's schema. */
export function toldColumns(payload: AvroRecord, mysql: boolean): readonly ToldColumn[] {
  return payload.fields.map(({ name, type }) => {
    const told = tell(type)
    return mysql && told.type.startsWith('timestamp-')
      ? { name, ...told, maybeDate: true }
      : { name, ...told }
  })
}

/**
 * The columns of all schemas of a table, newest last: each in the place where it came first, as its newest schema tells
 * of it. Where schemas disagree on how to read a column, nothing is said: it is read as it landed.
 */
export function mergeColumns(schemas: readonly (readonly ToldColumn[])[]): readonly ToldColumn[] {
  const byFolded = new Map<string, ToldColumn>()
  for (const columns of schemas) {
    for (const column of columns) {
      const folded = column.name.toLowerCase()
      const other = byFolded.get(folded)
      if (other === undefined) byFolded.set(folded, column)
      else if (other.readAs === column.readAs) byFolded.set(folded, { ...column, name: other.name })
      else byFolded.set(folded, { name: other.name, type: `${other.type}, then ${column.type}` })
    }
  }
  return [...byFolded.values()]
}

/**
 * The key of a table whose events name these keys, the newest first: the first that is not empty and whose columns the
 * payload has, in the payload's spelling and order; and the others that are named, for a person to know.
 */
export function chooseKey(
  named: readonly (readonly string[])[],
  columns: readonly { readonly name: string }[],
): { readonly key: readonly string[]; readonly otherKeys: readonly (readonly string[])[] } {
  const found = named.flatMap((names) => {
    const wanted = new Set(names.map((name) => name.toLowerCase()))
    const key = columns.map(({ name }) => name).filter((name) => wanted.has(name.toLowerCase()))
    return key.length > 0 && key.length === wanted.size ? [key] : []
  })
  const [key = [], ...others] = [...new Map(found.map((each) => [JSON.stringify(each), each])).values()]
  return { key, otherKeys: others }
}

function tell(type: AvroType): { readonly type: string; readonly readAs?: string } {
  if (type.kind === 'union') {
    const [only, ...more] = type.branches.filter(({ kind }) => kind !== 'null')
    return only !== undefined && more.length === 0 ? tell(only) : { type: 'several types' }
  }
  // A time with its zone stays a record: as a TIMESTAMP it would lose the zone, which a person may decide.
  if (type.kind === 'record')
    return type.name === 'datetime' ? { type: type.name, readAs: 'DATETIME RECORD' } : { type: type.name }
  const logical = 'logical' in type ? type.logical : undefined
  if (logical === undefined) return { type: type.kind }
  if (logical.name === 'json') return { type: 'json', readAs: 'JSON' }
  if (logical.name !== 'decimal') return { type: logical.name }
  const { precision = 0, scale = 0 } = logical
  const told = { type: `decimal(${precision},${scale})` }
  // Wider ones landed as text, so that nothing was lost.
  if (fitsNumeric(precision, scale)) return told
  return scale <= 38 && precision - scale <= 38 ? { ...told, readAs: 'BIGNUMERIC' } : told
}
