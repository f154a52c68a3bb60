import type { Expression, Option } from '../../parse/ast.ts'
import { type Context, problemAt } from '../context.ts'

/** What OPTIONS (…) says: the parts that have a meaning here, and the others as they were written. */
export interface ResolvedOptions {
  readonly description?: string
  readonly labels?: Readonly<Record<string, string>>
  readonly others: Readonly<Record<string, string>>
  /** Names that were set to NULL. */
  readonly cleared: readonly string[]
}

/** Reads OPTIONS (…). @throws Problem where a description or label is no text */
export function resolveOptions(context: Context, options: readonly Option[] | undefined): ResolvedOptions {
  let description: string | undefined
  let labels: Record<string, string> | undefined
  const others: Record<string, string> = {}
  const cleared: string[] = []
  for (const option of options ?? []) {
    const name = option.name.parts.map((part) => part.name.toLowerCase()).join('.')
    if (option.value.kind === 'null') cleared.push(name)
    else if (name === 'description') description = text(context, option.value)
    else if (name === 'labels') labels = labelPairs(context, option.value)
    else others[name] = context.source.text.slice(option.value.start, option.value.end)
  }
  return {
    ...(description === undefined ? {} : { description }),
    ...(labels === undefined ? {} : { labels }),
    others,
    cleared,
  }
}

function text(context: Context, node: Expression): string {
  if (node.kind === 'string') return node.value
  if (node.kind === 'parameter') {
    const given = context.resolution.parameters.find(
      (p) => p.name?.toLowerCase() === node.name?.toLowerCase(),
    )
    if (typeof given?.value === 'string') return given.value
  }
  throw problemAt(context, node, 'This option must be a STRING literal')
}

function labelPairs(context: Context, node: Expression): Record<string, string> {
  const pairs = node.kind === 'array' ? node.elements : []
  if (node.kind !== 'array') throw problemAt(context, node, 'labels must be an array of (key, value) pairs')
  return Object.fromEntries(
    pairs.map((pair) => {
      const parts =
        pair.kind === 'tuple' ? pair.elements : pair.kind === 'struct' ? pair.fields.map((f) => f.value) : []
      const [key, value] = parts
      if (key === undefined || value === undefined)
        throw problemAt(context, pair, 'a label is a pair (key, value)')
      return [text(context, key), text(context, value)]
    }),
  )
}
