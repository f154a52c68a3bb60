import { parseDecimal } from '../../lower/library/native/numbers.ts'
import {
  parseDateText,
  parseDatetimeText,
  parseTimestampText,
  parseTimeText,
} from '../../lower/library/native/time-text.ts'
import { typeName } from '../../types/print.ts'
import type { SqlType } from '../../types/type.ts'

/**
 * Whether a text in a query reads as a value of the type that it stands for: BigQuery tells before it runs anything.
 * True for types whose texts are not looked at here.
 */
export function readsAs(text: string, type: SqlType): boolean {
  try {
    switch (type.kind) {
      case 'DATE':
        return parseDateText(text) !== undefined
      case 'TIME':
        return parseTimeText(text) !== undefined
      case 'DATETIME':
        return parseDatetimeText(text) !== undefined
      case 'TIMESTAMP':
        return parseTimestampText(text, 'UTC') !== undefined
      case 'NUMERIC':
        return within(parseDecimal(text, 9), 10n ** 38n)
      case 'BIGNUMERIC':
        return within(parseDecimal(text, 38), 2n ** 255n)
      default:
        return true
    }
  } catch {
    // An unknown time zone and its like: the words of that error are the function's own.
    return true
  }
}

const within = (size: bigint | undefined, limit: bigint): boolean =>
  size !== undefined && size < limit && (size > -limit || (size === -limit && limit === 2n ** 255n))

/** BigQuery's words for a text that is no value of a type. */
export function badLiteral(text: string, type: SqlType): string {
  return `Could not cast literal ${JSON.stringify(text)} to type ${typeName(type)}`
}
