/**
 * A subquery's SQL whose lambdas reach columns of the queries around it by a value that is bound outside of the
 * lambda: DuckDB finds such columns in a subquery, but not in a lambda inside of one.
 *
 * @param outer the SQL of columns that the subquery did not make itself: `u1."k$2"`
 * @example
 * bindOuterColumns('list_transform([a + b], lambda v1: CASE WHEN v1 = u1."k$2" THEN v1 END)[1]', new Set(['u1."k$2"']))
 * // list_transform([{'x': a + b, 'o0': u1."k$2"}], lambda c0: CASE WHEN c0.x = c0.o0 THEN c0.x END)[1]
 */
export function bindOuterColumns(sql: string, outer: ReadonlySet<string>): string {
  if (!sql.includes('lambda ')) return sql
  return [...outer].some((column) => sql.includes(column)) ? bind(sql, 0) : sql
}

function bind(sql: string, depth: number): string {
  let result = ''
  let from = 0
  for (const call of lambdaCalls(sql)) {
    if (call.start < from) continue
    const text = sql.slice(call.start, call.end)
    // Where an outer column stands anywhere in an expression, DuckDB finds no other one from a lambda either: all are bound.
    const bound = [...new Set(tokensOf(text).filter((token) => /^\w+\."/.test(token)))]
    result += sql.slice(from, call.start) + (bound.length > 0 ? bindCall(text, bound, depth) : text)
    from = call.end
  }
  return result + sql.slice(from)
}

const once = /^list_transform\(\[([\s\S]*)\], lambda ((?:v|c|let)\d+): $/

/** One call with a lambda in it. */
function bindCall(text: string, columns: readonly string[], depth: number): string {
  const single = singleBinding(text)
  if (single === undefined) {
    const name = `c${depth}`
    const inner = replaced(text, columns, (index) => `${name}.o${index}`)
    return `list_transform([{${fieldsOf(columns)}}], lambda ${name}: ${inner})[1]`
  }
  const { value, name, body } = single
  const inner = bind(value, depth + 1)
  const used = [...columns.filter((column) => occursIn(body, column)), ...ownColumns(value, body, columns)]
  if (used.length === 0) return `list_transform([${inner}], lambda ${name}: ${body})`
  const own = `c${depth}`
  return `list_transform([{'x': ${inner}, ${fieldsOf(used)}}], lambda ${own}: ${replaced(renamed(body, name, `${own}.x`), used, (index) => `${own}.o${index}`)})`
}

/** The body with another name for its lambda's parameter, but not where a lambda inside has one of the same name. */
function renamed(body: string, name: string, other: string): string {
  const tokens = tokensOf(body)
  let depth = 0
  let hidden: number | undefined
  return tokens
    .map((token, index) => {
      if (token === '(' || token === '[' || token === '{') depth++
      if (token === ')' || token === ']' || token === '}') depth--
      if (hidden !== undefined && depth < hidden) hidden = undefined
      if (token === 'lambda' && tokens[index + 2] === name) hidden ??= depth
      return token === name && hidden === undefined ? other : token
    })
    .join('')
}

/** Where the value is made of outer columns alone, DuckDB takes the whole call for the outer query's: it must be told of the columns of its own. */
function ownColumns(value: string, body: string, outer: readonly string[]): readonly string[] {
  const columnsOf = (sql: string) => tokensOf(sql).filter((token) => /^\w+\."/.test(token))
  const given = columnsOf(value)
  if (given.length === 0 || !given.every((column) => outer.includes(column))) return []
  return [...new Set(columnsOf(body))].filter((column) => !outer.includes(column))
}

const fieldsOf = (columns: readonly string[]) =>
  columns.map((column, index) => `'o${index}': ${column}`).join(', ')

/** The parts of a call that `once` wrote: its value is computed outside of the lambda, and must stay there. */
function singleBinding(text: string): { value: string; name: string; body: string } | undefined {
  const tokens = tokensOf(text)
  let depth = 0
  let at = 0
  for (const [index, token] of tokens.entries()) {
    if (token === '(' || token === '[' || token === '{') depth++
    if (token === ')' || token === ']' || token === '}') depth--
    // The lambda of this call itself, not one within its value.
    if (token === 'lambda' && depth === 1) {
      const head = tokens.slice(0, index).join('')
      const match = once.exec(`${head}lambda ${tokens[index + 2] ?? ''}: `)
      if (match === null) return undefined
      const [, value = '', name = ''] = match
      return { value, name, body: text.slice(at + `lambda ${name}: `.length, -1) }
    }
    at += token.length
  }
  return undefined
}

function replaced(text: string, columns: readonly string[], name: (index: number) => string): string {
  return tokensOf(text)
    .map((token) => {
      const index = columns.indexOf(token)
      return index < 0 ? token : name(index)
    })
    .join('')
}

const occursIn = (text: string, column: string) => tokensOf(text).includes(column)

/** Texts, columns with their table, words, and single signs; joined they are the text again. */
function tokensOf(sql: string): readonly string[] {
  return sql.match(/'(?:[^']|'')*'|(?:\w+\.)?"(?:[^"]|"")*"|\w+|[\s\S]/g) ?? []
}

interface Span {
  readonly start: number
  readonly end: number
}

/** The outermost calls that have a lambda among their arguments and no subquery inside, in order. */
function lambdaCalls(sql: string): readonly Span[] {
  const open: { start: number; lambda: boolean; query: boolean }[] = []
  const found: Span[] = []
  let at = 0
  let before = ''
  for (const token of tokensOf(sql)) {
    if (token === '(') {
      open.push({ start: /^\w+$/.test(before) ? at - before.length : at, lambda: false, query: false })
    } else if (token === ')') {
      const call = open.pop()
      const outside = open.at(-1)
      if (call?.query === true && outside !== undefined) outside.query = true
      if (call?.lambda === true && !call.query) found.push({ start: call.start, end: at + 1 })
    } else if (token === 'lambda') {
      const call = open.at(-1)
      if (call !== undefined) call.lambda = true
    } else if (token === 'SELECT') {
      const call = open.at(-1)
      if (call !== undefined) call.query = true
    }
    at += token.length
    before = token
  }
  return found
    .filter((span) => !found.some((other) => other.start < span.start && other.end > span.end))
    .sort((a, b) => a.start - b.start)
}
