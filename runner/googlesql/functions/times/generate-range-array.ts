import { quoteText } from '../../lower/identifier.ts'
import { once } from '../../lower/library/once.ts'
import { raiseText } from '../../lower/library/raise.ts'
import { physicalType, rangeEnd, rangeStart } from '../../types/physical.ts'
import { BOOL, INTERVAL } from '../../types/scalars.ts'
import type { SqlType } from '../../types/type.ts'
import { given, optional, signature, typeAt } from '../define.ts'
import type { Signature } from '../function.ts'

/** GENERATE_RANGE_ARRAY: a range cut into ranges of one step, the last of them shorter where it does not go in. */
export const generateRangeArray: Signature = signature(
  ['RANGE<T1>', INTERVAL, optional(BOOL)],
  (args): SqlType => ({ kind: 'ARRAY', element: typeAt(args, 0) }),
  ([range = '', step = '', partial], call) => {
    const type = typeAt(call.argumentTypes, 0)
    const element = type.kind === 'RANGE' ? type.element : type
    return once([range, step, given(partial, 'true')], (r, i, p) =>
      once(
        [
          `struct_extract(${r}, ${quoteText(rangeStart)})`,
          `struct_extract(${r}, ${quoteText(rangeEnd)})`,
          `(datepart('year', ${i}) * 12 + datepart('month', ${i}))`,
          `datepart('day', ${i})`,
          `(datepart('hour', ${i}) * 3600000000 + datepart('minute', ${i}) * 60000000 + datepart('microsecond', ${i}))`,
        ],
        (from, to, months, days, micros) =>
          `CASE WHEN ${r} IS NULL OR ${i} IS NULL OR ${p} IS NULL THEN NULL ${checks(element, from ?? '', to ?? '', [months ?? '', days ?? '', micros ?? ''], call.resultType)}ELSE ${cut(type, element, from ?? '', to ?? '', [months ?? '', days ?? '', micros ?? ''], p ?? '')} END`,
      ),
    )
  },
)

type Step = readonly [months: string, days: string, micros: string]

function checks(element: SqlType, from: string, to: string, step: Step, result: SqlType): string {
  const [months, days, micros] = step
  const errors: readonly (readonly [string, string])[] = [
    [`${from} IS NULL OR ${to} IS NULL`, 'input RANGE cannot have UNBOUNDED endpoints'],
    [`${months} = 0 AND ${days} = 0 AND ${micros} = 0`, 'step cannot be 0'],
    [`${months} < 0 OR ${days} < 0 OR ${micros} < 0`, 'step cannot be negative'],
    element.kind === 'DATE'
      ? [`${micros} <> 0`, 'step with non-zero (H:M:S[.F]) part is not supported']
      : element.kind === 'TIMESTAMP'
        ? [`${months} <> 0`, 'step with non-zero MONTH or YEAR part is not supported']
        : ['false', ''],
    [
      `${months} <> 0 AND (${days} <> 0 OR ${micros} <> 0)`,
      'step should either have the Y-M part or the DAY part',
    ],
  ]
  return errors
    .map(([condition, message]) => `WHEN ${condition} THEN ${raiseText(message, physicalType(result))} `)
    .join('')
}

function cut(type: SqlType, element: SqlType, from: string, to: string, step: Step, partial: string): string {
  const [months, days, micros] = step
  const physical = physicalType(element)
  const at = (k: string) =>
    `CAST(${from} + to_months(CAST(${k} * ${months} AS INTEGER)) + to_days(CAST(${k} * ${days} AS INTEGER)) + to_microseconds(CAST(${k} * ${micros} AS BIGINT)) AS ${physical})`
  const length = `(epoch_us(${to}) - epoch_us(${from}))`
  const count = `CASE WHEN ${months} > 0 THEN datediff('month', ${from}, ${to}) // ${months} + 1 ELSE ${length} // (${days} * 86400000000 + ${micros}) + 1 END`
  const kept = `${at('k')} < ${to} AND (${partial} OR ${at('(k + 1)')} <= ${to})`
  const made = `CAST({${quoteText(rangeStart)}: ${at('k')}, ${quoteText(rangeEnd)}: least(${at('(k + 1)')}, ${to})} AS ${physicalType(type)})`
  return `list_transform(list_filter(range(0, CAST(${count} AS BIGINT)), lambda k: ${kept}), lambda k: ${made})`
}
