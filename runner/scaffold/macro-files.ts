import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { ScaffoldFile, Templates } from './scaffold.ts'

const ours = join(import.meta.dirname, '..', '..', 'macros')

/** The templates of a project: its own `macros/scaffold` where it has the file, else ours. */
export function templatesOf(folder: string): Templates {
  return (name) => {
    const own = join(folder, 'macros', 'scaffold', name)
    return readFileSync(existsSync(own) ? own : join(ours, 'scaffold', name), 'utf8')
  }
}

/**
 * The macros that scaffolded models call, and those that they call, as far as a project lacks them.
 *
 * @param external also those of tables whose files BigQuery reads itself
 */
export function macroFiles(folder: string, external = false): readonly ScaffoldFile[] {
  const texts = ['scaffold', ...(external ? ['scaffold/external'] : [])].flatMap((part) =>
    readdirSync(join(ours, part))
      .filter((name) => name.endsWith('.hbs'))
      .map((name) => readFileSync(join(ours, part, name), 'utf8')),
  )
  const found = new Map<string, string>()
  for (let text = texts.pop(); text !== undefined; text = texts.pop()) {
    for (const [, name = ''] of text.matchAll(/require\(["']macros\/([\w-]+)["']\)/g)) {
      if (found.has(name)) continue
      const macro = readFileSync(join(ours, `${name}.js`), 'utf8')
      found.set(name, macro)
      texts.push(macro)
    }
  }
  return [...found]
    .map(([name, content]) => ({ path: `macros/${name}.js`, content, merged: false }))
    .filter(({ path }) => !existsSync(join(folder, path)))
    .sort((left, right) => (left.path < right.path ? -1 : 1))
}
