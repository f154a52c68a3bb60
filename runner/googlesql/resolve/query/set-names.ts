import type { SetOperator, Span } from '../../parse/ast.ts'
import { type Context, problemAt } from '../context.ts'
import type { OutputColumn, ResolvedQuery } from '../resolved.ts'

/** One query of a set operation. */
export interface Input {
  readonly query: ResolvedQuery
  readonly node: Span
}

export function byName(query: ResolvedQuery, name: string): OutputColumn | undefined {
  return query.columns.find((column) => same(column.name, name))
}

const same = (a: string, b: string): boolean => a.toLowerCase() === b.toLowerCase()

/**
 * The columns that BY NAME and CORRESPONDING give, in order (query-syntax#set_operators): those of the list behind ON or BY,
 * the first query's with LEFT, everyone's with FULL, else the common ones, which strictly must be all.
 *
 * @throws Problem for names that are doubled, lacking, or not the same where they must be
 */
export function resultNames(
  context: Context,
  operation: SetOperator,
  inputs: readonly Input[],
): readonly string[] {
  const { mode, matching = '' } = operation
  checkDoubles(context, matching, inputs)
  if (operation.columns !== undefined) return listedNames(context, operation, inputs)
  const own = inputs[0]?.query.columns.map((column) => column.name) ?? []
  if (mode === 'FULL') return unionOfNames(inputs)
  if (isStrict(operation)) {
    checkSameNames(context, matching, inputs, own)
    return own
  }
  if (mode === 'LEFT') {
    for (const [index, { query, node }] of inputs.entries()) {
      if (own.some((name) => byName(query, name) !== undefined)) continue
      throw problemAt(
        context,
        node,
        `Query ${index + 1} of the set operation with LEFT mode does not share any common columns with query 1`,
      )
    }
    return own
  }
  const common = own.filter((name) => inputs.every(({ query }) => byName(query, name) !== undefined))
  if (common.length > 0) return common
  throw problemAt(
    context,
    operation,
    `Queries of the set operation using ${matching} do not have any columns in common`,
  )
}

/** BY NAME alone is strict: the same names on all sides. */
function isStrict({ strict, mode, matching }: SetOperator): boolean {
  return strict === true || (mode === undefined && matching === 'BY NAME')
}

function checkDoubles(context: Context, matching: string, inputs: readonly Input[]): void {
  for (const [index, { query, node }] of inputs.entries()) {
    const names = query.columns.map(({ name }) => name)
    const twice = names.find((name, at) => names.slice(0, at).some((other) => same(other, name)))
    if (twice === undefined) continue
    throw problemAt(
      context,
      node,
      `Duplicate columns found when using ${matching} in set operations: ${twice} in query ${index + 1}`,
    )
  }
}

function checkSameNames(
  context: Context,
  matching: string,
  inputs: readonly Input[],
  own: readonly string[],
): void {
  for (const [index, { query, node }] of inputs.entries()) {
    if (query.columns.length === own.length && own.every((name) => byName(query, name) !== undefined))
      continue
    const strict = matching === 'BY NAME' ? matching : `STRICT ${matching}`
    const names = query.columns.map(({ name }) => name).join(', ')
    throw problemAt(
      context,
      node,
      `${strict} requires all input queries to have identical column names, but query 1 has [${own.join(', ')}] and query ${index + 1} has [${names}]`,
    )
  }
}

function listedNames(context: Context, operation: SetOperator, inputs: readonly Input[]): readonly string[] {
  const { mode, matching = '', columns = [] } = operation
  const list = matching === 'BY NAME' ? 'ON' : 'BY'
  const names = columns.map(({ name }) => name)
  for (const [at, column] of columns.entries()) {
    const { name } = column
    if (names.slice(0, at).some((other) => same(other, name))) {
      throw problemAt(
        context,
        column,
        `Duplicate identifiers are not allowed in the ${matching} ${list} list: ${name}`,
      )
    }
    const lacking = inputs.findIndex(({ query }) => byName(query, name) === undefined)
    if (mode === 'FULL' && inputs.every(({ query }) => byName(query, name) === undefined)) {
      throw problemAt(
        context,
        column,
        `The column name ${name} from the ${matching} ${list} list does not appear in any input queries.`,
      )
    }
    if (mode === 'LEFT' && lacking === 0) {
      throw problemAt(
        context,
        column,
        `The column name '${name}' from the LEFT ${matching} ${list} list must appear in query 1`,
      )
    }
    if ((mode === undefined || mode === 'INNER') && !isStrict(operation) && lacking >= 0) {
      throw problemAt(
        context,
        column,
        `The column name ${name} from the ${matching} ${list} list does not appear in query ${lacking + 1}. All columns in the ${list} list must appear in each input query unless FULL ${matching} or LEFT ${matching} is specified`,
      )
    }
  }
  if (!isStrict(operation)) return names
  for (const [index, { query, node }] of inputs.entries()) {
    if (query.columns.length === names.length && names.every((name) => byName(query, name) !== undefined))
      continue
    const words = matching === 'BY NAME' ? 'BY NAME ON' : 'STRICT CORRESPONDING BY'
    throw problemAt(
      context,
      node,
      `Query ${index + 1} must share the same set of column names as the ${list} list when using ${words}`,
    )
  }
  return names
}

function unionOfNames(inputs: readonly Input[]): readonly string[] {
  const names: string[] = []
  for (const { query } of inputs) {
    for (const { name } of query.columns) {
      if (!names.some((known) => same(known, name))) names.push(name)
    }
  }
  return names
}
