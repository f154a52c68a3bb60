import type { Query, SetOperation, With, WithEntry } from '../../parse/ast.ts'
import { typeName } from '../../types/print.ts'
import {
  type Context,
  type CteBinding,
  EMPTY_SCOPE,
  newColumn,
  plainContext,
  problemAt,
  unsupportedAt,
} from '../context.ts'
import { coercionCost, convert } from '../expression/coerce.ts'
import { references } from '../references.ts'
import type { Computed, Cte, OutputColumn, ResolvedQuery } from '../resolved.ts'
import { columnRef } from '../scope.ts'
import { recursionProblem } from './check-recursion.ts'
import { countIterations } from './count-iterations.ts'
import { project } from './project.ts'
import { resolveBody, resolveQuery } from './query.ts'

/** The context in which a WITH's names are known. */
export function resolveWith(context: Context, node: With): Context {
  const ctes = new Map(context.ctes)
  const seen = new Set<string>()
  for (const entry of ordered(context, node)) {
    const folded = entry.name.name.toLowerCase()
    if (seen.has(folded)) {
      throw problemAt(context, entry.name, `Duplicate alias ${entry.name.name} for WITH subquery`)
    }
    seen.add(folded)
    // A WITH sees nothing of the query around it but functions' arguments and other WITHs.
    const inner: Context = { ...plainContext(context, 'WITH'), scope: EMPTY_SCOPE, ctes: new Map(ctes) }
    const recursive = node.recursive && references(entry.query, folded)
    ctes.set(folded, recursive ? recursiveCte(inner, entry) : plainCte(inner, entry))
  }
  return { ...context, ctes }
}

/** WITH RECURSIVE may name what comes later: each entry after those it reads. */
function ordered(context: Context, node: With): readonly WithEntry[] {
  if (!node.recursive) return node.entries
  const done: WithEntry[] = []
  const visit = (entry: WithEntry, path: readonly WithEntry[]): void => {
    if (done.includes(entry)) return
    for (const other of node.entries) {
      if (other === entry || !references(entry.query, other.name.name.toLowerCase())) continue
      if (path.includes(other)) {
        throw unsupportedAt(context, other.name, 'mutual recursion between WITH entries')
      }
      visit(other, [...path, entry])
    }
    done.push(entry)
  }
  for (const entry of node.entries) visit(entry, [])
  return done
}

function binding(context: Context, name: string, query: ResolvedQuery): CteBinding {
  const cte: Cte = { id: context.resolution.counter.next, name, query, local: context.inFunction }
  context.resolution.counter.next += 1
  return { cte, columns: shape(query), isValue: query.isValue }
}

function shape(query: ResolvedQuery): CteBinding['columns'] {
  return query.columns.map(({ name, anonymous, column }) => ({ name, anonymous, type: column.type }))
}

function plainCte(context: Context, entry: WithEntry): CteBinding {
  return binding(context, entry.name.name, resolveQuery(context, entry.query))
}

/** `base UNION ALL step`, where the step reads the query itself. */
function recursiveCte(context: Context, entry: WithEntry): CteBinding {
  const union = recursiveUnion(context, entry.query, entry)
  // Only the last input of a chain is the recursive term.
  const inputs = union.inputs.slice(0, -1)
  const [first] = inputs
  const last = union.inputs.at(-1)
  if (first === undefined || last === undefined) throw unsupportedAt(context, entry, 'this form of recursion')
  const base = resolveBody(context, inputs.length === 1 ? first : ({ ...union, inputs } as SetOperation))
  const made = binding(context, entry.name.name, base)
  const distinct = union.operation.quantifier === 'DISTINCT'
  const self = newColumn(context, 'iteration', { kind: 'INT64' })
  const ctes = new Map(context.ctes)
  ctes.set(entry.name.name.toLowerCase(), distinct ? made : { ...made, iteration: self })
  const step = resolveBody({ ...context, ctes }, last)
  const problem = recursionProblem(made.cte, step)
  if (problem !== undefined) throw problemAt(context, last, problem)
  const query = matched(context, entry, base, step)
  made.cte.recursion = {
    query: distinct ? query : countIterations(context, entry, made.cte, self, query),
    distinct,
  }
  return made
}

function recursiveUnion(context: Context, query: Query, entry: WithEntry): SetOperation {
  let { body } = query
  while (body.kind === 'parenthesizedQuery') body = body.query.body
  if (
    body.kind !== 'setOperation' ||
    body.operation.operator !== 'UNION' ||
    query.orderBy.length > 0 ||
    query.limit
  ) {
    throw problemAt(
      context,
      entry,
      `Recursive query ${entry.name.name} must consist of a UNION of a non-recursive term and a recursive term`,
    )
  }
  if (body.operation.mode !== undefined || body.operation.matching !== undefined) {
    throw unsupportedAt(context, body.operation, 'BY NAME or CORRESPONDING in a recursive query')
  }
  return body
}

/** The step's columns in the base's types. */
function matched(
  context: Context,
  entry: WithEntry,
  base: ResolvedQuery,
  step: ResolvedQuery,
): ResolvedQuery {
  if (base.columns.length !== step.columns.length) {
    throw problemAt(
      context,
      entry,
      `Queries in UNION have mismatched column count; query 1 has ${base.columns.length} columns, query 2 has ${step.columns.length} columns`,
    )
  }
  const computed: Computed[] = []
  const columns = step.columns.map((output, index): OutputColumn => {
    const wanted = base.columns[index]?.column.type ?? output.column.type
    const value = columnRef(output.column)
    if (coercionCost(value, wanted) === undefined) {
      throw problemAt(
        context,
        entry,
        `Cannot coerce column ${index + 1} of the recursive term from ${typeName(value.type)} to ${typeName(wanted)}`,
      )
    }
    const expr = convert(value, wanted)
    if (expr === value) return output
    const column = newColumn(context, output.name, wanted)
    computed.push({ column, expr })
    return { ...output, column }
  })
  return { scan: project(step.scan, computed), columns, isValue: step.isValue }
}
