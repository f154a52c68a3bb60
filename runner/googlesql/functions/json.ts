import { Problem } from '../../problem.ts'
import { parseEditPath } from '../lower/library/native/json-path.ts'
import { once } from '../lower/library/once.ts'
import { raiseText } from '../lower/library/raise.ts'
import { physicalType } from '../types/physical.ts'
import { arrayOf, BOOL, FLOAT64, INT64, JSON_TYPE, STRING } from '../types/scalars.ts'
import type { SqlType } from '../types/type.ts'
import { anyType, given, named, optional, repeated, scalar, signature, typeAt } from './define.ts'
import type { Call, FunctionEntry, Parameter, Signature } from './function.ts'
import { nativeExtraction, type Reading } from './json/extraction.ts'
import { inOrder, jsonArrayOf, jsonObjectOf, jsonText, quotedText, toJson } from './json/json-sql.ts'
import { nativeMember } from './json/member.ts'
import { pathFrom, pathOf, plainPath, type Step } from './json/plain-path.ts'
import { jsonScalar, type ScalarKind } from './json/scalar.ts'

const page = 'json_functions'
/** A JSONPath is known before the query runs. */
const jsonPath: Parameter = { type: STRING, constant: true }
const text = (value: string) => `CAST(${value} AS VARCHAR)`
const json = (value: string) => `CAST(${value} AS JSON)`

function entry(name: string, signatures: readonly Signature[]): FunctionEntry {
  return scalar(name, `${page}#${name.toLowerCase()}`, signatures)
}

/** Reading functions take JSON in a STRING, or a JSON; the path, where it may be left out, is `$`. */
function extraction(
  name: string,
  mode: 'STANDARD' | 'LEGACY',
  reading: Reading,
  result: (json: boolean) => SqlType,
): FunctionEntry {
  return entry(
    name,
    [STRING, JSON_TYPE].map((type) => {
      const isJson = type === JSON_TYPE
      const path =
        name === 'JSON_QUERY' || name === 'JSON_EXTRACT' ? jsonPath : { ...jsonPath, optional: true }
      return signature([type, path], result(isJson), ([value = '', path = `'$'`], facts) => {
        if (
          name === 'JSON_QUERY' &&
          isJson &&
          /^\s*(lax|recursive)\s/i.test(String(facts.literals[1] ?? ''))
        ) {
          return json(`googlesql_json_lax_query(${text(value)}, ${path})`)
        }
        const slow = (v: string) => {
          const call = `googlesql_json_${reading}(${isJson ? text(v) : v}, ${path}, '${mode}', ${isJson})`
          if (!isJson || reading.startsWith('value')) return call
          return reading === 'query' ? json(call) : `CAST(${call} AS JSON[])`
        }
        const plain = plainPath(path, mode)
        if (plain === undefined) return slow(value)
        if (!isJson) return nativeExtraction(reading, value, plain, slow)
        const member = plain.indexes.length === 0 ? pathFrom(facts.member, plain.names) : undefined
        if (member === undefined) return nativeMember(reading, value, plain, false, slow)
        return nativeMember(reading, member.value, member.path, true, () => slow(value))
      })
    }),
  )
}

const same = (isJson: boolean): SqlType => (isJson ? JSON_TYPE : STRING)
const sameArray = (isJson: boolean): SqlType => arrayOf(same(isJson))
const strings = (): SqlType => STRING
const stringArray = (): SqlType => arrayOf(STRING)

/** INT64(json), LAX_INT64(json), INT64_ARRAY(json) … */
function conversions(name: ScalarKind, type: SqlType): readonly FunctionEntry[] {
  const kind = name.toLowerCase()
  const mode = name === 'FLOAT64' ? [named('wide_number_mode', STRING)] : []
  const one = (native: string, result: SqlType, options: readonly Parameter[] = mode): Signature =>
    signature([JSON_TYPE, ...options], result, ([value = '', wide], call) => {
      if (given(wide, `'round'`).startsWith('CAST(NULL AS ')) return `CAST(NULL AS ${physicalType(result)})`
      if (given(wide, `'round'`) !== `'round'`) {
        throw new Problem(`${name} with wide_number_mode other than 'round' is not supported locally`)
      }
      if (result.kind === 'ARRAY') return `googlesql_json_${native}(${text(value)})`
      return jsonScalar(name, value, native.startsWith('lax'), pathFrom(call.member, []))
    })
  return [
    // STRING has signatures for dates and times too: it stands with them.
    ...(name === 'STRING' ? [] : [entry(name, [one(kind, type)])]),
    entry(`LAX_${name}`, [one(`lax_${kind}`, type, [])]),
    entry(`${name}_ARRAY`, [one(`${kind}_array`, arrayOf(type))]),
    entry(`LAX_${name}_ARRAY`, [one(`lax_${kind}_array`, arrayOf(type), [])]),
  ]
}

/** A NULL path changes nothing. */
function unlessNull(path: string, value: string, changed: (value: string) => string): string {
  if (path.startsWith(`'`)) return changed(value)
  if (path.startsWith('CAST(NULL AS ')) return value
  return once([value], (v) => `CASE WHEN ${path} IS NULL THEN ${v} ELSE ${changed(v)} END`)
}

/** A path that is none is an error even where there is nothing to change. */
function brokenPath(given: Call['literals'], name: string): string | undefined {
  for (const path of given.filter((_, index) => index % 2 === 0)) {
    if (typeof path !== 'string') continue
    try {
      parseEditPath(path, name)
    } catch (error) {
      return raiseText(error instanceof Error ? error.message : String(error), 'JSON')
    }
  }
  return undefined
}

/** Up to so many path-value pairs in one call. */
const mostPairs = 20

/** f(json, path, value, path, value, …, flag => …): applied one after the other. */
function changing(name: string, native: string, flag: string): FunctionEntry {
  const signatures = Array.from({ length: mostPairs }, (_, index) => {
    const pairs: Parameter[] = Array.from({ length: index + 1 }, () => [jsonPath, { type: anyType }]).flat()
    return signature([JSON_TYPE, ...pairs, named(flag, BOOL, { literal: true })], JSON_TYPE, (args, call) => {
      const last = 1 + pairs.length
      const option = given(args[last], 'TRUE')
      const broken = brokenPath(call.literals.slice(1, last), name)
      if (broken !== undefined) return broken
      if (option.startsWith('CAST(NULL AS ')) return args[0] ?? ''
      let value = text(args[0] ?? '')
      for (let at = 1; at < last; at += 2) {
        const path = args[at] ?? ''
        const added = jsonText(typeAt(call.argumentTypes, at + 1), args[at + 1] ?? '', 'JSON')
        const changed = (inner: string) => `googlesql_${native}(${inner}, ${path}, ${added}, ${option})`
        value = unlessNull(path, value, changed)
      }
      return json(value)
    })
  })
  return entry(name, signatures)
}

function jsonArray(args: readonly string[], call: Call): string {
  if (args.length === 0) return json(`'[]'`)
  return jsonArrayOf(args.map((value, index) => ({ type: typeAt(call.argumentTypes, index), value })))
}

const nullKey = raiseText('Invalid input to JSON_OBJECT: A key cannot be NULL', 'VARCHAR')

function areKeysAndValues(types: readonly SqlType[]): boolean {
  const [keys, values] = types
  if (types.length === 2 && keys?.kind === 'ARRAY') {
    return keys.element.kind === 'STRING' && values?.kind === 'ARRAY'
  }
  return types.length % 2 === 0 && types.every((type, index) => index % 2 === 1 || type.kind === 'STRING')
}

/** Keys and values in turn, or an array of each. */
function jsonObject(args: readonly string[], call: Call): string {
  const [keys, values] = call.argumentTypes
  if (args.length === 2 && keys?.kind === 'ARRAY' && values?.kind === 'ARRAY') {
    return once([args[0] ?? '', args[1] ?? ''], (k, v) => {
      const unequal = raiseText(
        'Invalid input to JSON_OBJECT: The number of keys and values must match',
        'JSON',
      )
      const pair = `coalesce(${quotedText('m[1]', 'JSON')}, ${nullKey}) || ':' || m[2]`
      const texts = `list_transform(${v}, lambda w: ${jsonText(values.element, 'w', 'JSON')})`
      const members = `list_transform(list_zip(${k}, ${texts}), lambda m: ${pair})`
      const whole = json(
        `googlesql_json_sorted('{' || coalesce(array_to_string(${members}, ','), '') || '}')`,
      )
      return `CASE WHEN len(${k}) <> len(${v}) THEN ${unequal} ELSE ${whole} END`
    })
  }
  const members = Array.from({ length: args.length / 2 }, (_, index) => {
    const at = 2 * index
    const key = call.literals[at]
    const type = typeAt(call.argumentTypes, at + 1)
    return {
      key: typeof key === 'string' ? key : undefined,
      name: args[at] ?? '',
      type,
      value: args[at + 1] ?? '',
    }
  })
  if (members.length === 0) return json(`'{}'`)
  const known = members.flatMap(({ key, ...rest }) => (key === undefined ? [] : [{ key, ...rest }]))
  if (known.length === members.length) return jsonObjectOf(inOrder(known))
  const texts = members.map(
    ({ name, type, value }) =>
      `coalesce(${quotedText(name, 'JSON')}, ${nullKey}) || ':' || ${jsonText(type, value, 'JSON')}`,
  )
  return json(`googlesql_json_sorted('{' || ${texts.join(` || ',' || `)} || '}')`)
}

/** Each kind begins in its own way. */
const typeByText = (json: string) =>
  `CASE left(${json}, 1) WHEN '{' THEN 'object' WHEN '[' THEN 'array' WHEN '"' THEN 'string' WHEN 't' THEN 'boolean' WHEN 'f' THEN 'boolean' WHEN 'n' THEN 'null' ELSE CASE WHEN ${json} IS NOT NULL THEN 'number' END END`

/** By DuckDB's names of the kinds, which has several of numbers. */
const typeByKind = (kind: string) =>
  `CASE ${kind} WHEN 'OBJECT' THEN 'object' WHEN 'ARRAY' THEN 'array' WHEN 'VARCHAR' THEN 'string' WHEN 'BOOLEAN' THEN 'boolean' WHEN 'NULL' THEN 'null' ELSE CASE WHEN ${kind} IS NOT NULL THEN 'number' END END`

export const jsonFunctions: readonly FunctionEntry[] = [
  extraction('JSON_QUERY', 'STANDARD', 'query', same),
  extraction('JSON_VALUE', 'STANDARD', 'value', strings),
  extraction('JSON_QUERY_ARRAY', 'STANDARD', 'query_array', sameArray),
  extraction('JSON_VALUE_ARRAY', 'STANDARD', 'value_array', stringArray),
  extraction('JSON_EXTRACT', 'LEGACY', 'query', same),
  extraction('JSON_EXTRACT_SCALAR', 'LEGACY', 'value', strings),
  extraction('JSON_EXTRACT_ARRAY', 'LEGACY', 'query_array', sameArray),
  extraction('JSON_EXTRACT_STRING_ARRAY', 'LEGACY', 'value_array', stringArray),
  ...conversions('BOOL', BOOL),
  ...conversions('INT64', INT64),
  ...conversions('FLOAT64', FLOAT64),
  ...conversions('STRING', STRING),
  entry('PARSE_JSON', [
    signature([STRING, named('wide_number_mode', STRING)], JSON_TYPE, ([value = '', mode]) =>
      json(`googlesql_parse_json(${value}, ${given(mode, `'exact'`)}, 'PARSE_JSON')`),
    ),
  ]),
  entry('TO_JSON', [
    signature([anyType, named('stringify_wide_numbers', BOOL)], JSON_TYPE, ([value = '', wide], call) => {
      const type = typeAt(call.argumentTypes, 0)
      const plain = toJson(type, value)
      if (wide === undefined || wide === '') return plain
      return once(
        [wide],
        (w) => `CASE WHEN ${w} THEN ${toJson(type, value, 'WIDE')} WHEN NOT ${w} THEN ${plain} END`,
      )
    }),
  ]),
  entry('SAFE_TO_JSON', [
    signature([anyType], JSON_TYPE, ([value = ''], call) => toJson(typeAt(call.argumentTypes, 0), value)),
  ]),
  entry('TO_JSON_STRING', [
    signature([anyType, optional(BOOL)], STRING, ([value = '', pretty], call) => {
      const shown = jsonText(typeAt(call.argumentTypes, 0), value, 'STRING')
      if (pretty === undefined || pretty.toLowerCase() === 'false') return shown
      return once(
        [shown, pretty],
        (s, p) => `CASE WHEN ${p} THEN googlesql_json_pretty(${s}) WHEN NOT ${p} THEN ${s} END`,
      )
    }),
  ]),
  entry('JSON_TYPE', [
    signature([JSON_TYPE], STRING, ([value = ''], { member }) => {
      const within = pathFrom(member, [])
      return within === undefined
        ? typeByText(text(value))
        : typeByKind(`json_type(${within.value}, ${within.path.whole})`)
    }),
  ]),
  entry('JSON_KEYS', [
    signature(
      [JSON_TYPE, optional(INT64), named('mode', STRING, { constant: true })],
      arrayOf(STRING),
      ([value = '', depth, mode]) =>
        once([given(depth, 'NULL')], (d) => {
          const keys = `googlesql_json_keys(${text(value)}, coalesce(${d}, 9223372036854775807), ${given(mode, `'strict'`)})`
          return `CASE WHEN ${d} < 1 THEN ${raiseText('max_depth must be positive.', 'VARCHAR[]')} ELSE ${keys} END`
        }),
    ),
  ]),
  entry('JSON_ARRAY', [signature([repeated(anyType)], JSON_TYPE, jsonArray)]),
  entry('JSON_OBJECT', [
    { ...signature([repeated(anyType)], JSON_TYPE, jsonObject), accepts: areKeysAndValues },
  ]),
  changing('JSON_SET', 'json_set', 'create_if_missing'),
  changing('JSON_ARRAY_APPEND', 'json_array_append', 'append_each_element'),
  changing('JSON_ARRAY_INSERT', 'json_array_insert', 'insert_each_element'),
  entry('JSON_REMOVE', [
    signature(
      [JSON_TYPE, jsonPath, { ...jsonPath, repeated: true }],
      JSON_TYPE,
      ([value = '', ...paths], { literals }) =>
        brokenPath(
          literals.slice(1).flatMap((path) => [path, undefined]),
          'JSON_REMOVE',
        ) ??
        json(
          paths.reduce(
            (inner, path) => unlessNull(path, inner, (v) => `googlesql_json_remove(${v}, ${path})`),
            text(value),
          ),
        ),
    ),
  ]),
  entry('JSON_STRIP_NULLS', [
    signature(
      [
        JSON_TYPE,
        { ...optional(STRING), constant: true },
        named('include_arrays', BOOL, { literal: true }),
        named('remove_empty', BOOL, { literal: true }),
      ],
      JSON_TYPE,
      ([value = '', path, arrays, empty]) =>
        once([value], (v) => {
          const stripped = `googlesql_json_strip_nulls(${text(v)}, ${given(path, `'$'`)}, ${given(arrays, 'TRUE')}, ${given(empty, 'FALSE')})`
          // A NULL path or option strips nothing.
          const options = [path, arrays, empty].filter((option) => option !== undefined && option !== '')
          const unknown = options.map((option) => `WHEN ${option} IS NULL THEN ${v} `).join('')
          return unknown === '' ? json(stripped) : `CASE ${unknown}ELSE ${json(stripped)} END`
        }),
    ),
  ]),
  entry('JSON_FLATTEN', [
    signature(
      [JSON_TYPE],
      arrayOf(JSON_TYPE),
      ([value = '']) => `CAST(googlesql_json_flatten(${text(value)}) AS JSON[])`,
    ),
  ]),
]

/** `json.key`, `json['key']`, `json[0]`: joined with the array's subscripts under one sign. */
export const jsonSubscripts: readonly Signature[] = [
  signature([JSON_TYPE, STRING], JSON_TYPE, ([value = '', key = ''], { literals, member }) => {
    const slow = (v: string) => json(`googlesql_json_member(${text(v)}, ${key})`)
    const [, name] = literals
    return typeof name === 'string' ? subscript(value, name, member, slow) : slow(value)
  }),
  signature([JSON_TYPE, INT64], JSON_TYPE, ([value = '', at = ''], { literals, member }) => {
    const slow = (v: string) => json(`googlesql_json_element(${text(v)}, ${at})`)
    const index = typeof literals[1] === 'bigint' ? Number(literals[1]) : literals[1]
    return typeof index === 'number' && index >= 0 ? subscript(value, index, member, slow) : slow(value)
  }),
]

function subscript(
  value: string,
  step: Step,
  member: Call['member'],
  slow: (value: string) => string,
): string {
  const whole = pathFrom(member, [step])
  if (whole !== undefined) return nativeMember('query', whole.value, whole.path, true, () => slow(value))
  const path = pathOf([step])
  return path === undefined ? slow(value) : nativeMember('query', value, path, true, slow)
}
