import type { Path } from './ast.ts'

/**
 * The names of a table's or routine's path, with backticked parts split at their dots as BigQuery does:
 * `` `proj.ds`.t `` gives `['proj', 'ds', 't']`. A project of a domain keeps its dot: `` `google.com:proj.ds.t` ``
 * gives `['google.com:proj', 'ds', 't']`.
 */
export function nameParts(path: Path): readonly string[] {
  return path.parts.flatMap((part) => (part.quoted ? splitName(part.name) : [part.name]))
}

function splitName(name: string): readonly string[] {
  const colon = name.indexOf(':')
  if (colon < 0 || !name.slice(0, colon).includes('.')) return name.split('.')
  const dot = name.indexOf('.', colon)
  if (dot < 0) return [name]
  return [name.slice(0, dot), ...name.slice(dot + 1).split('.')]
}
