/** Places after the point that NUMERIC has. */
export const numericScale = 9

/** True if every decimal(precision, scale) is a NUMERIC. */
export function fitsNumeric(precision: number, scale: number): boolean {
  return scale >= 0 && scale <= numericScale && precision - scale <= 29
}

/**
 * `unscaled` / 10^scale in plain digits, no more of them than needed: as `CAST(x AS STRING)` writes a NUMERIC, so that
 * a value is the same text whether it landed before its column became text or after.
 *
 * @example decimalText(-1500n, 3) // '-1.5'
 */
export function decimalText(unscaled: bigint, scale: number): string {
  if (scale <= 0) return String(unscaled * 10n ** BigInt(-scale))
  const negative = unscaled < 0n
  const digits = String(negative ? -unscaled : unscaled).padStart(scale + 1, '0')
  const whole = digits.slice(0, -scale)
  const fraction = digits.slice(-scale).replace(/0+$/, '')
  return `${negative ? '-' : ''}${whole}${fraction === '' ? '' : `.${fraction}`}`
}
