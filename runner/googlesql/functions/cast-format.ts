import { Problem } from '../../problem.ts'
import { typeName } from '../types/print.ts'
import type { SqlType } from '../types/type.ts'
import type { CastOptions } from './cast.ts'

/** CAST(… FORMAT …): format_elements. */
export function castFormat(_value: string, from: SqlType, to: SqlType, _options: CastOptions): string {
  throw new Problem(`CAST(${typeName(from)} AS ${typeName(to)} FORMAT …) is not supported locally`)
}
