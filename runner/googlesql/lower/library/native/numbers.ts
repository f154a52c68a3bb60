/** Numbers as GoogleSQL reads and prints them. */

/** NUMERIC's greatest value times 10^9, BIGNUMERIC's times 10^38. */
export const maxNumeric = 10n ** 38n - 1n
export const maxBigNumeric = 2n ** 255n - 1n
export const minBigNumeric = -(2n ** 255n)

/**
 * Decimal text as an integer scaled by 10^scale, rounded half away from zero; undefined if it is no number.
 *
 * @example parseDecimal('-1.5e1', 2) // -1500n
 */
export function parseDecimal(text: string, scale: number): bigint | undefined {
  const match = /^\s*([+-]?)(\d*)(?:\.(\d*))?(?:[eE]([+-]?\d+))?\s*$/.exec(text)
  if (match === null) return undefined
  const [, sign, whole = '', fraction = '', exponent = '0'] = match
  if (whole === '' && fraction === '') return undefined
  const digits = BigInt(`${whole}${fraction}`)
  if (digits === 0n) return 0n
  const shift = Number(exponent) + scale - fraction.length
  // Beyond any range: the caller's check refuses it, and 10^shift stays small.
  const size = shift > 200 ? 10n ** 200n : shift < -2000 ? 0n : shifted(digits, shift)
  return sign === '-' ? -size : size
}

function shifted(digits: bigint, shift: number): bigint {
  return shift >= 0 ? digits * 10n ** BigInt(shift) : divideRounded(digits, 10n ** BigInt(-shift))
}

/** a / b rounded half away from zero. */
export function divideRounded(a: bigint, b: bigint): bigint {
  const negative = a < 0n !== b < 0n
  const x = a < 0n ? -a : a
  const y = b < 0n ? -b : b
  const size = (2n * x + y) / (2n * y)
  return negative ? -size : size
}

/** A scaled integer as decimal text without trailing zeros. */
export function printDecimal(value: bigint, scale: number): string {
  const digits = (value < 0n ? -value : value).toString().padStart(scale + 1, '0')
  const whole = digits.slice(0, digits.length - scale)
  const fraction = digits.slice(digits.length - scale).replace(/0+$/, '')
  return `${value < 0n ? '-' : ''}${whole}${fraction === '' ? '' : `.${fraction}`}`
}

/** A double's exact value scaled by 10^scale, rounded half away from zero. */
export function scaledDouble(value: number, scale: number): bigint {
  const view = new DataView(new ArrayBuffer(8))
  view.setFloat64(0, value)
  const bits = view.getBigUint64(0)
  const exponent = Number((bits >> 52n) & 0x7ffn)
  const fraction = bits & 0xfffffffffffffn
  const mantissa = exponent === 0 ? fraction : fraction | 0x10000000000000n
  const power = (exponent === 0 ? 1 : exponent) - 1075
  const scaled = mantissa * 10n ** BigInt(scale)
  const size = power >= 0 ? scaled << BigInt(power) : divideRounded(scaled, 1n << BigInt(-power))
  return value < 0 ? -size : size
}

/**
 * As `toExponential`, but a number in the middle of two goes to the one that ends even, as in C.
 *
 * @example exponential(2.5, 0) // '2e+0'
 */
export function exponential(value: number, digits: number): string {
  const text = value.toExponential(digits)
  const [mantissa = '', exponent = ''] = text.split('e')
  // 9.5 is carried to 10, which is even.
  if (!/[13579]$/.test(mantissa) || (digits === 0 && /1$/.test(mantissa)) || digits > 98) return text
  // What is left out is exactly a half: the even one is the one below.
  const [longer = ''] = value.toExponential(100).split('e')
  if (!/^50*$/.test(longer.slice(mantissa.length + (digits === 0 ? 1 : 0)))) return text
  return `${mantissa.slice(0, -1)}${Number(mantissa.slice(-1)) - 1}e${exponent}`
}

/** C's `%.{digits}g`. */
export function printGeneral(value: number, digits: number): string {
  const [mantissa = '', exponentText = '0'] = exponential(value, digits - 1).split('e')
  const exponent = Number(exponentText)
  const sign = mantissa.startsWith('-') ? '-' : ''
  const figures = mantissa.replace(/[-.]/g, '')
  if (exponent < -4 || exponent >= digits) {
    const rest = figures.slice(1).replace(/0+$/, '')
    const power = `${exponent < 0 ? '-' : '+'}${String(Math.abs(exponent)).padStart(2, '0')}`
    return `${sign}${figures[0]}${rest === '' ? '' : `.${rest}`}e${power}`
  }
  if (exponent < 0) return `${sign}0.${'0'.repeat(-exponent - 1)}${figures}`.replace(/\.?0+$/, '')
  const whole = figures.slice(0, exponent + 1)
  const rest = figures.slice(exponent + 1).replace(/0+$/, '')
  return `${sign}${whole}${rest === '' ? '' : `.${rest}`}`
}

/**
 * FLOAT64 as CAST AS STRING prints it: 15 digits if they give the value back, else 17.
 *
 * @example printDouble(0.1 + 0.2) // '0.30000000000000004'
 */
export function printDouble(value: number): string {
  if (Number.isNaN(value)) return 'nan'
  if (!Number.isFinite(value)) return value > 0 ? 'inf' : '-inf'
  if (value === 0) return '0'
  const short = printGeneral(value, 15)
  return Number(short) === value ? short : printGeneral(value, 17)
}

/** Text as FLOAT64, as C's strtod reads it; undefined if it is no number. */
export function parseDouble(text: string): number | undefined {
  const trimmed = text.trim()
  if (/^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/.test(trimmed)) return Number(trimmed)
  if (/^[+-]?inf(?:inity)?$/i.test(trimmed)) return trimmed.startsWith('-') ? -Infinity : Infinity
  if (/^[+-]?nan$/i.test(trimmed)) return Number.NaN
  const hex = /^([+-]?)0x([0-9a-f]+)$/i.exec(trimmed)
  if (hex === null) return undefined
  return (hex[1] === '-' ? -1 : 1) * Number(`0x${hex[2]}`)
}

/** Text as INT64 (decimal or 0x…); undefined if it is none or out of range. */
export function parseInt64(text: string): bigint | undefined {
  const match = /^\s*([+-]?)(0[xX][0-9a-fA-F]+|\d+)\s*$/.exec(text)
  if (match === null) return undefined
  const size = BigInt(match[2] ?? '0')
  const value = match[1] === '-' ? -size : size
  return BigInt.asIntN(64, value) === value ? value : undefined
}

/** A decimal number's digits and power of ten, without zeros at the ends: equal numbers give equal texts. */
export function normalDecimal(text: string): string | undefined {
  const match = /^\s*([+-]?)(\d*)(?:\.(\d*))?(?:[eE]([+-]?\d+))?\s*$/.exec(text)
  if (match === null) return undefined
  const [, sign, whole = '', fraction = '', exponent = '0'] = match
  const digits = `${whole}${fraction}`.replace(/^0+/, '')
  const short = digits.replace(/0+$/, '')
  if (short === '') return '0'
  const power = Number(exponent) - fraction.length + digits.length - short.length
  return `${sign === '-' ? '-' : ''}${short}e${power}`
}
