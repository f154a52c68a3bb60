import type { NameDefaults } from '../../googlesql/catalog.ts'
import type { Compiled } from '../../googlesql/compile.ts'
import type { Statement } from '../../googlesql/parse/ast.ts'

/** Compiled statements by text, catalog version and defaults; the oldest are forgotten. */
export class CompiledCache {
  readonly #entries = new Map<string, Compiled>()

  get(
    text: string,
    node: Statement,
    version: string,
    defaults: NameDefaults,
    make: () => Compiled,
  ): Compiled {
    const key = `${version}\0${defaults.project}\0${defaults.dataset ?? ''}\0${node.start}\0${text}`
    const known = this.#entries.get(key)
    if (known !== undefined) return known
    const compiled = make()
    if (compiled.changes.length > 0 || compiled.volatile) return compiled
    if (this.#entries.size >= 500) {
      const [oldest] = this.#entries.keys()
      if (oldest !== undefined) this.#entries.delete(oldest)
    }
    this.#entries.set(key, compiled)
    return compiled
  }
}
