import { FLOAT64 } from '../types/scalars.ts'
import { aggregate, aggregateEntry } from './aggregate-sql.ts'
import { signature } from './define.ts'
import type { Call, FunctionEntry } from './function.ts'

const family = 'statistical_aggregate_functions'

function statistic(name: string, duck: string): FunctionEntry {
  return aggregateEntry(
    name,
    [signature([FLOAT64], FLOAT64, ([value = ''], call) => spread(duck, value, call))],
    { distinct: true, having: true, over: true },
    family,
  )
}

/** Of one value the sample's spread is NULL, the population's 0; a NaN or an infinity makes NaN, where DuckDB raises. */
function spread(duck: string, value: string, call: Call): string {
  const finite = aggregate('bool_and', [`isfinite(${value})`], call)
  const safe = aggregate(duck, [`CASE WHEN isfinite(${value}) THEN ${value} END`], call)
  const fewest = duck.endsWith('_pop') ? 1 : 2
  return `CASE WHEN ${finite} THEN ${safe} WHEN ${aggregate('count', [value], call)} >= ${fewest} THEN 'nan'::DOUBLE END`
}

function paired(name: string, duck: string): FunctionEntry {
  return aggregateEntry(
    name,
    [
      signature([FLOAT64, FLOAT64], FLOAT64, ([x = '', y = ''], call) => {
        // DuckDB takes the dependent value first; covariance and correlation do not mind.
        const finite = aggregate(
          'bool_and',
          [`isfinite(${x} + ${y}) OR (isfinite(${x}) AND isfinite(${y}))`],
          call,
        )
        const result = aggregate(
          duck,
          [`CASE WHEN isfinite(${x}) THEN ${x} END`, `CASE WHEN isfinite(${y}) THEN ${y} END`],
          call,
        )
        const fewest = name === 'COVAR_POP' ? 1 : 2
        return `CASE WHEN ${aggregate('regr_count', [x, y], call)} >= ${fewest} THEN CASE WHEN ${finite} THEN ${result} ELSE 'nan'::DOUBLE END END`
      }),
    ],
    { over: true },
    family,
  )
}

/** Spread and correlation. */
export const statisticalAggregates: readonly FunctionEntry[] = [
  paired('CORR', 'corr'),
  paired('COVAR_POP', 'covar_pop'),
  paired('COVAR_SAMP', 'covar_samp'),
  statistic('STDDEV', 'stddev_samp'),
  statistic('STDDEV_SAMP', 'stddev_samp'),
  statistic('STDDEV_POP', 'stddev_pop'),
  statistic('VARIANCE', 'var_samp'),
  statistic('VAR_SAMP', 'var_samp'),
  statistic('VAR_POP', 'var_pop'),
]
