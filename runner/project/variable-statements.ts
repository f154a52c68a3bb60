/** A word, a quoted text or name, a comment, or any other character of GoogleSQL, each with what may hold a `;`. */
const token =
  /--[^\n]*|#[^\n]*|\/\*[\s\S]*?\*\/|[rRbB]{0,2}(?:"""(?:\\[\s\S]|[^\\])*?"""|'''(?:\\[\s\S]|[^\\])*?'''|"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*')|`(?:\\.|[^`\\])*`|\w+|[\s\S]/g

/**
 * The DECLARE and SET statements of a script's top level, without their semicolons, in order.
 *
 * @example variableStatements('declare d date; delete from t; set d = (select max(d) from t)')
 * // ['declare d date', 'set d = (select max(d) from t)']
 */
export function variableStatements(script: string): readonly string[] {
  return splitStatements(script).filter((statement) => /^(?:declare|set)$/i.test(firstWord(statement) ?? ''))
}

function splitStatements(script: string): readonly string[] {
  const statements: string[] = ['']
  for (const [text] of script.matchAll(token)) {
    if (text === ';') statements.push('')
    else statements.push((statements.pop() ?? '') + text)
  }
  return statements.map((statement) => statement.trim())
}

const firstWord = (statement: string): string | undefined =>
  [...statement.matchAll(token)].map(([text]) => text).find((text) => /^\w+$/.test(text))
