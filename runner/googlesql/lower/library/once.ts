const path = String.raw`(?:"(?:[^"]|"")*"|[A-Za-z_][A-Za-z0-9_]*)(?:\.(?:"(?:[^"]|"")*"|[A-Za-z_][A-Za-z0-9_]*))*`
const text = `'(?:[^']|'')*'`
const number = String.raw`-?\d+(?:\.\d+)?(?:e[+-]?\d+)?`
const typedLiteral = String.raw`CAST\((?:${text}|NULL|-?[0-9.e+-]+) AS [A-Z0-9(),\[\] ]+\)`
const field = String.raw`struct_extract\(${path}, ${text}\)`
/** Columns, their fields, and literals: SQL that may be written several times at no cost and with the same value. */
const simple = new RegExp(`^(?:${path}|${number}|${text}|${typedLiteral}|${field})$`, 'i')

/** True if `sql` may be repeated: see `once`. */
export function repeatable(sql: string): boolean {
  return sql.length <= 120 && simple.test(sql)
}

/** True if computing `sql` again costs less than a lambda that keeps its value, and gives the same value. */
export function cheap(sql: string): boolean {
  return repeatable(sql) || (sql.length <= 120 && !/\bSELECT\b|googlesql_|lambda |random\(|uuid\(/.test(sql))
}

/** As `once`, but what is cheap is written in place as often as it is used. */
export function onceUnlessCheap(args: readonly string[], body: (...names: string[]) => string): string {
  const heavy = args.filter((arg) => !cheap(arg))
  return once(heavy, (...names) =>
    body(...args.map((arg) => (cheap(arg) ? arg : (names[heavy.indexOf(arg)] ?? arg)))),
  )
}

/**
 * DuckDB SQL that uses its arguments several times but evaluates each of them once. Columns and literals are written
 * in place; anything else is bound as the parameter of a lambda, so that nested calls do not grow exponentially and
 * volatile arguments keep one value.
 *
 * @example once(['a + b'], (x) => `CASE WHEN ${x} > 0 THEN ${x} END`)
 * // list_transform([{'a0': a + b}], lambda v1: CASE WHEN v1.a0 > 0 THEN v1.a0 END)[1]
 */
export function once(args: readonly string[], body: (...names: string[]) => string): string {
  const bound = args.filter((arg) => !repeatable(arg))
  if (bound.length === 0) return body(...args)
  // A name that neither the arguments nor, through them, the body contain already.
  const depth = 1 + Math.max(0, ...args.map(deepest))
  const name = `v${depth}`
  if (bound.length === 1) {
    // A list of the value itself: a struct around it would cost as much again.
    const names = args.map((arg) => (repeatable(arg) ? arg : name))
    return `list_transform([${bound[0]}], lambda ${name}: ${body(...names)})[1]`
  }
  const fields = bound.map((arg, index) => `'a${index}': ${arg}`)
  const names = args.map((arg) => (repeatable(arg) ? arg : `${name}.a${bound.indexOf(arg)}`))
  return `list_transform([{${fields.join(', ')}}], lambda ${name}: ${body(...names)})[1]`
}

function deepest(sql: string): number {
  let depth = 0
  for (const match of sql.matchAll(/\bv(\d+)\b/g)) depth = Math.max(depth, Number(match[1]))
  return depth
}
