import { quoteText } from '../../lower/identifier.ts'

/** Conditions on what DuckDB's JSON functions find, as DuckDB SQL: what of it is what BigQuery gives. */

export const has = (sql: string, part: string): string => `contains(${sql}, ${quoteText(part)})`

export const without = (sql: string, part: string): string => `NOT ${has(sql, part)}`

/** A text without the white space, and the colon, that stand before a value. */
export const bare = (sql: string): string => `ltrim(${sql}, E' \\t\\r\\n:')`

/**
 * What json_extract_string gives: what begins like a word is a text or a word, but for objects and arrays; digits alone
 * are what was written, but for -0.
 */
export function scalarOf(found: string): string {
  const word = `${found} > ':' AND (${found} < '[' OR ${found} >= '\\' AND ${found} < '{' OR ${found} >= '|')`
  const whole = ['.', 'e', 'E'].map((part) => without(found, part)).join(' AND ')
  return `(${word} OR ${found} < ':' AND ${found} <> '0' AND ${whole})`
}

/** An array whose elements all have a text: texts without escapes, whole numbers (-0 is printed as 0), words. */
export function arrayOfTexts(found: string): string {
  const element = `(?:"[^"\\\\]*"|0|-?[1-9][0-9]{0,17}|true|false|null)`
  return `regexp_full_match(${found}, ${quoteText(`\\[(?:${element}(?:,${element})*)?\\]`)})`
}

/** The elements of an array, JSON each. */
export const arrayOfJson = (found: string): string => `from_json(${found}, '["JSON"]')`
