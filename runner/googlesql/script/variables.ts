import type { Expr } from '../resolve/resolved.ts'
import type { Value } from '../result.ts'
import type { SqlType } from '../types/type.ts'

export interface Variable {
  readonly type: SqlType
  readonly value: Value
}

/** The variables of one block and of the blocks around it. */
export class Variables {
  readonly #own = new Map<string, Variable>()
  readonly #outer: Variables | undefined

  constructor(outer?: Variables) {
    this.#outer = outer
  }

  /** False if this block has the name already. */
  declare(name: string, variable: Variable): boolean {
    const folded = name.toLowerCase()
    if (this.#own.has(folded)) return false
    this.#own.set(folded, variable)
    return true
  }

  get(name: string): Variable | undefined {
    const folded = name.toLowerCase()
    return this.#own.get(folded) ?? this.#outer?.get(folded)
  }

  /** False if there is no such variable. */
  set(name: string, value: Value): boolean {
    const folded = name.toLowerCase()
    const known = this.#own.get(folded)
    if (known === undefined) return this.#outer?.set(folded, value) ?? false
    this.#own.set(folded, { ...known, value })
    return true
  }

  /** All that are visible, as values for the resolver. */
  expressions(): Map<string, Expr> {
    const all = this.#outer?.expressions() ?? new Map<string, Expr>()
    for (const [name, { type, value }] of this.#own)
      all.set(name, { kind: 'literal', type, value, from: 'value' })
    return all
  }
}

/** A system variable's value. */
export function textVariable(value: string | null): Variable {
  return { type: { kind: 'STRING' }, value }
}
