import { onceUnlessCheap } from '../../lower/library/once.ts'
import { raiseText } from '../../lower/library/raise.ts'
import { inYears } from '../checked.ts'
import { utcOfWall, wallOfUtc } from './utc.ts'

/** `DATE`, `DATETIME`, `TIMESTAMP` ± `INTERVAL` (operators#interval_arithmetic_operators): months, then days, then time. */

export function addToDate(date: string, interval: string): string {
  return addToDatetime(`CAST(${date} AS TIMESTAMP)`, interval)
}

export function addToDatetime(datetime: string, interval: string): string {
  return inYears('DATETIME', [datetime, interval], (d, i) => `(${d} + ${i})`, 'Datetime overflow')
}

/**
 * A TIMESTAMP has no months or years to add: BigQuery refuses. It is added to by the clock of UTC, without the calendar
 * of zones that DuckDB would ask.
 */
export function addToTimestamp(timestamp: string, interval: string): string {
  const wrong = raiseText(
    'TIMESTAMP +/- INTERVAL is not supported for intervals with non-zero MONTH or YEAR part.',
    'TIMESTAMP WITH TIME ZONE',
  )
  return onceUnlessCheap([timestamp, interval], (t, i) => {
    const sum = utcOfWall(
      inYears('DATETIME', [t, i], (x, y) => `(${wallOfUtc(x)} + ${y})`, 'Timestamp overflow'),
    )
    // A literal of days or less needs no look at its months.
    if (/^\(?-?to_(?:days|microseconds)\([^()]*(?:\([^()]*\)[^()]*)?\)\)?$/.test(i)) return sum
    return (
      `CASE WHEN ${t} IS NULL OR ${i} IS NULL THEN NULL ` +
      `WHEN datepart('month', ${i}) = 0 AND datepart('year', ${i}) = 0 THEN ${sum} ELSE ${wrong} END`
    )
  })
}

export function negated(interval: string): string {
  return `(-${interval})`
}

/** `datetime - datetime`: the whole difference in hours, minutes, seconds and micros. */
export function intervalBetween(x: string, y: string): string {
  return `to_microseconds(epoch_us(${x}) - epoch_us(${y}))`
}

/** `interval * n` part by part; `interval / n` carries each part's rest to the next. */
export function scaleInterval(interval: string, by: string, divide = false): string {
  return `googlesql_interval_${divide ? 'divide' : 'multiply'}(${interval}, ${by})`
}
