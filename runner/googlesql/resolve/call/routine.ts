import type { CatalogRoutine } from '../../catalog.ts'
import { findFunction } from '../../functions/index.ts'
import { SESSION, targetName } from '../../lower/identifier.ts'
import { holdsSubquery } from '../../lower/uses.ts'
import type { Call, CreateFunction, Path, Span } from '../../parse/ast.ts'
import { parse } from '../../parse/index.ts'
import { nameParts } from '../../parse/name-parts.ts'
import type { Target } from '../../target.ts'
import { typeName } from '../../types/print.ts'
import { type Context, EMPTY_SCOPE, newColumn, problemAt, type Source, unsupportedAt } from '../context.ts'
import { coercionCost, convert } from '../expression/coerce.ts'
import { resolveExpression } from '../expression/expression.ts'
import { resolveType } from '../expression/type-node.ts'
import type { Computed, Expr } from '../resolved.ts'
import { columnRef } from '../scope.ts'
import { IN_AGGREGATE } from './aggregate-call.ts'
import { javaScriptCall } from './javascript-routine.ts'
import { matchArguments, routineArguments } from './routine-arguments.ts'

/** The user's function of a name: temporary ones first; a name alone is a builtin before it is one of the dataset. */
export function findRoutine(context: Context, path: Path): CatalogRoutine | undefined {
  const parts = nameParts(path)
  const [name] = parts
  if (parts.length === 1 && name !== undefined) {
    const temporary = context.resolution.temporaryRoutines.get(name.toLowerCase())
    if (temporary !== undefined) return temporary
    if (findFunction(name) !== undefined) return undefined
  }
  const target = routineTarget(context.source, parts)
  return target && context.resolution.catalog.routine(target)
}

/** A routine's full name; undefined if there is no dataset to take it from. */
export function routineTarget(
  source: Pick<Source, 'defaults'>,
  parts: readonly string[],
): Target | undefined {
  const { project, dataset } = source.defaults
  const [first, second, third] = parts
  if (first === undefined || parts.length > 3) return undefined
  if (third !== undefined && second !== undefined) return { database: first, schema: second, name: third }
  if (second !== undefined) return { database: project, schema: first, name: second }
  return dataset === undefined ? undefined : { database: project, schema: dataset, name: first }
}

const parsed = new Map<string, ReturnType<typeof parse>['statements'][number] | undefined>()

/** The CREATE statement of a routine; parsed once. */
export function routineStatement(
  routine: CatalogRoutine,
): ReturnType<typeof parse>['statements'][number] | undefined {
  if (!parsed.has(routine.text)) parsed.set(routine.text, parse(routine.text).statements[0])
  return parsed.get(routine.text)
}

/** The context of a routine's body: its own text and defaults, nothing of the caller's names. */
export function bodyContext(context: Context, node: Span, routine: CatalogRoutine): Context {
  const name = targetName(routine.target)
  if (context.source.within.includes(`routine ${name}`)) {
    throw problemAt(context, node, `Function ${name} calls itself; SQL functions cannot be recursive`)
  }
  if (routine.target.database !== SESSION.database) context.resolution.met.routines.set(name, routine.target)
  return {
    resolution: { ...context.resolution, variables: new Map(), parameters: [] },
    source: {
      text: routine.text,
      file: context.source.file,
      defaults: routine.defaults,
      within: [...context.source.within, `routine ${name}`],
    },
    scope: EMPTY_SCOPE,
    ctes: new Map(),
    locals: new Map(),
    aggregates: undefined,
    windows: undefined,
    clause: 'SQL function body for non-AGGREGATE function',
    inFunction: true,
  }
}

/** A call of a user's function: its body, with the arguments bound. */
export function resolveRoutineCall(context: Context, node: Call, routine: CatalogRoutine): Expr {
  const statement = routineStatement(routine)
  const name = targetName(routine.target)
  if (statement?.kind !== 'createFunction') throw problemAt(context, node, `${name} is no function`)
  const inJavaScript = statement.language?.name.toLowerCase() === 'js'
  if (statement.language !== undefined && !inJavaScript) {
    throw unsupportedAt(context, node, `function ${name} in language ${statement.language.name}`)
  }
  if (statement.remote || statement.body === undefined)
    throw unsupportedAt(context, node, `remote function ${name}`)
  if (node.over !== undefined) throw unsupportedAt(context, node, `function ${name} with OVER`)
  const inner = bodyContext(context, node, routine)
  if (inJavaScript) {
    const matched = matchArguments(context, node, node.args, statement, name)
    const args = routineArguments(context, inner, node, matched, name)
    return javaScriptCall(context, inner, node, routine, statement, args)
  }
  const argContext: Context = statement.aggregate
    ? { ...context, aggregates: undefined, windows: undefined, clause: IN_AGGREGATE, enclosing: node }
    : context
  const matched = matchArguments(context, node, node.args, statement, name)
  const args = routineArguments(argContext, inner, node, matched, name)
  if (statement.aggregate) {
    if (node.safe) throw unsupportedAt(context, node, `SAFE. before the aggregate function ${name}`)
    if (context.aggregates === undefined) {
      throw problemAt(context, node, `Aggregate function ${name} not allowed in ${context.clause}`)
    }
    const locals = new Map(args.map(({ name: parameter, expr }) => [parameter, expr]))
    return returned(
      inner,
      statement,
      resolveExpression({ ...inner, locals, aggregates: context.aggregates }, statement.body),
    )
  }
  const bindings: Computed[] = []
  const locals = new Map<string, Expr>()
  for (const { name: parameter, expr } of args) {
    if (expr.kind === 'literal') {
      locals.set(parameter, { ...expr, from: 'value' })
      continue
    }
    const column = newColumn(context, parameter, expr.type)
    bindings.push({ column, expr })
    locals.set(parameter, columnRef(column))
  }
  const body = returned(inner, statement, resolveExpression({ ...inner, locals }, statement.body))
  if (node.safe) {
    if (holdsSubquery(body)) {
      throw unsupportedAt(context, node, `SAFE. before the function ${name}, which has a subquery,`)
    }
    return { kind: 'let', type: body.type, bindings, body, safe: true }
  }
  return bindings.length === 0 ? body : { kind: 'let', type: body.type, bindings, body }
}

/** The body in the declared type. */
export function returned(context: Context, statement: CreateFunction, body: Expr): Expr {
  if (statement.returns === undefined) return body
  const { type } = resolveType(context, statement.returns)
  if (coercionCost(body, type) === undefined) {
    throw problemAt(
      context,
      statement.body ?? statement,
      `Function declared to return ${typeName(type)} but the function body produces incompatible type ${typeName(body.type)}`,
    )
  }
  return convert(body, type)
}
