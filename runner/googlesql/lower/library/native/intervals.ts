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
  const parts = text.startsWith('P') ? parseIso(text) : parseCanonical(text)
  return parts !== undefined && validInterval(parts) ? parts : undefined
}

const time = String.raw`([+-]?)(\d+)`
const fraction = String.raw`(?:\.(\d{1,6}))?`
/** `Y-M`, `Y-M D`, `Y-M D H`, `Y-M D H:M`, `Y-M D H:M:S.F`. */
const fromYears = new RegExp(
  String.raw`^([+-]?)(\d+)-(\d+)(?: ([+-]?\d+)(?: ${time}(?::(\d+)(?::(\d+)${fraction})?)?)?)?$`,
)
/** `M D H`, `M D H:M`, `M D H:M:S.F`. */
const fromMonths = new RegExp(
  String.raw`^([+-]?)(\d{0})(\d+) ([+-]?\d+) ${time}(?::(\d+)(?::(\d+)${fraction})?)?$`,
)
/** `D H:M`, `D H:M:S.F`. */
const fromDays = new RegExp(String.raw`^()(\d{0})(\d{0})([+-]?\d+) ${time}:(\d+)(?::(\d+)${fraction})?$`)
/** `H:M:S.F`. */
const fromHours = new RegExp(String.raw`^()(\d{0})(\d{0})()${time}:(\d+):(\d+)${fraction}$`)

function parseCanonical(text: string): IntervalParts | undefined {
  const match = fromYears.exec(text) ?? fromMonths.exec(text) ?? fromDays.exec(text) ?? fromHours.exec(text)
  if (match === null) return undefined
  const months = (match[1] === '-' ? -1 : 1) * (Number(match[2]) * 12 + Number(match[3]))
  return { months, days: Number(match[4] ?? 0), micros: clock(match.slice(5)) }
}

function clock([sign, hour, minute, second, fraction]: readonly (string | undefined)[]): bigint {
  const seconds = BigInt(hour ?? 0) * 3600n + BigInt(minute ?? 0) * 60n + BigInt(second ?? 0)
  const micros = seconds * 1_000_000n + BigInt((fraction ?? '').padEnd(6, '0'))
  return sign === '-' ? -micros : micros
}

/** `P1Y2M3W4DT5H6M7.8S`: units in any order, and any number of times. */
function parseIso(text: string): IntervalParts | undefined {
  const match = /^P((?:-?\d+[YMWD])*)(?:T((?:-?\d+[HM]|-?\d+(?:\.\d{1,6})?S)*))?$/.exec(text)
  if (match === null || text === 'P') return undefined
  let [months, days, micros] = [0, 0, 0n]
  for (const [, count, unit] of (match[1] ?? '').matchAll(/(-?\d+)(.)/g)) {
    if (unit === 'Y' || unit === 'M') months += Number(count) * (unit === 'Y' ? 12 : 1)
    else days += Number(count) * (unit === 'W' ? 7 : 1)
  }
  for (const [, sign, count, part, unit] of (match[2] ?? '').matchAll(/(-?)(\d+)(?:\.(\d+))?(.)/g)) {
    const [hours, minutes, seconds] = ['H', 'M', 'S'].map((name) => (name === unit ? count : '0'))
    micros += clock([sign, hours, minutes, seconds, part])
  }
  return { months, days, micros }
}
