/** Words that no `const` may be called. */
const reserved = new Set(
  (
    'arguments await break case catch class const continue debugger default delete do else enum eval export extends false ' +
    'finally for function if implements import in instanceof interface let new null package private protected public return ' +
    'static super switch this throw true try typeof var void while with yield ' +
    // What sources.js has itself.
    'tables sourceTable declare require module exports ' +
    // What a SQLX file that uses it has.
    'ref self when incremental name resolve publish assert operate test currentQuery ' +
    'database schema dataform session ctx config js undefined NaN Infinity global globalThis'
  ).split(' '),
)

/**
 * A name for a table in JavaScript, and for its files: ASCII letters, digits and `_`, no reserved word, none of `taken`.
 *
 * @example variableFor('Größe "x"', []) // Gro_e_x
 */
export function variableFor(name: string, taken: Iterable<string>): string {
  const ascii = name.normalize('NFKD').replace(/\p{M}/gu, '')
  const words = /^\w+$/.test(name)
    ? name
    : ascii.replace(/[^A-Za-z0-9]+/g, '_').replace(/^_(?=.)|(?<=.)_$/g, '')
  const base = /^[A-Za-z_]/.test(words) ? words : `t_${words}`
  // Files that differ by case alone are one file on many machines.
  const others = new Set([...taken].map((each) => each.toLowerCase()))
  const free = (candidate: string) => !reserved.has(candidate) && !others.has(candidate.toLowerCase())
  if (free(base)) return base
  for (let number = 2; ; number += 1) if (free(`${base}_${number}`)) return `${base}_${number}`
}

/** A text as a JavaScript literal, in single quotes unless it holds one. */
export function jsText(text: string): string {
  const json = JSON.stringify(text)
  if (text.includes("'")) return json
  return `'${json.slice(1, -1).replaceAll('\\"', '"')}'`
}

/** A name as the key of an object literal. */
export function jsProperty(name: string, quote: (text: string) => string = jsText): string {
  // `{ __proto__: … }` is no key of that name.
  return /^[A-Za-z_$][\w$]*$/.test(name) && name !== '__proto__'
    ? name
    : name === '__proto__'
      ? `[${quote(name)}]`
      : quote(name)
}

/** A text as one line of a comment. */
export function jsComment(text: string): string {
  return `// ${text.replace(/[\p{Cc}\u2028\u2029]+/gu, ' ')}`
}
