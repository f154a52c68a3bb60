/** So many changes lie above the shared map before they are folded into a new one. */
const mostChanges = 32

/**
 * A map that never changes: `with` and `without` give a new one that shares what stayed. A thousand additions one after
 * another cost some ten thousand copied entries, where copying a Map for each would cost half a million.
 *
 * @example LayeredMap.of([['a', 1]]).with('b', 2).without('a').get('b') // 2
 */
export class LayeredMap<V> {
  readonly #base: ReadonlyMap<string, V>
  /** What differs from the base; undefined: taken out. */
  readonly #changes: ReadonlyMap<string, V | undefined>

  private constructor(base: ReadonlyMap<string, V>, changes: ReadonlyMap<string, V | undefined>) {
    this.#base = base
    this.#changes = changes
  }

  static of<V>(entries: Iterable<readonly [string, V]> = []): LayeredMap<V> {
    return new LayeredMap(new Map(entries), new Map())
  }

  get(key: string): V | undefined {
    return this.#changes.has(key) ? this.#changes.get(key) : this.#base.get(key)
  }

  with(key: string, value: V): LayeredMap<V> {
    return this.#changed(key, value)
  }

  without(key: string): LayeredMap<V> {
    return this.get(key) === undefined ? this : this.#changed(key, undefined)
  }

  /** In no order that means anything. */
  values(): readonly V[] {
    return [...this.#folded().values()]
  }

  #changed(key: string, value: V | undefined): LayeredMap<V> {
    const changes = new Map(this.#changes).set(key, value)
    return changes.size <= mostChanges
      ? new LayeredMap(this.#base, changes)
      : new LayeredMap(folded(this.#base, changes), new Map())
  }

  #folded(): ReadonlyMap<string, V> {
    return this.#changes.size === 0 ? this.#base : folded(this.#base, this.#changes)
  }
}

function folded<V>(
  base: ReadonlyMap<string, V>,
  changes: ReadonlyMap<string, V | undefined>,
): ReadonlyMap<string, V> {
  const all = new Map(base)
  for (const [key, value] of changes) {
    if (value === undefined) all.delete(key)
    else all.set(key, value)
  }
  return all
}
