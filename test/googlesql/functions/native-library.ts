import type { DuckDBConnection } from '@duckdb/node-api'
import type { Call } from '../../../runner/googlesql/functions/function.ts'
import { findFunction } from '../../../runner/googlesql/functions/index.ts'
import { installLibrary } from '../../../runner/googlesql/lower/library/install.ts'
import { STRING } from '../../../runner/googlesql/types/scalars.ts'
import type { SqlType } from '../../../runner/googlesql/types/type.ts'
import { openDatabase } from '../../../runner/warehouse/duckdb/database.ts'

/** A DuckDB with the registered functions, to compare DuckDB's own with them value by value. */
export async function openLibrary(): Promise<DuckDBConnection> {
  const database = await openDatabase(':memory:')
  const connection = await database.connect()
  installLibrary(connection)
  return connection
}

/** The rows in which two expressions differ, in value or in how it prints. */
export async function differing(
  connection: DuckDBConnection,
  table: string,
  one: string,
  other: string,
): Promise<readonly unknown[]> {
  const reader = await connection.runAndReadAll(
    `select * from (select *, (${one}) as one, (${other}) as other from ${table})
     where one is distinct from other or one::varchar is distinct from other::varchar limit 5`,
  )
  return reader.getRowsJson()
}

/** The lowering of a function's first signature that takes the types. */
export function lowered(
  name: string,
  args: readonly string[],
  types: readonly SqlType[],
  literals: Call['literals'] = args.map(() => undefined),
): string {
  const signature = findFunction(name)?.signatures.find(
    ({ parameters }) =>
      parameters.length >= types.length && types.every((type, index) => parameters[index]?.type === type),
  )
  const call = { argumentTypes: types, resultType: STRING, literals, safe: false }
  return signature?.lower(args, call) ?? ''
}

/** Numbers below a limit, always the same. */
export function numbersFrom(seed: number): (limit: number) => number {
  let state = seed
  return (limit) => {
    state = (Math.imul(state, 1103515245) + 12345) >>> 0
    return (state >>> 8) % limit
  }
}

/** Texts like the samples, with some of their signs replaced, left out or put in. */
export function mutated(
  samples: readonly string[],
  signs: string,
  each: number,
  seed = 7,
): readonly string[] {
  const below = numbersFrom(seed)
  const one = (sample: string): string => {
    const text = [...sample]
    for (let change = 0; change <= below(3); change++) {
      const sign = signs[below(signs.length)] ?? ''
      text.splice(below(text.length + 1), below(3) > 0 ? 1 : 0, ...(below(5) > 0 ? [sign] : []))
    }
    return text.join('')
  }
  return samples.flatMap((sample) => [sample, ...Array.from({ length: each }, () => one(sample))])
}

/** A table of texts in the column x, with NULL among them. */
export const tableOf = (texts: readonly string[]): string =>
  `(select unnest([${[...texts].map((text) => `'${text.replaceAll("'", "''")}'`).join(', ')}, null]) as x)`
