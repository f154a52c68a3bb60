import type { Identifier } from '../parse/ast.ts'
import { isReserved } from '../parse/keywords.ts'

const plain = /^[A-Za-z_][A-Za-z0-9_]*$/
const dashed = /^[A-Za-z_][A-Za-z0-9_]*(-[A-Za-z0-9_]+)+$/
const afterDot = /^[A-Za-z0-9_]+$/

const escapes = new Map([
  ['\\', '\\\\'],
  ['`', '\\`'],
  ['\n', '\\n'],
  ['\r', '\\r'],
])

/**
 * A name as BigQuery SQL: as it was written, and in backticks where a tree that no parser made needs them.
 * `isPart`: the name stands behind a dot, where reserved words and digits need no backticks.
 */
export function printName({ name, quoted }: Identifier, isPart = false): string {
  const bare = isPart ? afterDot.test(name) : (plain.test(name) && !isReserved(name)) || dashed.test(name)
  return !quoted && bare
    ? name
    : `\`${name.replace(/[\\`\n\r]/g, (character) => escapes.get(character) ?? character)}\``
}
