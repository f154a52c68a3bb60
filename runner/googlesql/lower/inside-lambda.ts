/**
 * Whether `part` stands inside the body of a lambda somewhere in DuckDB SQL.
 *
 * @example insideLambda('list_transform([(Q)], lambda v1: v1 + 1)[1]', '(Q)') // false
 */
export function insideLambda(sql: string, part: string): boolean {
  if (!sql.includes('lambda ')) return false
  for (let at = sql.indexOf(part); at >= 0; at = sql.indexOf(part, at + 1)) {
    const open: boolean[] = [false]
    for (const [token] of sql.slice(0, at).matchAll(/'(?:[^']|'')*'|"(?:[^"]|"")*"|\w+|[\s\S]/g)) {
      if (token === '(') open.push(false)
      else if (token === ')') open.pop()
      else if (token === 'lambda') open[open.length - 1] = true
    }
    if (open.includes(true)) return true
  }
  return false
}
