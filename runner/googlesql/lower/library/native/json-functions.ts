import {
  BIGINT,
  BOOLEAN,
  DOUBLE,
  DuckDBListValue,
  type DuckDBType,
  type DuckDBValue,
  LIST,
  VARCHAR,
} from '@duckdb/node-api'
import { GoogleSqlError, type NativeFunction } from '../native-function.ts'
import { jsonConversions } from './json-convert.ts'
import { append, changeAt, insert, keysOf, removeAt, setAt, stripNulls } from './json-edit.ts'
import { laxMatches } from './json-lax.ts'
import { type PathMode, parseEditPath, parsePath } from './json-path.ts'
import { type Found, findInText } from './json-stream.ts'
import {
  isArray,
  isNumber,
  isObject,
  type Json,
  JsonError,
  JsonReader,
  prettyJson,
  printJson,
  printJsonDouble,
  quoteJson,
} from './json-text.ts'
import { normalDecimal, printGeneral } from './numbers.ts'

/** What stands at a path, of a STRING or of a value of the JSON type. */
function find(text: string, path: string, mode: string, json: boolean): Found | undefined {
  const steps = parsePath(path, mode as PathMode)
  if (!json) return findInText(text, steps)
  const value = new JsonReader(text).find(steps)
  return value === undefined ? undefined : foundOf(value)
}

function foundOf(value: Json): Found {
  const isList = isArray(value)
  return {
    kind: isList ? 'array' : isObject(value) ? 'object' : 'scalar',
    json: printJson(value, false),
    text: scalarText(value),
    elements: isList ? value.map(foundOf) : [],
  }
}

/** A value of the JSON type, which is always well-formed. */
function whole(text: string): Json {
  return new JsonReader(text).value()
}

function scalarText(value: Json): string | null {
  if (value === null) return null
  if (typeof value === 'string') return value
  if (typeof value === 'boolean') return String(value)
  return isNumber(value) ? value.number : null
}

/** A number as the JSON type keeps it. @throws GoogleSqlError if it loses digits and `mode` is exact */
function canonicalNumber(text: string, mode: string, name: string): string {
  if (/^-?\d+$/.test(text)) {
    const value = BigInt(text)
    if (value >= -(2n ** 63n) && value < 2n ** 64n) return value.toString()
  }
  const value = Number(text)
  if (!Number.isFinite(value)) {
    throw new GoogleSqlError(`Invalid input to ${name}: number overflow parsing '${text}'`)
  }
  if (mode !== 'round' && !sameNumber(text, value)) {
    throw new GoogleSqlError(
      `Invalid input to ${name}: Input number: ${text} cannot round-trip through string representation`,
    )
  }
  return printJsonDouble(value)
}

/** True if the double's shortest or 17-digit text is the same decimal number. */
function sameNumber(text: string, value: number): boolean {
  const exact = normalDecimal(text)
  return exact === normalDecimal(String(value)) || exact === normalDecimal(printGeneral(value, 17))
}

function canonical(value: Json, mode: string, name: string): Json {
  if (isNumber(value)) return { number: canonicalNumber(value.number, mode, name) }
  if (isArray(value)) return value.map((item) => canonical(item, mode, name))
  if (isObject(value)) return new Map([...value].map(([key, item]) => [key, canonical(item, mode, name)]))
  return value
}

function parseJson(text: string, mode: string, name: string): string {
  if (mode !== 'exact' && mode !== 'round')
    throw new GoogleSqlError(`Invalid \`wide_number_mode\` specified for ${name}: ${mode}`)
  const reader = new JsonReader(text)
  let value: Json
  try {
    value = reader.value()
    if (!reader.atEnd()) reader.fail()
  } catch (error) {
    if (!(error instanceof JsonError)) throw error
    throw new GoogleSqlError(`Invalid input to ${name}: syntax error while parsing value - ${error.message}`)
  }
  return printJson(canonical(value, mode, name), true)
}

function elements(value: Json | undefined): readonly Json[] | undefined {
  return value !== undefined && isArray(value) ? value : undefined
}

/** Of a STRING, or (last argument) of the JSON type. */
function reader(
  name: string,
  returns: DuckDBType,
  result: (found: Found, json: boolean) => DuckDBValue,
): NativeFunction {
  return {
    name: `googlesql_json_${name}`,
    parameters: [VARCHAR, VARCHAR, VARCHAR, BOOLEAN],
    returns,
    evaluate: (text: string, path: string, mode: string, json: boolean) => {
      const found = find(text, path, mode, json)
      return found === undefined ? null : result(found, json)
    },
  }
}

const reading: readonly NativeFunction[] = [
  reader('value', VARCHAR, ({ text }) => text),
  // A JSON null is NULL in a STRING, and itself in a JSON.
  reader('query', VARCHAR, ({ json, text, kind }, isJson) =>
    kind === 'scalar' && text === null && !isJson ? null : json,
  ),
  reader('query_array', LIST(VARCHAR), ({ kind, elements }) =>
    kind === 'array' ? new DuckDBListValue(elements.map(({ json }) => json)) : null,
  ),
  reader('value_array', LIST(VARCHAR), ({ kind, elements }) => {
    if (kind !== 'array' || elements.some((element) => element.kind !== 'scalar')) return null
    return new DuckDBListValue(elements.map(({ text }) => text))
  }),
  {
    // JSON_QUERY by a path that begins with `lax`: all that it finds, in one array.
    name: 'googlesql_json_lax_query',
    parameters: [VARCHAR, VARCHAR],
    returns: VARCHAR,
    evaluate: (text: string, path: string) => printJson(laxMatches(whole(text), path), false),
  },
  {
    name: 'googlesql_json_flatten',
    parameters: [VARCHAR],
    returns: LIST(VARCHAR),
    evaluate: (text: string) => {
      const flat = (value: Json): readonly Json[] => (isArray(value) ? value.flatMap(flat) : [value])
      return new DuckDBListValue(flat(whole(text)).map((item) => printJson(item, false)))
    },
  },
  {
    name: 'googlesql_json_member',
    parameters: [VARCHAR, VARCHAR],
    returns: VARCHAR,
    evaluate: (text: string, key: string) => {
      const value = whole(text)
      const member = isObject(value) ? value.get(key) : undefined
      return member === undefined ? null : printJson(member, false)
    },
  },
  {
    name: 'googlesql_json_element',
    parameters: [VARCHAR, BIGINT],
    returns: VARCHAR,
    evaluate: (text: string, at: bigint) => {
      const element = elements(whole(text))?.[Number(at)]
      return element === undefined ? null : printJson(element, false)
    },
  },
  {
    name: 'googlesql_json_type',
    parameters: [VARCHAR],
    returns: VARCHAR,
    evaluate: (text: string) => {
      const value = whole(text)
      if (value === null) return 'null'
      if (isNumber(value)) return 'number'
      return isArray(value) ? 'array' : isObject(value) ? 'object' : typeof value
    },
  },
  {
    name: 'googlesql_json_keys',
    parameters: [VARCHAR, BIGINT, VARCHAR],
    returns: LIST(VARCHAR),
    evaluate: (text: string, depth: bigint, mode: string) => {
      const known = ['strict', 'lax', 'lax recursive'].includes(mode.toLowerCase())
      if (!known) throw new GoogleSqlError(`Invalid JSON mode specified: ${mode}`)
      return new DuckDBListValue(keysOf(whole(text), Number(depth), mode.toLowerCase()))
    },
  },
]

const writing: readonly NativeFunction[] = [
  {
    name: 'googlesql_parse_json',
    parameters: [VARCHAR, VARCHAR, VARCHAR],
    returns: VARCHAR,
    evaluate: parseJson,
  },
  {
    name: 'googlesql_json_quote',
    parameters: [VARCHAR],
    returns: VARCHAR,
    evaluate: quoteJson,
  },
  {
    name: 'googlesql_json_float',
    parameters: [DOUBLE],
    returns: VARCHAR,
    // No zero of SQL's keeps its sign; those of JSON do.
    evaluate: (value: number) => printJsonDouble(value + 0),
  },
  {
    name: 'googlesql_json_decimal',
    parameters: [VARCHAR, VARCHAR, BOOLEAN],
    returns: VARCHAR,
    evaluate: (text: string, type: string, stringify: boolean) => {
      if (/^-?\d+$/.test(text) && BigInt(text) >= -(2n ** 63n) && BigInt(text) < 2n ** 64n) return text
      if (sameNumber(text, Number(text))) return printJsonDouble(Number(text))
      if (stringify) return `"${text}"`
      throw new GoogleSqlError(`Failed to convert type ${type} to JSON`)
    },
  },
  {
    // Our own text with keys in any order, as the JSON type keeps it.
    name: 'googlesql_json_sorted',
    parameters: [VARCHAR],
    returns: VARCHAR,
    evaluate: (text: string) => printJson(whole(text), true),
  },
  {
    name: 'googlesql_json_pretty',
    parameters: [VARCHAR],
    returns: VARCHAR,
    evaluate: prettyJson,
  },
  {
    name: 'googlesql_json_set',
    parameters: [VARCHAR, VARCHAR, VARCHAR, BOOLEAN],
    returns: VARCHAR,
    evaluate: (text: string, path: string, value: string, create: boolean) =>
      printJson(setAt(whole(text), parseEditPath(path, 'JSON_SET'), whole(value), create), true),
  },
  {
    name: 'googlesql_json_remove',
    parameters: [VARCHAR, VARCHAR],
    returns: VARCHAR,
    evaluate: (text: string, path: string) =>
      printJson(removeAt(whole(text), parseEditPath(path, 'JSON_REMOVE')), true),
  },
  {
    name: 'googlesql_json_strip_nulls',
    parameters: [VARCHAR, VARCHAR, BOOLEAN, BOOLEAN],
    returns: VARCHAR,
    evaluate: (text: string, path: string, arrays: boolean, empty: boolean) =>
      printJson(
        changeAt(
          whole(text),
          parseEditPath(path, 'JSON_STRIP_NULLS'),
          (found) => stripNulls(found, arrays, empty) ?? null,
        ),
        true,
      ),
  },
  ...(
    [
      ['append', append],
      ['insert', insert],
    ] as const
  ).map(
    ([name, change]): NativeFunction => ({
      name: `googlesql_json_array_${name}`,
      parameters: [VARCHAR, VARCHAR, VARCHAR, BOOLEAN],
      returns: VARCHAR,
      evaluate: (text: string, path: string, value: string, each: boolean) => {
        const added = whole(value)
        const items = each && isArray(added) ? added : [added]
        return printJson(
          change(whole(text), parseEditPath(path, `JSON_ARRAY_${name.toUpperCase()}`), items),
          true,
        )
      },
    }),
  ),
]

export const jsonFunctions: readonly NativeFunction[] = [...reading, ...writing, ...jsonConversions]
