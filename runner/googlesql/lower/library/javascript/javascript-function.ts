import { ANY, DuckDBScalarFunction, type DuckDBValue, VARCHAR } from '@duckdb/node-api'
import { typeName } from '../../../types/print.ts'
import type { SqlType } from '../../../types/type.ts'
import { GoogleSqlError } from '../native-function.ts'
import { Isolate } from './isolate.ts'
import { argumentOf, resultText } from './values.ts'

/** A JavaScript function as lowered SQL names it: the first argument of `googlesql_javascript`, as JSON. */
export interface JavaScriptRoutine {
  readonly name: string
  readonly body: string
  readonly parameters: readonly { readonly name: string; readonly type: SqlType }[]
  readonly returns: SqlType
}

/** DuckDB's name of the one function that calls every JavaScript function. */
export const javaScriptFunctionName = 'googlesql_javascript'

interface Prepared {
  readonly routine: JavaScriptRoutine
  readonly names: readonly string[]
  readonly types: string
}

/** Made when a function is first called; shared by all databases of the process. */
const isolate = new Isolate()

/**
 * `googlesql_javascript(routine, arguments…)`: calls a JavaScript function for a chunk of rows at once. Its result is
 * the text of the value.
 */
export function javaScriptFunction(prefix: string): DuckDBScalarFunction {
  const known = new Map<string, Prepared>()
  return DuckDBScalarFunction.create({
    name: javaScriptFunctionName,
    parameterTypes: [VARCHAR],
    varArgsType: ANY,
    returnType: VARCHAR,
    specialHandling: true,
    mainFunction: (_info, input, output) => {
      const [first, ...columns] = Array.from({ length: input.columnCount }, (_, index) =>
        input.getColumnVector(index),
      )
      if (first === undefined || input.rowCount === 0) return
      const prepared = preparedOf(known, String(first.getItem(0)))
      try {
        const rows = Array.from({ length: input.rowCount }, (_, row) =>
          columns.map((column) => column.getItem(row)),
        )
        callAll(prepared, rows).forEach((text, row) => {
          output.setItem(row, text)
        })
        output.flush()
      } catch (error) {
        if (!(error instanceof GoogleSqlError)) throw error
        throw new Error(prefix + error.message)
      }
    },
  })
}

function preparedOf(known: Map<string, Prepared>, text: string): Prepared {
  const found = known.get(text)
  if (found !== undefined) return found
  const routine = JSON.parse(text) as JavaScriptRoutine
  const types = JSON.stringify({
    parameters: routine.parameters.map(({ type }) => named(type)),
    returns: named(routine.returns),
  })
  const prepared = { routine, names: routine.parameters.map(({ name }) => name), types }
  known.set(text, prepared)
  return prepared
}

/** A type with its names, for messages of the realm. */
function named(type: SqlType): object {
  const name = typeName(type)
  if (type.kind === 'ARRAY') return { kind: type.kind, name, element: named(type.element) }
  if (type.kind !== 'STRUCT') return { kind: type.kind, name }
  const fields = type.fields.map((field) => ({ name: field.name ?? '', type: named(field.type) }))
  return { kind: type.kind, name, fields }
}

function callAll(
  { routine, names, types }: Prepared,
  rows: readonly (readonly DuckDBValue[])[],
): readonly (string | null)[] {
  const at = ` at ${routine.name}(${routine.parameters.map(({ type }) => typeName(type)).join(', ')})`
  const args = rows.map((row) =>
    routine.parameters.map(({ type }, index) => argumentOf(row[index] ?? null, type)),
  )
  const answer = isolate.run({ body: routine.body, names, types, rows: JSON.stringify(args) })
  if ('error' in answer) {
    const { error, place } = answer
    const where = place === undefined ? '' : ` line ${place.line}, column ${place.column}`
    throw new GoogleSqlError(`${error}${at}${where}`)
  }
  if (answer.values.length !== rows.length) throw new GoogleSqlError(`an answer is missing${at}`)
  return answer.values.map((value) => resultText(value, routine.returns))
}
