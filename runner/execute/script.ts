/**
 * Statements as one script: variables that the first declares are visible in the rest. A semicolon that is added stands
 * on a line of its own, so that a comment at the end of a statement does not swallow it; none is added where there is
 * one, since BigQuery knows no empty statement.
 *
 * @example script(['declare n default 1; -- one', 'select n']) // 'declare n default 1; -- one\nselect n'
 */
export function script(statements: readonly string[]): string {
  const given = statements
    .map((text) => ({ text: text.replace(/^(?:[ \t]*\r?\n)+/, '').trimEnd(), ending: endingOf(text) }))
    .filter(({ ending }) => ending !== 'empty')
  return given
    .map(({ text, ending }, index) =>
      index === given.length - 1 || ending === 'closed' ? text : `${text}\n;`,
    )
    .join('\n')
}

/** `empty`: nothing but space and comments; `closed`: the last thing that counts is a semicolon. */
function endingOf(text: string): 'empty' | 'closed' | 'open' {
  let ending: 'empty' | 'closed' | 'open' = 'empty'
  for (const [token] of text.matchAll(tokens)) {
    if (/^(?:\s|--|#|\/\*)/.test(token)) continue
    ending = token === ';' ? 'closed' : 'open'
  }
  return ending
}

/** Comments, strings and quoted names as wholes: a semicolon or a dash inside them means nothing. */
const tokens = new RegExp(
  [
    String.raw`(?:--|#)[^\n]*`,
    String.raw`\/\*[\s\S]*?(?:\*\/|$)`,
    String.raw`\b[rR][bB]?'''[\s\S]*?(?:'''|$)|\b[rR][bB]?"""[\s\S]*?(?:"""|$)`,
    String.raw`'''(?:\\[\s\S]|[^\\])*?(?:'''|$)|"""(?:\\[\s\S]|[^\\])*?(?:"""|$)`,
    String.raw`'(?:\\.|[^'\\\n])*'?|"(?:\\.|[^"\\\n])*"?`,
    '`(?:\\\\.|[^`\\\\])*`?',
    String.raw`\s+`,
    ';',
    String.raw`[\s\S]`,
  ].join('|'),
  'g',
)
