import { isObject } from '../datastream/json-event.ts'
import { parseDistinct } from '../datastream/repeated-key.ts'

/** The begin of the last line that had a schema, up to its payload, and that schema as it was read. */
let last: { readonly begin: string; readonly schema: unknown } | undefined

/**
 * A line of JSON as `parseDistinct` reads it. The JSON converter writes the same schema into every line of a file, most of
 * the line: where a line begins to the letter as the one before did, only its payload is read.
 *
 * @throws SyntaxError, RangeError, RepeatedKey
 */
export function parseLine(text: string): unknown {
  const known = repeated(text)
  if (known !== undefined) return known
  const value = parseDistinct(text)
  if (text.startsWith('{"schema":') && isObject(value)) {
    const begin = `{"schema":${JSON.stringify(value['schema'])},"payload":`
    if (text.startsWith(begin)) last = { begin, schema: value['schema'] }
  }
  return value
}

/** undefined where the rest of the line is not one value and the closing brace. */
function repeated(text: string): unknown {
  if (last === undefined || !text.startsWith(last.begin)) return undefined
  const end = text.trimEnd().length - 1
  if (text[end] !== '}') return undefined
  try {
    return { schema: last.schema, payload: parseDistinct(text.slice(last.begin.length, end)) }
  } catch {
    return undefined
  }
}
