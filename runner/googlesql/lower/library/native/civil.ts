/** Civil dates and times in the proleptic Gregorian calendar, with microseconds as bigint. */
export interface Civil {
  readonly year: number
  readonly month: number
  readonly day: number
  readonly hour: number
  readonly minute: number
  readonly second: number
  readonly micros: number
}

export const microsPerDay = 86_400_000_000n
/** 0001-01-01 and 9999-12-31T23:59:59.999999 in microseconds since 1970. */
export const minMicros = -62_135_596_800_000_000n
export const maxMicros = 253_402_300_799_999_999n

/** Days since 1970-01-01. */
export function daysOf(year: number, month: number, day: number): number {
  const shifted = month <= 2 ? year - 1 : year
  const era = Math.floor(shifted / 400)
  const yearOfEra = shifted - era * 400
  const dayOfYear = Math.floor((153 * (month + (month > 2 ? -3 : 9)) + 2) / 5) + day - 1
  const dayOfEra = yearOfEra * 365 + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100) + dayOfYear
  return era * 146097 + dayOfEra - 719468
}

/** The date of a number of days since 1970-01-01. */
export function dateOf(days: number): { year: number; month: number; day: number } {
  const z = days + 719468
  const era = Math.floor(z / 146097)
  const doe = z - era * 146097
  const yoe = Math.floor(
    (doe - Math.floor(doe / 1460) + Math.floor(doe / 36524) - Math.floor(doe / 146096)) / 365,
  )
  const doy = doe - (365 * yoe + Math.floor(yoe / 4) - Math.floor(yoe / 100))
  const mp = Math.floor((5 * doy + 2) / 153)
  const month = mp < 10 ? mp + 3 : mp - 9
  return {
    year: yoe + era * 400 + (month <= 2 ? 1 : 0),
    month,
    day: doy - Math.floor((153 * mp + 2) / 5) + 1,
  }
}

export function daysInMonth(year: number, month: number): number {
  if (month === 2) return (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0 ? 29 : 28
  return [4, 6, 9, 11].includes(month) ? 30 : 31
}

export function validDate(year: number, month: number, day: number): boolean {
  return year >= 1 && year <= 9999 && month >= 1 && month <= 12 && day >= 1 && day <= daysInMonth(year, month)
}

/** Floor division, for times before 1970. */
export function floorDivide(value: bigint, by: bigint): bigint {
  const quotient = value / by
  return value % by < 0n ? quotient - 1n : quotient
}

export function civilOf(micros: bigint): Civil {
  const days = floorDivide(micros, microsPerDay)
  const rest = Number(micros - days * microsPerDay)
  const seconds = Math.floor(rest / 1e6)
  return {
    ...dateOf(Number(days)),
    hour: Math.floor(seconds / 3600),
    minute: Math.floor(seconds / 60) % 60,
    second: seconds % 60,
    micros: rest % 1e6,
  }
}

export function microsOf(civil: Civil): bigint {
  const seconds = civil.hour * 3600 + civil.minute * 60 + civil.second
  return (
    BigInt(daysOf(civil.year, civil.month, civil.day)) * microsPerDay +
    BigInt(seconds) * 1_000_000n +
    BigInt(civil.micros)
  )
}
