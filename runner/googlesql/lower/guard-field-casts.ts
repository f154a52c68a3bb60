const PATTERN = 'CAST(struct_extract('

/**
 * DuckDB (1.5) moves a cast of a struct's field into the scan of its table, ahead of the filter or CASE that decides
 * whether the cast may run: a value that the query leaves out would raise. A TRY between the two, which changes no
 * value, keeps the cast where it is written.
 *
 * @example guardFieldCasts("CAST(struct_extract(s, 'y') AS BIGINT)") // "CAST(TRY(struct_extract(s, 'y')) AS BIGINT)"
 */
export function guardFieldCasts(sql: string): string {
  if (!sql.includes(PATTERN)) return sql
  const inserts = new Map<number, string>()
  let at = 0
  while (at < sql.length) {
    const code = sql[at]
    if (code === "'" || code === '"') {
      at = afterQuoted(sql, at)
      continue
    }
    if (sql.startsWith(PATTERN, at)) {
      const start = at + 'CAST('.length
      const end = afterCall(sql, start + 'struct_extract('.length)
      // Only what is a column's field is in a scan; anything else may have an error of its own, which TRY would hide.
      if (isFieldOfColumn(sql.slice(start, end))) {
        inserts.set(start, `${inserts.get(start) ?? ''}TRY(`)
        inserts.set(end, `)${inserts.get(end) ?? ''}`)
      }
      at = start
      continue
    }
    at += 1
  }
  let result = ''
  let from = 0
  for (const [place, text] of [...inserts].sort(([a], [b]) => a - b)) {
    result += sql.slice(from, place) + text
    from = place
  }
  return result + sql.slice(from)
}

const quoted = /'(?:[^']|'')*'|"(?:[^"]|"")*"/g

function isFieldOfColumn(sql: string): boolean {
  return (
    /^[\w\s.,()]*$/.test(sql.replace(quoted, 'x')) &&
    !/\b(?!struct_extract\b)\w+\(/.test(sql.replace(quoted, 'x'))
  )
}

/** The offset behind a quoted name or text; a doubled quote is part of it. */
function afterQuoted(sql: string, start: number): number {
  const quote = sql[start]
  let at = start + 1
  while (at < sql.length) {
    if (sql[at] === quote) {
      if (sql[at + 1] !== quote) return at + 1
      at += 1
    }
    at += 1
  }
  return at
}

/** The offset behind the parenthesis that closes a call whose arguments begin at `start`. */
function afterCall(sql: string, start: number): number {
  let depth = 1
  let at = start
  while (at < sql.length && depth > 0) {
    const code = sql[at]
    if (code === "'" || code === '"') {
      at = afterQuoted(sql, at)
      continue
    }
    if (code === '(') depth += 1
    if (code === ')') depth -= 1
    at += 1
  }
  return at
}
