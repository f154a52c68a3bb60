import type { CatalogRoutine } from './catalog.ts'
import type { TypeNode } from './parse/ast.ts'
import { routineStatement } from './resolve/call/routine.ts'
import { resolveType } from './resolve/expression/type-node.ts'
import type { SqlType } from './types/type.ts'

/** What a routine's CREATE statement says, in parts. */
export interface RoutineParts {
  /** `SQL`, `JAVASCRIPT`. */
  readonly language: string
  /** An expression, a query, a block, or another language's text. */
  readonly body: string
  readonly parameters: readonly RoutineParameter[]
  /** undefined: what the body gives, or none. */
  readonly returns: SqlType | undefined
}

export interface RoutineParameter {
  readonly name: string
  readonly mode: 'IN' | 'OUT' | 'INOUT' | undefined
  /** undefined: ANY TYPE. */
  readonly type: SqlType | undefined
}

/** @example routineParts({ text: 'CREATE FUNCTION d.f(x INT64) AS (x + 1)', … }).body // 'x + 1' */
export function routineParts(routine: CatalogRoutine): RoutineParts {
  const { text, defaults } = routine
  const node = routineStatement(routine)
  const source = { text, file: undefined, defaults, within: [] }
  const typeOf = (type: TypeNode) => resolveType({ source }, type).type
  const slice = (part: { readonly start: number; readonly end: number } | undefined) =>
    part === undefined ? '' : text.slice(part.start, part.end)
  if (
    node?.kind !== 'createFunction' &&
    node?.kind !== 'createTableFunction' &&
    node?.kind !== 'createProcedure'
  )
    throw new Error(`no function and no procedure: ${text}`)
  const parameters = node.parameters.map(({ name, mode, type }) => ({
    name: name?.name ?? '',
    mode,
    type: type.kind === 'anyType' ? undefined : typeOf(type),
  }))
  if (node.kind === 'createTableFunction')
    return { language: 'SQL', body: slice(node.query), parameters, returns: undefined }
  const language = node.language?.name.toUpperCase() ?? 'SQL'
  const shown = language === 'JS' ? 'JAVASCRIPT' : language
  if (node.kind === 'createProcedure')
    return { language: shown, body: node.code?.value ?? slice(node.body), parameters, returns: undefined }
  const body =
    node.language !== undefined && node.body?.kind === 'string' ? node.body.value : slice(node.body)
  return {
    language: shown,
    body,
    parameters,
    returns: node.returns === undefined ? undefined : typeOf(node.returns),
  }
}
