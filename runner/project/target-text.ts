import type { GraphTarget } from './compile/compiled-graph.ts'

/** `project.dataset.name`, as much of it as is given. */
export const fullName = ({ database, schema, name }: GraphTarget): string =>
  [database, schema, name].filter((part) => part !== undefined && part !== '').join('.')

/**
 * The target that a message of the core's tells: its name alone, or JSON of it (of that JSON's text, where the core has
 * quoted it).
 */
export function targetIn(text: string): GraphTarget {
  const value = jsonIn(text)
  if (typeof value === 'string')
    return value.startsWith('{') && value !== text ? targetIn(value) : { name: value }
  const { database, schema, name, project, dataset } = value as Record<string, string | undefined>
  const parts = Object.entries({ database: database ?? project, schema: schema ?? dataset, name })
  return Object.fromEntries(parts.filter(([, part]) => part !== undefined && part !== ''))
}

function jsonIn(text: string): unknown {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null ? value : String(value)
  } catch {
    return text
  }
}
