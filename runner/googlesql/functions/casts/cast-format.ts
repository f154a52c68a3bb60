import { Problem } from '../../../problem.ts'
import { quoteText } from '../../lower/identifier.ts'
import { once } from '../../lower/library/once.ts'
import { physicalType } from '../../types/physical.ts'
import type { SqlType } from '../../types/type.ts'
import type { CastOptions } from './cast.ts'
import { textOf } from './cast-text.ts'

const times: readonly SqlType['kind'][] = ['DATE', 'TIME', 'DATETIME', 'TIMESTAMP']

/**
 * CAST(… FORMAT …): dates and times to text and back, bytes to text and back
 * (format_elements#format_clause). SAFE_CAST forgives what the cast raises, not what its value raises.
 */
export function castFormat(value: string, from: SqlType, to: SqlType, options: CastOptions): string {
  const { format = 'NULL', zone = `'UTC'`, safe } = options
  if (format.startsWith('CAST(NULL AS')) return `CAST(NULL AS ${physicalType(to)})`
  const lowered = (v: string): string => {
    if (times.includes(from.kind) && to.kind === 'STRING') {
      return `googlesql_format_cast('${from.kind}', ${microsOf(v, from)}, ${format}, ${zone})`
    }
    if (from.kind === 'STRING' && times.includes(to.kind)) {
      const micros = `googlesql_parse_cast(${v}, ${quoteText(to.kind)}, ${format}, ${zone})`
      if (to.kind === 'TIMESTAMP') return `make_timestamptz(${micros})`
      return to.kind === 'DATETIME'
        ? `make_timestamp(${micros})`
        : `CAST(make_timestamp(${micros}) AS ${to.kind})`
    }
    if (from.kind === 'BYTES' && to.kind === 'STRING') return `googlesql_encode_cast(${v}, ${format})`
    if (from.kind === 'STRING' && to.kind === 'BYTES') return `googlesql_decode_cast(${v}, ${format})`
    // Refused only when it runs, SAFE_CAST would make a NULL of it.
    if (/^'TM[9E]?'$/i.test(format))
      throw new Problem('CAST(… AS STRING FORMAT) with TM is not supported locally')
    return `googlesql_number_cast(${textOf(from, v) ?? v}, ${from.kind === 'FLOAT64'}, ${format})`
  }
  return safe === true ? once([value], (v) => `TRY(${lowered(v)})`) : lowered(value)
}

function microsOf(value: string, from: SqlType): string {
  switch (from.kind) {
    case 'DATE':
      return `epoch_us(CAST(${value} AS TIMESTAMP))`
    case 'TIME':
      return `epoch_us(DATE '1970-01-01' + ${value})`
    default:
      return `epoch_us(${value})`
  }
}
