import { closest, distance } from 'fastest-levenshtein'

/**
 * The known name nearest to a mistyped one, if it is near enough to be worth a `did you mean`.
 *
 * @example nearest('uniqeKey', ['uniqueKey', 'tags']) // 'uniqueKey'
 */
export function nearest(given: string, known: readonly string[]): string | undefined {
  const most = Math.max(1, Math.floor(given.length / 3))
  // A name that is longer or shorter by more than that is no neighbour, and need not be compared.
  const alike = known.filter((name) => Math.abs(name.length - given.length) <= most)
  if (alike.length === 0) return undefined
  const byFolded = new Map(alike.map((name) => [name.toLowerCase(), name]))
  const folded = given.toLowerCase()
  const best = closest(folded, [...byFolded.keys()])
  const steps = distance(folded, best)
  const near = steps <= most || (steps === 2 && sameLetters(folded, best))
  return near ? byFolded.get(best) : undefined
}

/** Two neighbours swapped (`rnu`) are one slip of the fingers, though two steps to Levenshtein. */
const sameLetters = (a: string, b: string): boolean => [...a].sort().join('') === [...b].sort().join('')
