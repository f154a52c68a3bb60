import { isUtf8 } from 'node:buffer'
import {
  BIGINT,
  BLOB,
  DATE,
  DECIMAL,
  DOUBLE,
  type DuckDBBlobValue,
  DuckDBDateValue,
  DuckDBDecimalValue,
  DuckDBIntervalValue,
  INTERVAL,
  VARCHAR,
} from '@duckdb/node-api'
import { GoogleSqlError, type NativeFunction } from '../native-function.ts'
import { isoInterval, parseInterval, printInterval } from './intervals.ts'
import {
  maxBigNumeric,
  maxNumeric,
  minBigNumeric,
  parseDecimal,
  parseDouble,
  parseInt64,
  printDecimal,
  printDouble,
  scaledDouble,
} from './numbers.ts'
import { parseDateText, parseDatetimeText, parseTimestampText, parseTimeText } from './time-text.ts'

const NUMERIC = DECIMAL(38, 9)

/** A NUMERIC of a scaled integer. @throws GoogleSqlError of `overflow()` beyond the range */
export function numericValue(scaled: bigint, overflow: () => string): DuckDBDecimalValue {
  if (scaled > maxNumeric || scaled < -maxNumeric) throw new GoogleSqlError(overflow())
  return new DuckDBDecimalValue(scaled, 38, 9)
}

/** Scaled text of a BIGNUMERIC, for DuckDB's BIGNUM. @throws GoogleSqlError of `overflow()` beyond the range */
export function bigNumericText(scaled: bigint, overflow: () => string): string {
  if (scaled > maxBigNumeric || scaled < minBigNumeric) throw new GoogleSqlError(overflow())
  return scaled.toString()
}

function required<T>(value: T | undefined, message: string): T {
  if (value === undefined) throw new GoogleSqlError(message)
  return value
}

function finite(value: number, target: string): number {
  if (Number.isFinite(value)) return value
  throw new GoogleSqlError(
    `Illegal conversion of non-finite floating point number to ${target}: ${printDouble(value)}`,
  )
}

/** PARSE_NUMERIC's syntax: commas among the digits before the point, and a sign before, or after, with spaces between. */
function parseLoose(text: string, scale: number): bigint | undefined {
  const match = /^\s*([+-]?)\s*([\d,]*(?:\.\d*)?(?:[eE][+-]?\d+)?)\s*([+-]?)\s*$/.exec(text)
  if (match === null || (match[1] !== '' && match[3] !== '')) return undefined
  return parseDecimal(`${match[1]}${match[3]}${match[2]?.replaceAll(',', '')}`, scale)
}

/** Casts with BigQuery's syntax, rounding and messages (conversion_functions). BIGNUMERIC travels as scaled text. */
const strictFunctions: readonly NativeFunction[] = [
  {
    name: 'googlesql_int64',
    parameters: [VARCHAR],
    returns: BIGINT,
    evaluate: (text: string) => required(parseInt64(text), `Bad int64 value: ${text}`),
  },
  {
    name: 'googlesql_float64',
    parameters: [VARCHAR],
    returns: DOUBLE,
    evaluate: (text: string) => required(parseDouble(text), `Bad double value: ${text}`),
  },
  {
    name: 'googlesql_float64_text',
    parameters: [DOUBLE],
    returns: VARCHAR,
    evaluate: (value: number) => printDouble(value),
  },
  {
    name: 'googlesql_numeric',
    parameters: [VARCHAR],
    returns: NUMERIC,
    evaluate: (text: string) => {
      const message = `Invalid NUMERIC value: ${text}`
      return numericValue(required(parseDecimal(text, 9), message), () => message)
    },
  },
  {
    name: 'googlesql_numeric_of_float64',
    parameters: [DOUBLE],
    returns: NUMERIC,
    evaluate: (value: number) =>
      numericValue(
        scaledDouble(finite(value, 'numeric'), 9),
        () => `numeric out of range: ${printDouble(value)}`,
      ),
  },
  {
    name: 'googlesql_parse_numeric',
    parameters: [VARCHAR],
    returns: NUMERIC,
    evaluate: (text: string) => {
      const message = `Invalid input to PARSE_NUMERIC: ${JSON.stringify(text)}`
      return numericValue(required(parseLoose(text, 9), message), () => message)
    },
  },
  {
    name: 'googlesql_parse_bignumeric',
    parameters: [VARCHAR],
    returns: VARCHAR,
    evaluate: (text: string) => {
      const message = `Invalid input to PARSE_BIGNUMERIC: ${JSON.stringify(text)}`
      return bigNumericText(required(parseLoose(text, 38), message), () => message)
    },
  },
  {
    name: 'googlesql_bignumeric',
    parameters: [VARCHAR],
    returns: VARCHAR,
    evaluate: (text: string) => {
      const message = `Invalid BIGNUMERIC value: ${text}`
      return bigNumericText(required(parseDecimal(text, 38), message), () => message)
    },
  },
  {
    name: 'googlesql_bignumeric_of_float64',
    parameters: [DOUBLE],
    returns: VARCHAR,
    evaluate: (value: number) =>
      bigNumericText(
        scaledDouble(finite(value, 'bignumeric'), 38),
        () => `bignumeric out of range: ${printDouble(value)}`,
      ),
  },
  {
    name: 'googlesql_bignumeric_text',
    parameters: [VARCHAR],
    returns: VARCHAR,
    evaluate: (scaled: string) => printDecimal(BigInt(scaled), 38),
  },
  {
    name: 'googlesql_utf8',
    parameters: [BLOB],
    returns: VARCHAR,
    evaluate: (value: DuckDBBlobValue) => {
      if (!isUtf8(value.bytes)) throw new GoogleSqlError('Invalid cast of bytes to UTF8 string')
      return Buffer.from(value.bytes).toString('utf8')
    },
  },
  {
    name: 'googlesql_date',
    parameters: [VARCHAR],
    returns: DATE,
    evaluate: (text: string) => new DuckDBDateValue(required(parseDateText(text), `Invalid date: '${text}'`)),
  },
  {
    name: 'googlesql_time',
    parameters: [VARCHAR],
    returns: BIGINT,
    evaluate: (text: string) => required(parseTimeText(text), `Invalid time string "${text}"`),
  },
  {
    name: 'googlesql_datetime',
    parameters: [VARCHAR],
    returns: BIGINT,
    evaluate: (text: string) => required(parseDatetimeText(text), `Invalid datetime string "${text}"`),
  },
  {
    name: 'googlesql_timestamp',
    parameters: [VARCHAR, VARCHAR],
    returns: BIGINT,
    evaluate: (text: string, zoneName: string) =>
      required(parseTimestampText(text, zoneName), `Invalid timestamp: '${text}'`),
  },
  {
    name: 'googlesql_interval',
    parameters: [VARCHAR],
    returns: INTERVAL,
    evaluate: (text: string) => {
      const { months, days, micros } = required(parseInterval(text), `Invalid INTERVAL value '${text}'`)
      return new DuckDBIntervalValue(months, days, micros)
    },
  },
  {
    name: 'googlesql_interval_text',
    parameters: [INTERVAL],
    returns: VARCHAR,
    evaluate: (value: DuckDBIntervalValue) => printInterval(value),
  },
  {
    name: 'googlesql_interval_iso',
    parameters: [INTERVAL],
    returns: VARCHAR,
    evaluate: (value: DuckDBIntervalValue) => isoInterval(value),
  },
]

/** Casts of text that SAFE_CAST calls: NULL in place of an error. */
const forgivingFunctions = strictFunctions
  .filter(({ name }) => /_(?:int64|float64|numeric|bignumeric|date|time|datetime|timestamp)$/.test(name))
  .map(
    (strict): NativeFunction => ({
      ...strict,
      name: `${strict.name}_or_null`,
      evaluate: (...args: never[]) => {
        try {
          return strict.evaluate(...args)
        } catch (error) {
          if (error instanceof GoogleSqlError) return null
          throw error
        }
      },
    }),
  )

export const castFunctions: readonly NativeFunction[] = [...strictFunctions, ...forgivingFunctions]
