/** A word, a quoted text or name, a comment, or any other character of GoogleSQL, each with what may hold a `;`. */
const token =
  /--[^\n]*|#[^\n]*|\/\*[\s\S]*?\*\/|[rRbB]{0,2}(?:"""(?:\\[\s\S]|[^\\])*?"""|'''(?:\\[\s\S]|[^\\])*?'''|"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*')|`(?:\\.|[^`\\])*`|\w+|[\s\S]/g

/** What a statement begins with that leaves nothing behind: a variable, or a table that ends with its script. */
const ofSession = /^(?:declare|set|create (?:or replace )?temp(?:orary)? table)\b/i

/**
 * The statements of a script's top level that matter to a query after them and to nobody else: DECLARE, SET and
 * CREATE TEMP TABLE, without their semicolons, in order.
 *
 * @example sessionStatements('declare d date; delete from t; set d = (select max(d) from t)')
 * // ['declare d date', 'set d = (select max(d) from t)']
 */
export const sessionStatements = (script: string): readonly string[] =>
  splitStatements(script).filter((statement) => ofSession.test(firstWords(statement)))

/** True for a script that has no other statements: to run it again does no harm. */
export const leavesNothing = (script: string): boolean =>
  splitStatements(script).every(
    (statement) => firstWords(statement) === '' || ofSession.test(firstWords(statement)),
  )

function splitStatements(script: string): readonly string[] {
  const statements: string[] = ['']
  for (const [text] of script.matchAll(token)) {
    if (text === ';') statements.push('')
    else statements.push((statements.pop() ?? '') + text)
  }
  return statements.map((statement) => statement.trim())
}

/** Up to five words, one blank between; comments and other characters do not count. Empty: nothing but comments. */
const firstWords = (statement: string): string =>
  [...statement.matchAll(token)]
    .map(([text]) => text)
    .filter((text) => /^[^\s\-#/]/.test(text) || /^[-/]$/.test(text))
    .slice(0, 5)
    .join(' ')
