import type { Option } from '../../parse/ast.ts'
import { parseType } from '../../parse/index.ts'
import { sqlText } from '../../quote.ts'
import { typeName } from '../../types/print.ts'
import { type Context, didYouMean, EMPTY_SCOPE, plainContext, problemAt, unsupportedAt } from '../context.ts'
import { coerceTo } from '../expression/coerce.ts'
import { resolveExpression } from '../expression/expression.ts'
import { resolveType } from '../expression/type-node.ts'
import type { Expr } from '../resolved.ts'
import { rewriteExpr } from '../rewrite.ts'
import type { KnownOptions } from './known-options.ts'

/** What OPTIONS (…) says: the parts that have a meaning here, and the others as they were written. */
export interface ResolvedOptions {
  readonly description?: string
  readonly labels?: Readonly<Record<string, string>>
  readonly others: Readonly<Record<string, string>>
  /** Names that were set to NULL. */
  readonly cleared: readonly string[]
}

/**
 * Reads OPTIONS (…) of something that has the options `known`.
 *
 * @throws Problem where an option is unknown, given twice or of another type
 */
export function resolveOptions(
  context: Context,
  options: readonly Option[] | undefined,
  known: KnownOptions,
): ResolvedOptions {
  let description: string | undefined
  let labels: Record<string, string> | undefined
  const others: Record<string, string> = {}
  const cleared: string[] = []
  const seen = new Set<string>()
  for (const option of options ?? []) {
    const name = optionName(option)
    const type = known[name]
    if (type === undefined)
      throw problemAt(context, option.name, `Unknown option: ${name}${didYouMean(name, Object.keys(known))}`)
    if (seen.has(name)) throw problemAt(context, option.name, `Duplicate option specified for '${name}'`)
    seen.add(name)
    if (option.operator !== '=')
      throw unsupportedAt(context, option, `${option.operator} for the option ${name}`)
    const expr = optionExpression(context, option, name, type)
    if (option.value.kind === 'null') cleared.push(name)
    else if (name === 'description') description = text(context, option, expr)
    else if (name === 'labels') labels = pairs(context, option, expr)
    else others[name] = optionText(context, option, expr)
  }
  return {
    ...(description === undefined ? {} : { description }),
    ...(labels === undefined ? {} : { labels }),
    others,
    cleared,
  }
}

export function optionName({ name }: Option): string {
  return name.parts.map((part) => part.name.toLowerCase()).join('.')
}

/** A constant: literals, parameters, variables and functions of them. */
function optionExpression(context: Context, { value }: Option, name: string, type: string): Expr {
  const alone = plainContext({ ...context, scope: EMPTY_SCOPE, ctes: new Map() }, 'OPTIONS')
  const expr = resolveExpression(alone, value)
  const wanted = resolveType(context, parseType(type)).type
  return coerceTo(
    context,
    value,
    expr,
    wanted,
    `Option ${name} value has type ${typeName(expr.type)} which cannot be coerced to expected type ${type}`,
  )
}

function text(context: Context, option: Option, expr: Expr | undefined): string {
  if (expr?.kind === 'literal' && typeof expr.value === 'string') return expr.value
  throw unsupportedAt(context, option.value, `the option ${optionName(option)} as other than a text`)
}

function pairs(context: Context, option: Option, expr: Expr): Record<string, string> {
  const elements = expr.kind === 'array' ? expr.elements : []
  if (expr.kind !== 'array')
    throw unsupportedAt(context, option.value, 'the option labels as other than an array of pairs')
  return Object.fromEntries(
    elements.map((pair) => {
      const [key, value] = pair.kind === 'struct' ? pair.values : []
      return [text(context, option, key), text(context, option, value)]
    }),
  )
}

/** As it was written; values of parameters and variables, which nobody has later, as literals. */
function optionText(context: Context, option: Option, expr: Expr): string {
  const { start, end } = option.value
  let given = false
  rewriteExpr(expr, (part) => {
    if (part.kind === 'literal' && part.from !== 'literal') given = true
    return undefined
  })
  if (!given) return context.source.text.slice(start, end)
  const value = expr.kind === 'literal' ? expr.value : undefined
  if (typeof value === 'boolean' || typeof value === 'number' || typeof value === 'bigint')
    return String(value)
  if (typeof value === 'string')
    return expr.type.kind === 'STRING' ? sqlText(value) : `${expr.type.kind} ${sqlText(value)}`
  throw unsupportedAt(context, option.value, `the option ${optionName(option)} of a parameter or variable`)
}
