import { BOOLEAN, DuckDBListValue, LIST, VARCHAR } from '@duckdb/node-api'
import { GoogleSqlError, type NativeFunction } from '../native-function.ts'
import { isArray, isNumber, isObject, type Json, JsonError, JsonReader } from './json-text.ts'
import { javascriptOf } from './re2.ts'

/** What stands between the terms of LOG_ANALYZER: characters, and some of them as a URL has them (text-analysis). */
const delimiters =
  /%2526|%2520|%(?:21|26|3[Bb]|7[Cc]|20|2[Bb]|3[Dd]|5[Dd]|5[Bb]|3[Aa]|0[Aa]|2[Cc]|28|29)|[[\]<>(){}|!;,'"*&?+/:=@.\-$%\\_\n\r\s\t]/g

interface Options {
  readonly delimiters?: readonly string[]
  readonly patterns?: readonly string[]
  readonly normalization: 'LOWER' | 'NONE'
  readonly stopWords: readonly string[]
}

const known = new Map<string, Options>()

function readOptions(text: string | null, analyzer: string): Options {
  const key = `${analyzer}\0${text ?? ''}`
  let options = known.get(key)
  if (options === undefined) {
    options = parseOptions(text, analyzer)
    if (known.size > 100) known.clear()
    known.set(key, options)
  }
  return options
}

function parseOptions(text: string | null, analyzer: string): Options {
  const plain: Options = { normalization: 'LOWER', stopWords: [] }
  if (text === null) return plain
  const bad = (why: string) => new GoogleSqlError(`Invalid analyzer options: ${why}`)
  let value: Json
  try {
    value = new JsonReader(text).value()
  } catch (error) {
    throw error instanceof JsonError ? bad(error.message) : error
  }
  if (!isObject(value)) throw bad('an object of JSON is expected')
  if (analyzer === 'NO_OP_ANALYZER') throw bad('NO_OP_ANALYZER takes none')
  let made: Options = plain
  for (const [name, given] of value) {
    if (name === 'delimiters' && analyzer === 'LOG_ANALYZER')
      made = { ...made, delimiters: texts(given, bad) }
    else if (name === 'patterns' && analyzer === 'PATTERN_ANALYZER') {
      made = { ...made, patterns: texts(given, bad) }
    } else if (name === 'token_filters' && isArray(given)) {
      for (const filter of given) made = withFilter(made, filter, bad)
    } else throw bad(`${name} is not known for ${analyzer}`)
  }
  return made
}

function withFilter(options: Options, filter: Json, bad: (why: string) => Error): Options {
  if (!isObject(filter)) throw bad('token_filters must be objects')
  let made = options
  for (const [name, given] of filter) {
    if (name === 'stop_words') made = { ...made, stopWords: texts(given, bad) }
    else if (name === 'normalization' && isObject(given)) {
      const mode = given.get('mode') ?? 'LOWER'
      if (mode !== 'LOWER' && mode !== 'NONE') {
        throw new GoogleSqlError(`normalization by ${String(mode)} is not supported locally`)
      }
      made = { ...made, normalization: mode }
    } else throw bad(`token filter ${name} is not known`)
  }
  return made
}

function texts(value: Json, bad: (why: string) => Error): readonly string[] {
  if (!isArray(value) || !value.every((item) => typeof item === 'string'))
    throw bad('an array of texts is expected')
  return value as readonly string[]
}

/** The terms of a text, in its order, as an analyzer has them. */
function terms(text: string, analyzer: string, options: Options): readonly string[] {
  if (analyzer === 'NO_OP_ANALYZER') return [text]
  const found =
    analyzer === 'LOG_ANALYZER'
      ? logTerms(text, options)
      : analyzer === 'PATTERN_ANALYZER'
        ? patternTerms(text, options)
        : undefined
  if (found === undefined) throw new GoogleSqlError(`Invalid analyzer: ${analyzer}`)
  const normal = options.normalization === 'NONE' ? found : found.map(lowered)
  return normal.filter((term) => !options.stopWords.includes(term))
}

/** Only ASCII has a lower case here; where another letter would have one, the answer is not sure. */
function lowered(term: string): string {
  const lower = term.toLowerCase()
  if (lower.replace(/[a-z]/g, '') !== term.replace(/[A-Za-z]/g, '')) {
    throw new GoogleSqlError('text analysis of upper-case letters beyond ASCII is not supported locally')
  }
  return lower
}

function logTerms(text: string, { delimiters: own }: Options): readonly string[] {
  if (/[^\0-\u02ff]/.test(text)) {
    throw new GoogleSqlError('LOG_ANALYZER of other letters than Latin ones is not supported locally')
  }
  const cut = own === undefined ? text.split(delimiters) : splitBy(text, own)
  return cut.filter((term) => term !== '')
}

function splitBy(text: string, own: readonly string[]): readonly string[] {
  if (own.length === 0 || own.includes('')) return [text]
  const longest = [...own].sort((a, b) => b.length - a.length)
  return text.split(
    new RegExp(longest.map((part) => part.replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&')).join('|')),
  )
}

function patternTerms(
  text: string,
  { patterns = ['\\b\\w{2,}\\b'], normalization }: Options,
): readonly string[] {
  const given = normalization === 'LOWER' ? lowered(text) : text
  return patterns.flatMap((pattern) => given.match(javascriptOf(pattern)) ?? []).filter((term) => term !== '')
}

/** Every text inside a JSON value: keys, values or both. */
function jsonTexts(value: Json, keys: boolean, values: boolean): readonly string[] {
  if (isArray(value)) return value.flatMap((item) => jsonTexts(item, keys, values))
  if (isObject(value)) {
    return [...value].flatMap(([key, item]) => [...(keys ? [key] : []), ...jsonTexts(item, keys, values)])
  }
  if (!values || value === null) return []
  return [isNumber(value) ? value.number : String(value)]
}

/** What a search query asks for: terms that must all be there, and phrases. */
function queryParts(query: string): {
  readonly words: readonly string[]
  readonly phrases: readonly string[]
} {
  const pieces = query.split('`')
  if (pieces.length % 2 === 0) throw new GoogleSqlError('Query error: missing closing backtick')
  const words = pieces.filter((_, index) => index % 2 === 0).join(' ')
  const reserved = /[[\]<>(){}|!'"*&?+/:=\-\\~^]|(?:^|\s)(?:OR|AND|NOT)(?:\s|$)/.exec(words)
  if (reserved !== null) {
    throw new GoogleSqlError(
      `${JSON.stringify(reserved[0].trim())} in a search query is not supported locally outside of backticks`,
    )
  }
  return { words: [words], phrases: pieces.filter((_, index) => index % 2 === 1) }
}

/** True if a text has the phrase's terms one after another; not sure where other delimiters stand between them. */
function holdsPhrase(text: string, phrase: string, options: Options): boolean {
  const [have, want] = [terms(text, 'LOG_ANALYZER', options), terms(phrase, 'LOG_ANALYZER', options)]
  const found = have.some((_, at) => want.every((term, index) => have[at + index] === term))
  if (found && !text.toLowerCase().includes(phrase.toLowerCase())) {
    throw new GoogleSqlError('SEARCH of a phrase between other delimiters is not supported locally')
  }
  return found
}

function search(given: readonly string[], query: string, analyzer: string, options: Options): boolean {
  if (analyzer !== 'LOG_ANALYZER') {
    const wanted = terms(query, analyzer, options)
    if (wanted.length === 0) throw new GoogleSqlError('search_query must contain at least one token')
    return inOne(
      given.map((text) => {
        const have = new Set(terms(text, analyzer, options))
        return wanted.map((term) => have.has(term))
      }),
    )
  }
  const { words, phrases } = queryParts(query)
  const wanted = words.flatMap((text) => terms(text, analyzer, options))
  if (wanted.length + phrases.length === 0) {
    throw new GoogleSqlError('search_query must contain at least one token')
  }
  return inOne(
    given.map((text) => {
      const have = new Set(terms(text, analyzer, options))
      return [
        ...wanted.map((term) => have.has(term)),
        ...phrases.map((phrase) => holdsPhrase(text, phrase, options)),
      ]
    }),
  )
}

/** All that is wanted in one text. Where it is in several, and in none alone, the answer is not sure. */
function inOne(found: readonly (readonly boolean[])[]): boolean {
  if (found.some((each) => each.every((one) => one))) return true
  const count = found[0]?.length ?? 0
  const spread = Array.from({ length: count }, (_, index) => found.some((each) => each[index] === true))
  if (count > 0 && spread.every((one) => one)) {
    throw new GoogleSqlError('SEARCH for terms of which no field has all is not supported locally')
  }
  return false
}

export const textAnalysisFunctions: readonly NativeFunction[] = [
  {
    name: 'googlesql_text_analyze',
    parameters: [VARCHAR, VARCHAR, VARCHAR],
    returns: LIST(VARCHAR),
    nulls: true,
    evaluate: (text: string | null, analyzer: string, options: string | null) =>
      text === null ? null : new DuckDBListValue([...terms(text, analyzer, readOptions(options, analyzer))]),
  },
  {
    name: 'googlesql_search',
    parameters: [LIST(VARCHAR), VARCHAR, VARCHAR, VARCHAR],
    returns: BOOLEAN,
    nulls: true,
    evaluate: (
      given: DuckDBListValue | null,
      query: string | null,
      analyzer: string,
      options: string | null,
    ) => {
      if (query === null) throw new GoogleSqlError('search_query must not be NULL')
      const items = (given?.items ?? []).filter((item) => typeof item === 'string')
      if (items.length === 0 && (given?.items.length ?? 0) > 0) {
        throw new GoogleSqlError('SEARCH in what is NULL is not supported locally')
      }
      return search(items, query, analyzer, readOptions(options, analyzer))
    },
  },
  {
    name: 'googlesql_json_texts',
    parameters: [VARCHAR, VARCHAR],
    returns: LIST(VARCHAR),
    evaluate: (text: string, scope: string) => {
      const value = new JsonReader(text).value()
      return new DuckDBListValue([...jsonTexts(value, scope !== 'JSON_VALUES', scope !== 'JSON_KEYS')])
    },
  },
]
