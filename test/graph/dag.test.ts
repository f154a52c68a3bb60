import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { dagOf, levels, reachable, restrict, topologicalOrder } from '../../runner/graph/dag.ts'

const dag = (needs: Record<string, string[]>) => dagOf(new Map(Object.entries(needs)))

describe('a graph', () => {
  test('is ordered in levels that need only earlier ones, in the given order within a level', () => {
    expect(levels(dag({ d: ['b', 'c'], c: ['a'], b: ['a'], a: [], e: [] }))).toEqual([
      ['a', 'e'],
      ['c', 'b'],
      ['d'],
    ])
  })

  test('ignores needs that are not part of it, and the same need given twice', () => {
    const graph = dag({ b: ['a', 'a', 'elsewhere'], a: [] })
    expect([...graph.dependencies]).toEqual([
      ['b', ['a']],
      ['a', []],
    ])
    expect([...graph.dependents]).toEqual([
      ['b', []],
      ['a', ['b']],
    ])
  })

  test('with a cycle is refused with the ids on the cycle, not those behind it', () => {
    expect(() => topologicalOrder(dag({ x: ['c'], a: ['c'], b: ['a'], c: ['b'], root: [] }))).toThrow(
      'these need each other in a circle: c -> b -> a -> c',
    )
  })

  test('that needs itself is refused', () => {
    expect(() => topologicalOrder(dag({ a: ['a'] }))).toThrow('these need each other in a circle: a -> a')
  })

  test('reaches everything along a direction, the start included', () => {
    const graph = dag({ a: [], b: ['a'], c: ['b'], d: ['a'] })
    expect([...reachable(graph.dependents, ['b'])].sort()).toEqual(['b', 'c'])
    expect([...reachable(graph.dependencies, ['c', 'd'])].sort()).toEqual(['a', 'b', 'c', 'd'])
  })

  test('of 10,000 ids in one chain, and of 10,000 in a wide lattice, is ordered without recursion', () => {
    const chain = new Map(Array.from({ length: 10_000 }, (_, i) => [`n${i}`, i === 0 ? [] : [`n${i - 1}`]]))
    expect(topologicalOrder(dagOf(chain)).at(-1)).toBe('n9999')
    const lattice = new Map(
      Array.from({ length: 10_000 }, (_, i) => [
        `n${i}`,
        i < 100
          ? []
          : Array.from({ length: 10 }, (_, j) => `n${(Math.floor(i / 100) - 1) * 100 + ((i + j) % 100)}`),
      ]),
    )
    expect(levels(dagOf(lattice)).map((level) => level.length)).toEqual(Array(100).fill(100))
  })

  test('every random graph is ordered with each id once and after all that it needs', () => {
    const needs = fc
      .integer({ min: 1, max: 30 })
      .chain((size) =>
        fc.tuple(
          fc.array(fc.tuple(fc.nat(size - 1), fc.nat(size - 1)), { maxLength: 80 }),
          fc.shuffledSubarray([...Array(size).keys()], { minLength: size, maxLength: size }),
        ),
      )
    fc.assert(
      fc.property(needs, ([edges, ids]) => {
        const map = new Map(ids.map((id) => [String(id), [] as string[]]))
        for (const [a, b] of edges) if (a > b) map.get(String(a))?.push(String(b))
        const order = topologicalOrder(dagOf(map))
        const place = new Map(order.map((id, index) => [id, index]))
        expect([...order].sort()).toEqual([...map.keys()].sort())
        for (const [id, all] of map)
          for (const other of all) expect(place.get(other)).toBeLessThan(place.get(id) ?? -1)
      }),
    )
  })
})

describe('a part of a graph', () => {
  test('blocks along direct needs only, and keeps the order along needs through ids left out', () => {
    const graph = dag({ a: [], view: ['a'], b: ['view'], c: ['b', 'a'] })
    const { blocking, after } = restrict(graph, new Set(['a', 'b', 'c']))
    expect([...blocking.dependencies]).toEqual([
      ['a', []],
      ['b', []],
      ['c', ['b', 'a']],
    ])
    expect(after.dependencies.get('b')).toEqual(['a'])
  })
})
