import { BIGINT, VARCHAR } from '@duckdb/node-api'
import type { NativeFunction } from '../native-function.ts'
import { civilOf } from './civil.ts'
import { formatTime, type TimeKind } from './time-format.ts'
import { inRange, parseTime } from './time-parse.ts'
import { shownOffset, toLocal, toUtc } from './zones.ts'

const two = (value: number) => String(value).padStart(2, '0')

/** Dates and times travel as microseconds since 1970 (TIME: since midnight). */
export const timeFunctions: readonly NativeFunction[] = [
  {
    name: 'googlesql_format_time',
    parameters: [VARCHAR, BIGINT, VARCHAR, VARCHAR],
    returns: VARCHAR,
    evaluate: (pattern: string, micros: bigint, zoneName: string, kind: string) =>
      formatTime(pattern, micros, zoneName, kind as TimeKind),
  },
  {
    name: 'googlesql_parse_time',
    parameters: [VARCHAR, VARCHAR, VARCHAR, VARCHAR],
    returns: BIGINT,
    evaluate: (pattern: string, text: string, zoneName: string, kind: string) =>
      parseTime(pattern, text, zoneName, kind as TimeKind),
  },
  {
    name: 'googlesql_to_local',
    parameters: [BIGINT, VARCHAR],
    returns: BIGINT,
    evaluate: toLocal,
  },
  {
    name: 'googlesql_to_utc',
    parameters: [BIGINT, VARCHAR],
    returns: BIGINT,
    evaluate: (micros: bigint, zoneName: string) =>
      inRange(
        toUtc(micros, zoneName),
        `Cannot convert to a timestamp at time zone ${zoneName}: out of range`,
      ),
  },
  {
    // For results that are dates: those of zones at the ends of time may lie beyond.
    name: 'googlesql_to_wall',
    parameters: [BIGINT, VARCHAR],
    returns: BIGINT,
    evaluate: (micros: bigint, zoneName: string) =>
      inRange(
        toLocal(micros, zoneName),
        `Invalid date extracted from timestamp at time zone ${zoneName}: out of range`,
      ),
  },
  {
    // STRING(timestamp, zone): `2024-01-05 10:00:00.120+05:30`
    name: 'googlesql_timestamp_text',
    parameters: [BIGINT, VARCHAR],
    returns: VARCHAR,
    evaluate: (micros: bigint, zoneName: string) => {
      const offset = shownOffset(micros, zoneName)
      const t = civilOf(micros + offset)
      const minutes = Number((offset < 0n ? -offset : offset) / 60_000_000n)
      const rest = minutes % 60 === 0 ? '' : `:${two(minutes % 60)}`
      const fraction = String(t.micros).padStart(6, '0')
      const digits = t.micros === 0 ? '' : `.${t.micros % 1000 === 0 ? fraction.slice(0, 3) : fraction}`
      const date = `${String(t.year).padStart(4, '0')}-${two(t.month)}-${two(t.day)}`
      const time = `${two(t.hour)}:${two(t.minute)}:${two(t.second)}`
      return `${date} ${time}${digits}${offset < 0n ? '-' : '+'}${two(Math.floor(minutes / 60))}${rest}`
    },
  },
]
