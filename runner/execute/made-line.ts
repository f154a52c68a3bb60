import { posix } from 'node:path'

/** The text of a file of the project, by its path relative to it; undefined if it cannot be read. */
export type ReadSource = (file: string) => Promise<string | undefined>

/** A line of a file, from 1, and a column in it. */
export interface MadeAt {
  readonly file: string
  readonly line: number
  readonly column: number
}

/**
 * Where a line of a statement is written in a file of JavaScript that made it, or in those that it requires: a line that
 * stands there word for word, and once.
 *
 * @param file the action's own, by its path in the project
 * @param column of the place in the statement's line
 * @returns undefined if no line is the same, or several are: what a macro puts together is written nowhere
 */
export async function madeLine(
  statement: string,
  { line, column }: { readonly line: number; readonly column: number },
  file: string,
  readSource: ReadSource,
): Promise<MadeAt | undefined> {
  const text = statement.split('\n')[line - 1] ?? ''
  const words = text.trim()
  if (words.length < 6) return undefined
  const found: MadeAt[] = []
  const seen = new Set<string>()
  const files = [file]
  for (let next = files.pop(); next !== undefined; next = files.pop()) {
    if (seen.has(next)) continue
    seen.add(next)
    const source = await readSource(next)
    if (source === undefined) continue
    for (const [index, each] of source.split('\n').entries()) {
      // A template's last line has its closing backtick behind it.
      if (each.trim() !== words && each.trim().replace(/`[^`]*$/, '') !== words) continue
      found.push({ file: next, line: index + 1, column: column - indent(text) + indent(each) })
    }
    for (const [, name = ''] of source.matchAll(/\brequire\(\s*["']([^"']+)["']\s*\)/g)) {
      const path = name.startsWith('.') ? posix.join(posix.dirname(next), name) : name
      files.push(path.endsWith('.js') ? path : `${path}.js`)
    }
  }
  return found.length === 1 ? found[0] : undefined
}

const indent = (text: string): number => text.length - text.trimStart().length
