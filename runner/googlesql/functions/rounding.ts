import { once, onceUnlessCheap } from '../lower/library/once.ts'
import { BIGNUMERIC, FLOAT64, INT64, NUMERIC, STRING } from '../types/scalars.ts'
import { optional, plain, signature } from './define.ts'
import type { Signature } from './function.ts'

/** ROUND and TRUNC. */
export function rounding(name: 'ROUND' | 'TRUNC'): readonly Signature[] {
  const mode = name === 'TRUNC' ? `'TRUNC'` : `'ROUND_HALF_AWAY_FROM_ZERO'`
  const duck = name === 'TRUNC' ? 'trunc' : 'round'
  const wanted = (value: string | undefined) => value ?? mode
  const modes = name === 'ROUND' ? [optional(STRING)] : []
  return [
    plain([NUMERIC], NUMERIC, (x) => `googlesql_numeric_round(${x}, 0, ${mode})`),
    plain([BIGNUMERIC], BIGNUMERIC, (x) => bigRound(x, '0', mode)),
    plain([FLOAT64], FLOAT64, (x) => `${duck}(${x})`),
    signature([NUMERIC, INT64, ...modes], NUMERIC, ([x = '', digits = '', how], { literals }) => {
      const exact = (v: string) => `googlesql_numeric_round(${v}, ${digits}, ${wanted(how)})`
      const places = Number(literals[1] ?? -1)
      const native = name === 'ROUND' && how === undefined && places >= 0 && places <= 8
      return native ? roundedNumeric(x, places, exact) : exact(x)
    }),
    signature([BIGNUMERIC, INT64, ...modes], BIGNUMERIC, ([x = '', digits = '', how]) =>
      bigRound(x, digits, wanted(how)),
    ),
    signature([FLOAT64, INT64], FLOAT64, ([x = '', digits = ''], { literals }) => {
      const exact = (v: string) => `googlesql_float64_round(${v}, ${digits}, ${mode})`
      const places = Number(literals[1] ?? -1)
      if (places < 0 || places > 11) return exact(x)
      return (name === 'ROUND' ? roundedFloat : truncatedFloat)(x, places, exact)
    }),
  ]
}

/**
 * The exact error of the product that `scaled` rounds (Dekker's): what x times ten's power is more than its FLOAT64, for
 * a power whose product with any part of x of 26 bits is exact.
 */
function scaledError(x: string, unit: string, scaled: string): string {
  const split = `(134217729::DOUBLE * ${x})`
  const high = `(${split} - (${split} - ${x}))`
  return `((${high} * ${unit} - ${scaled}) + (${x} - ${high}) * ${unit})`
}

/**
 * x times 10^places as a whole FLOAT64, rounded by its exact value, half away from zero; for a product below 2^52 and 0 to
 * 11 places. Scaled it can seem to be at a half when it is not; then the error tells.
 */
function wholeOf(x: string, places: number): string {
  const unit = `1e${places}::DOUBLE`
  const scaled = `(${x} * ${unit})`
  const half = `CASE WHEN ${scaledError(x, unit, scaled)} * ${scaled} < 0 THEN trunc(${scaled}) ELSE round(${scaled}) END`
  return `CASE WHEN abs(${scaled} - trunc(${scaled})) = 0.5 THEN ${half} ELSE round(${scaled}) END`
}

/** x rounded at 0 to 11 digits after the point. */
function roundedFloat(value: string, places: number, exact: (value: string) => string): string {
  const unit = `1e${places}::DOUBLE`
  return once(
    [value],
    (x) =>
      `CASE WHEN abs(${x} * ${unit}) < 4503599627370496 THEN ${wholeOf(x, places)} / ${unit} ELSE ${exact(x)} END`,
  )
}

/** x cut after 0 to 11 digits: scaled it can seem to have reached a whole number that it has not. */
function truncatedFloat(value: string, places: number, exact: (value: string) => string): string {
  const unit = `1e${places}::DOUBLE`
  return once([value], (x) => {
    const scaled = `(${x} * ${unit})`
    const below = `${scaled} = trunc(${scaled}) AND ${scaledError(x, unit, scaled)} * ${scaled} < 0`
    const whole = `CASE WHEN ${below} THEN ${scaled} - sign(${scaled}) ELSE trunc(${scaled}) END`
    return `CASE WHEN abs(${scaled}) < 4503599627370496 THEN ${whole} / ${unit} ELSE ${exact(x)} END`
  })
}

/**
 * FLOAT64 as NUMERIC, rounded by its exact value: DuckDB rounds the product with 10^9, which is right where it is not at
 * a half. Numbers beyond 2^52 billionths are taken apart into a whole and a fraction.
 */
export function numericOfFloat(value: string): string {
  return once([value], (x) => {
    const scaled = `${x} * 1e9::DOUBLE`
    const usual = `CASE WHEN abs(${x}) < 4503599 AND abs(${scaled} - trunc(${scaled})) <> 0.5 THEN ${x} END`
    const whole = `CAST(CAST(trunc(${x}) AS BIGINT) AS DECIMAL(38,9))`
    const billionths = `CAST(CAST(${wholeOf(`(${x} - trunc(${x}))`, 9)} AS BIGINT) AS DECIMAL(18,0)) * CAST(0.000000001 AS DECIMAL(9,9))`
    const exact = `CASE WHEN abs(${x}) < 9007199254740992 THEN CAST(${whole} + ${billionths} AS DECIMAL(38,9)) ELSE googlesql_numeric_of_float64(${x}) END`
    return `coalesce(CAST(${usual} AS DECIMAL(38,9)), ${exact})`
  })
}

/** x of DECIMAL(38,9) rounded at 0 to 8 digits after the point: in 64 bits where it fits, else exactly. */
function roundedNumeric(value: string, places: number, exact: (value: string) => string): string {
  return onceUnlessCheap([value], (x) => {
    const rounded = `CAST(round(CAST(${x} AS DECIMAL(18,9)), ${places}) AS DECIMAL(38,9))`
    return `CASE WHEN abs(${x}) < 99999999 THEN ${rounded} ELSE ${exact(x)} END`
  })
}

export function bigRound(x: string, digits: string, mode: string): string {
  return `CAST(googlesql_bignumeric_round(CAST(${x} AS VARCHAR), ${digits}, ${mode}) AS BIGNUM)`
}
