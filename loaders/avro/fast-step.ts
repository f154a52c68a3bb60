import type { Builder } from '../columns/builder.ts'
import type { AvroType } from './schema.ts'
import type * as steps from './write-column.ts'

/** A step of write-column.ts and what it is called with. */
export interface FastStep {
  readonly step: Exclude<keyof typeof steps, 'misfit'>
  readonly needsEnd?: boolean
  readonly argument?: number
}

/** The step that writes an Avro type into a column of the builder's kind, if there is a fast one. */
export function fastStep(type: AvroType, builder: Builder): FastStep | undefined {
  const logical = 'logical' in type ? type.logical : undefined
  switch (`${type.kind} ${builder.kind}`) {
    case 'int INT64':
    case 'long INT64':
      return { step: 'longInto' }
    case 'int STRING':
    case 'long STRING':
      return isWhole(logical?.name) ? { step: 'digitsInto' } : undefined
    case 'boolean BOOL':
      return { step: 'boolInto' }
    case 'float FLOAT64':
      return { step: 'floatInto' }
    case 'double FLOAT64':
      return { step: 'doubleInto' }
    case 'string STRING':
    case 'string JSON':
      return { step: 'textInto', needsEnd: true }
    case 'bytes BYTES':
      return logical?.name === 'decimal' ? undefined : { step: 'bytesInto', needsEnd: true }
    case 'fixed BYTES':
      return type.kind === 'fixed' && logical?.name !== 'decimal'
        ? { step: 'fixedInto', needsEnd: true, argument: type.size }
        : undefined
    case 'bytes NUMERIC':
      return logical?.name === 'decimal'
        ? { step: 'decimalInto', needsEnd: true, argument: 10 ** (9 - (logical.scale ?? 0)) }
        : undefined
    case 'int DATE':
      return { step: 'dateInto' }
    case 'long TIME':
      return logical?.name === 'time-micros' ? { step: 'timeMicrosInto' } : undefined
    case 'long TIMESTAMP':
    case 'long DATETIME':
      return logical?.name.endsWith('-millis') === true
        ? { step: 'millisInto' }
        : logical?.name.endsWith('-micros') === true
          ? { step: 'microsInto' }
          : undefined
    default:
      return undefined
  }
}

function isWhole(logical: string | undefined): boolean {
  return logical === undefined || !/^(date|time-m|timestamp|local-timestamp)/.test(logical)
}

/** The step that writes NULL. */
export function nullStep(builder: Builder): 'nullWord' | 'nullText' | 'nullInto' {
  switch (builder.kind) {
    case 'STRUCT':
    case 'ARRAY':
      return 'nullInto'
    case 'STRING':
    case 'BYTES':
    case 'JSON':
      return 'nullText'
    default:
      return 'nullWord'
  }
}
