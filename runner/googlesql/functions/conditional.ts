import { once } from '../lower/library/once.ts'
import { physicalType } from '../types/physical.ts'
import { comparable } from '../types/predicates.ts'
import { BOOL } from '../types/scalars.ts'
import type { SqlType } from '../types/type.ts'
import { equal } from './comparison.ts'
import { plain, repeated, scalar, signature, typeAt } from './define.ts'
import type { FunctionEntry } from './function.ts'

const page = 'conditional_expressions'
const first = (args: readonly SqlType[]) => typeAt(args, 0)
const second = (args: readonly SqlType[]) => typeAt(args, 1)

/** Conditional expressions but CASE, which is syntax. DuckDB evaluates branches only where they are chosen. */
export const conditionalFunctions: readonly FunctionEntry[] = [
  scalar('IF', `${page}#if`, [
    plain(
      [BOOL, 'T1', 'T1'],
      second,
      (condition, yes, no) => `CASE WHEN ${condition} THEN ${yes} ELSE ${no} END`,
    ),
  ]),
  scalar('IFNULL', `${page}#ifnull`, [plain(['T1', 'T1'], first, (x, y) => `coalesce(${x}, ${y})`)]),
  scalar('COALESCE', `${page}#coalesce`, [
    signature(['T1', repeated('T1')], first, (args) =>
      args.length === 1 ? (args[0] ?? '') : `coalesce(${args.join(', ')})`,
    ),
  ]),
  scalar('NULLIF', `${page}#nullif`, [
    {
      ...signature(['T1', 'T1'], first, ([x = '', y = ''], call) => {
        const type = typeAt(call.argumentTypes, 0)
        return once(
          [x],
          (v) => `CASE WHEN ${equal(v, y, type)} THEN CAST(NULL AS ${physicalType(type)}) ELSE ${v} END`,
        )
      }),
      accepts: ([type]) => type !== undefined && comparable(type),
    },
  ]),
]
