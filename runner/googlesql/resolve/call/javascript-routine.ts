import type { CatalogRoutine } from '../../catalog.ts'
import { lowerCast } from '../../functions/casts/cast.ts'
import type { FunctionEntry, Signature } from '../../functions/function.ts'
import { findFunction } from '../../functions/index.ts'
import { quoteText, targetName } from '../../lower/identifier.ts'
import {
  type JavaScriptRoutine,
  javaScriptFunctionName,
} from '../../lower/library/javascript/javascript-function.ts'
import type { Call, CreateFunction, Span } from '../../parse/ast.ts'
import { physicalType } from '../../types/physical.ts'
import { typeName } from '../../types/print.ts'
import type { SqlType } from '../../types/type.ts'
import { type Context, problemAt, unsupportedAt } from '../context.ts'
import { resolveType } from '../expression/type-node.ts'
import type { Expr } from '../resolved.ts'

const page = 'user-defined-functions#javascript-udf-structure'

/** Types that BigQuery gives to JavaScript and takes from it. Its page leaves INT64 out, but BigQuery accepts it. */
const known: readonly SqlType['kind'][] = [
  'BOOL',
  'INT64',
  'FLOAT64',
  'NUMERIC',
  'BIGNUMERIC',
  'STRING',
  'BYTES',
  'DATE',
  'TIMESTAMP',
  'JSON',
]

/**
 * A call of a function LANGUAGE js, with its arguments resolved and converted already.
 *
 * @param inner the context of the function's own text
 * @throws Problem for types that JavaScript functions cannot have, and for what is not supported locally
 */
export function javaScriptCall(
  context: Context,
  inner: Context,
  node: Call,
  routine: CatalogRoutine,
  statement: CreateFunction,
  args: readonly { readonly name: string; readonly expr: Expr }[],
): Expr {
  const name = targetName(routine.target)
  const library = statement.options?.find(
    (option) =>
      option.name.parts
        .map((part) => part.name)
        .join('.')
        .toLowerCase() === 'library',
  )
  if (library !== undefined)
    throw unsupportedAt(
      context,
      node,
      `function ${name} with OPTIONS(library = …): its files are not read; it`,
    )
  if (statement.aggregate) throw unsupportedAt(context, node, `aggregate function ${name} in JavaScript`)
  const { body } = statement
  if (body?.kind !== 'string') throw problemAt(context, node, `Function ${name} has no JavaScript body`)
  if (statement.returns === undefined)
    throw problemAt(inner, statement, `Function ${name} in JavaScript must declare a return type`)
  const { type: returns } = resolveType(inner, statement.returns)
  const parameters = statement.parameters.map((parameter) => {
    if (parameter.type.kind === 'anyType')
      throw problemAt(inner, parameter, `Function ${name} in JavaScript cannot have parameters of ANY TYPE`)
    const { type } = resolveType(inner, parameter.type)
    checkArgument(inner, parameter, type, name)
    return { name: parameter.name?.name ?? '', type }
  })
  checkResult(inner, statement.returns, returns, name)
  const spec: JavaScriptRoutine = { name, body: body.value, parameters, returns }
  const signature: Signature = {
    parameters: [],
    result: returns,
    lower: (sql) =>
      decoded(`${javaScriptFunctionName}(${[quoteText(JSON.stringify(spec)), ...sql].join(', ')})`, returns),
  }
  const entry: FunctionEntry = { name, kind: 'scalar', page, signatures: [signature] }
  if (statement.determinism !== 'DETERMINISTIC') context.resolution.met.volatile = true
  return {
    kind: 'call',
    type: returns,
    entry,
    signature,
    args: args.map(({ expr }) => expr),
    safe: node.safe,
  }
}

function checkArgument(context: Context, node: Span, type: SqlType, name: string): void {
  const refuse = (why: string) => {
    throw problemAt(
      context,
      node,
      `Function ${name} in JavaScript cannot have an argument of type ${typeName(type)}`,
      why,
    )
  }
  if (type.kind === 'ARRAY') checkArgument(context, node, type.element, name)
  else if (type.kind === 'STRUCT') {
    checkFields(context, node, type, name)
    for (const field of type.fields) checkArgument(context, node, field.type, name)
  } else if (!known.includes(type.kind)) refuse(`it takes ${known.join(', ')}, ARRAY and STRUCT`)
}

function checkResult(context: Context, node: Span, type: SqlType, name: string): void {
  if (type.kind === 'ARRAY' || type.kind === 'STRUCT') {
    if (type.kind === 'STRUCT') checkFields(context, node, type, name)
    const inner = type.kind === 'ARRAY' ? [type.element] : type.fields.map((field) => field.type)
    for (const each of inner) {
      if (each.kind === 'BYTES' || each.kind === 'BIGNUMERIC' || each.kind === 'JSON')
        throw unsupportedAt(
          context,
          node,
          `${each.kind} inside the result ${typeName(type)} of ${name} in JavaScript`,
        )
      checkResult(context, node, each, name)
    }
  } else if (!known.includes(type.kind)) {
    throw problemAt(context, node, `Function ${name} in JavaScript cannot return type ${typeName(type)}`)
  }
}

function checkFields(
  context: Context,
  node: Span,
  type: Extract<SqlType, { kind: 'STRUCT' }>,
  name: string,
): void {
  const names = type.fields.map((field) => field.name?.toLowerCase() ?? '')
  if (names.includes('') || new Set(names).size < names.length)
    throw unsupportedAt(context, node, `${typeName(type)} without a name for each field in function ${name}`)
}

/** The value of a result's text. */
function decoded(sql: string, type: SqlType): string {
  const string: SqlType = { kind: 'STRING' }
  switch (type.kind) {
    case 'STRING':
      return sql
    case 'ARRAY':
    case 'STRUCT':
      return `CAST(CAST(${sql} AS JSON) AS ${physicalType(type)})`
    case 'JSON':
    case 'BYTES': {
      const [signature] = findFunction(type.kind === 'JSON' ? 'PARSE_JSON' : 'FROM_BASE64')?.signatures ?? []
      const facts = { argumentTypes: [string], resultType: type, literals: [undefined], safe: false }
      return signature?.lower([sql], facts) ?? sql
    }
    default:
      return lowerCast(sql, string, type)
  }
}
