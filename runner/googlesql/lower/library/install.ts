import type { DuckDBConnection } from '@duckdb/node-api'
import { javaScriptFunction } from './javascript/javascript-function.ts'
import { arrayFunctions } from './native/arrays.ts'
import { bitFunctions } from './native/bits.ts'
import { castFormatFunctions } from './native/cast-formats.ts'
import { castFunctions } from './native/casts.ts'
import { decimalMathFunctions } from './native/decimal-math.ts'
import { errorFunctions } from './native/errors.ts'
import { formatFunctions } from './native/formats.ts'
import { geographyFunctions } from './native/geography/functions.ts'
import { hashFunctions } from './native/hashes.ts'
import { hllFunctions } from './native/hll.ts'
import { intervalFunctions } from './native/interval-functions.ts'
import { jsonFunctions } from './native/json-functions.ts'
import { netFunctions } from './native/net.ts'
import { numericFunctions } from './native/numerics.ts'
import { regexpFunctions } from './native/regexp.ts'
import { stringFunctions } from './native/strings.ts'
import { textAnalysisFunctions } from './native/text-analysis.ts'
import { timeFunctions } from './native/times.ts'
import { type NativeFunction, scalarFunction } from './native-function.ts'
import { errorPrefix } from './raise.ts'

/** Every function that lowered SQL may call beside DuckDB's own. */
export const nativeFunctions: readonly NativeFunction[] = [
  ...errorFunctions,
  ...castFunctions,
  ...castFormatFunctions,
  ...numericFunctions,
  ...stringFunctions,
  ...timeFunctions,
  ...regexpFunctions,
  ...hashFunctions,
  ...netFunctions,
  ...geographyFunctions,
  ...formatFunctions,
  ...decimalMathFunctions,
  ...jsonFunctions,
  ...bitFunctions,
  ...arrayFunctions,
  ...intervalFunctions,
  ...textAnalysisFunctions,
  ...hllFunctions,
]

/**
 * Registers the library with the DuckDB instance behind a connection; every other connection of the instance sees it.
 * To be called once an instance. Nothing is written to the database file: a file never holds an older library.
 * Takes about a millisecond.
 */
export function installLibrary(connection: DuckDBConnection): void {
  for (const native of nativeFunctions) connection.registerScalarFunction(scalarFunction(native, errorPrefix))
  connection.registerScalarFunction(javaScriptFunction(errorPrefix))
}
