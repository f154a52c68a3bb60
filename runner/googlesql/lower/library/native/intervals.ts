/** An INTERVAL's three parts, as DuckDB and BigQuery both keep them. */
export interface IntervalParts {
  readonly months: number
  readonly days: number
  readonly micros: bigint
}

const limits = { months: 120_000, days: 3_660_000, micros: 316_224_000_000_000_000n }

/** True if every part is in BigQuery's range. */
export function validInterval({ months, days, micros }: IntervalParts): boolean {
  return (
    Math.abs(months) <= limits.months &&
    Math.abs(days) <= limits.days &&
    micros <= limits.micros &&
    micros >= -limits.micros
  )
}

/** `[sign]Y-M [sign]D [sign]H:M:S[.F]`, as CAST AS STRING prints it. */
export function printInterval({ months, days, micros }: IntervalParts): string {
  const year = Math.trunc(Math.abs(months) / 12)
  const size = micros < 0n ? -micros : micros
  const seconds = size / 1_000_000n
  const fraction = size % 1_000_000n
  const tail =
    fraction === 0n
      ? ''
      : fraction % 1000n === 0n
        ? `.${String(fraction / 1000n).padStart(3, '0')}`
        : `.${String(fraction).padStart(6, '0')}`
  const clock = `${seconds / 3600n}:${(seconds / 60n) % 60n}:${seconds % 60n}${tail}`
  return `${months < 0 ? '-' : ''}${year}-${Math.abs(months) % 12} ${days} ${micros < 0n ? '-' : ''}${clock}`
}

/** ISO 8601 duration, as TO_JSON prints an INTERVAL: `P1Y2M3DT4H5M6.5S`. */
export function isoInterval({ months, days, micros }: IntervalParts): string {
  const years = Math.trunc(months / 12)
  const size = micros < 0n ? -micros : micros
  const sign = micros < 0n ? '-' : ''
  const part = (value: number | bigint, unit: string) => (Number(value) === 0 ? '' : `${value}${unit}`)
  const seconds = (size / 1_000_000n) % 60n
  const fraction = size % 1_000_000n
  const secondText =
    seconds === 0n && fraction === 0n
      ? ''
      : `${sign}${seconds}${fraction === 0n ? '' : `.${String(fraction).padStart(6, '0').replace(/0+$/, '')}`}S`
  const hours = size / 3_600_000_000n
  const minutes = (size / 60_000_000n) % 60n
  const time = `${hours === 0n ? '' : `${sign}${hours}H`}${minutes === 0n ? '' : `${sign}${minutes}M`}${secondText}`
  const date = `${part(years, 'Y')}${part(months % 12, 'M')}${part(days, 'D')}`
  return date === '' && time === '' ? 'P0Y' : `P${date}${time === '' ? '' : `T${time}`}`
}

/** Text as CAST AS INTERVAL reads it: the canonical form, its parts, or an ISO 8601 duration. */
export function parseInterval(text: string): IntervalParts | undefined {
  const parts = /^[+-]?P/.test(text) ? parseIso(text) : parseCanonical(text)
  return parts !== undefined && validInterval(parts) ? parts : undefined
}

function parseCanonical(text: string): IntervalParts | undefined {
  const match = /^([+-]?)(\d+)-(\d+) ([+-]?\d+) ([+-]?)(\d+):(\d+):(\d+)(?:\.(\d{1,6}))?$/.exec(text)
  if (match !== null) {
    const months = (match[1] === '-' ? -1 : 1) * (Number(match[2]) * 12 + Number(match[3]))
    return { months, days: Number(match[4]), micros: clock(match.slice(5)) }
  }
  const noTime = /^([+-]?)(\d+)-(\d+)(?: ([+-]?\d+))?$/.exec(text)
  if (noTime !== null) {
    const months = (noTime[1] === '-' ? -1 : 1) * (Number(noTime[2]) * 12 + Number(noTime[3]))
    return { months, days: Number(noTime[4] ?? 0), micros: 0n }
  }
  const noMonths = /^(?:([+-]?\d+) )?([+-]?)(\d+):(\d+):(\d+)(?:\.(\d{1,6}))?$/.exec(text)
  if (noMonths === null) return undefined
  return { months: 0, days: Number(noMonths[1] ?? 0), micros: clock(noMonths.slice(2)) }
}

function clock([sign, hour, minute, second, fraction]: readonly (string | undefined)[]): bigint {
  const seconds = BigInt(hour ?? 0) * 3600n + BigInt(minute ?? 0) * 60n + BigInt(second ?? 0)
  const micros = seconds * 1_000_000n + BigInt((fraction ?? '').padEnd(6, '0'))
  return sign === '-' ? -micros : micros
}

function parseIso(text: string): IntervalParts | undefined {
  const match =
    /^([+-]?)P(?:([+-]?\d+)Y)?(?:([+-]?\d+)M)?(?:([+-]?\d+)W)?(?:([+-]?\d+)D)?(?:T(?:([+-]?\d+)H)?(?:([+-]?\d+)M)?(?:([+-]?)(\d+)(?:\.(\d{1,6}))?S)?)?$/.exec(
      text,
    )
  if (match === null || /^[+-]?P$|T$/.test(text)) return undefined
  const sign = match[1] === '-' ? -1 : 1
  const number = (index: number) => Number(match[index] ?? 0)
  const seconds = clock([match[8], '0', '0', match[9] ?? '0', match[10]])
  const micros = BigInt(number(6)) * 3_600_000_000n + BigInt(number(7)) * 60_000_000n + seconds
  return {
    months: sign * (number(2) * 12 + number(3)),
    days: sign * (number(4) * 7 + number(5)),
    micros: BigInt(sign) * micros,
  }
}
