import { physicalType } from '../../types/physical.ts'
import type { SqlType } from '../../types/type.ts'
import { quoteText } from '../identifier.ts'
import { repeatable } from './once.ts'

/**
 * DuckDB SQL of a part of a struct. DuckDB forgets the type of a part of what it finds to be a constant NULL.
 *
 * @example partOf('u1."t"', 'id', INT64) // struct_extract(u1."t", 'id')
 */
export function partOf(struct: string, name: string, type: SqlType): string {
  const part = `struct_extract(${struct}, ${quoteText(name)})`
  const known = repeatable(struct) && !struct.startsWith('CAST(')
  return known ? part : `CAST(${part} AS ${physicalType(type)})`
}
