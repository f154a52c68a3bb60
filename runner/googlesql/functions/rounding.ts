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
      return name === 'ROUND' && places >= 0 && places <= 11 ? roundedFloat(x, places, exact) : exact(x)
    }),
  ]
}

/**
 * x rounded by its exact value, half away from zero, at 0 to 11 digits after the point. Scaled by ten's power it can seem
 * to be at a half when it is not; then the exact error of the multiplication tells (Dekker's product).
 */
function roundedFloat(value: string, places: number, exact: (value: string) => string): string {
  const unit = `1e${places}::DOUBLE`
  return once([value], (x) => {
    const scaled = `(${x} * ${unit})`
    const split = `(134217729::DOUBLE * ${x})`
    const high = `(${split} - (${split} - ${x}))`
    const error = `((${high} * ${unit} - ${scaled}) + (${x} - ${high}) * ${unit})`
    const half = `CASE WHEN ${error} * ${scaled} < 0 THEN trunc(${scaled}) ELSE round(${scaled}) END`
    const near = `CASE WHEN abs(${scaled} - trunc(${scaled})) = 0.5 THEN ${half} ELSE round(${scaled}) END`
    return `CASE WHEN abs(${scaled}) < 4503599627370496 THEN ${near} / ${unit} + 0 ELSE ${exact(x)} END`
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
