import type { FunctionEntry, Parameter, Signature } from '../../../runner/googlesql/functions/function.ts'
import { allFunctions } from '../../../runner/googlesql/functions/index.ts'
import { castable } from '../../../runner/googlesql/types/cast.ts'
import { equalTypes } from '../../../runner/googlesql/types/equal.ts'
import { typeName } from '../../../runner/googlesql/types/print.ts'
import { BOOL, INT64, STRING } from '../../../runner/googlesql/types/scalars.ts'
import type { SqlType } from '../../../runner/googlesql/types/type.ts'
import { numbersOf, partsOf, textsOf } from './hints.ts'
import type { Random } from './random.ts'
import { leaf, type Tree } from './tree.ts'
import { literalOf, scalarTypes, types } from './values.ts'

/** Each answers anew every time, or never, or has no answer from the reference implementation. */
const LEFT_OUT =
  /^(?:RAND|GENERATE_UUID|CURRENT_|SESSION_USER|ERROR$|CONTAINS_SUBSTR|COLLATE|TO_BASE32|FROM_BASE32|RANGE_SESSIONIZE|GENERATE_(?:TIMESTAMP_|DATE_)?ARRAY|GENERATE_RANGE|TYPEOF|JSON_FLATTEN|BIT_CAST|LIKE A|IS |INTERVAL$|SAFE_TO_JSON|ST_|S2_|\[\])/

/** One way to call a function: the types of its arguments are known. */
interface Way {
  readonly entry: FunctionEntry
  readonly parameters: readonly Parameter[]
  readonly argumentTypes: readonly SqlType[]
}

const ways: readonly (Way & { readonly result: SqlType })[] = allFunctions()
  .filter((entry) => (entry.kind === 'scalar' || entry.kind === 'operator') && entry.refused === undefined)
  .filter((entry) => !LEFT_OUT.test(entry.name))
  .flatMap((entry) => entry.signatures.slice(0, 20).flatMap((signature) => waysOf(entry, signature)))

function waysOf(entry: FunctionEntry, signature: Signature): readonly (Way & { result: SqlType })[] {
  if (signature.refused !== undefined) return []
  // BigQuery takes a text that is no literal here; the reference implementation does not.
  const [first] = signature.parameters
  const ofText =
    typeof first?.type === 'object' &&
    ['STRING', 'BYTES'].includes(first.type.kind) &&
    first.datePart !== true
  if (ofText && /^(?:DATE|TIME|DATETIME|EDIT_DISTANCE)$/.test(entry.name)) return []
  const parameters = signature.parameters.filter((parameter) => parameter.namedOnly !== true)
  const open = parameters.some(({ type }) => typeof type === 'function' || typeof type === 'string')
  return (open ? scalarTypes : [INT64]).flatMap((any) => {
    const argumentTypes = parameters.map((parameter) => concrete(parameter, any))
    if (argumentTypes.some((type) => type === undefined)) return []
    const found = argumentTypes.filter((type) => type !== undefined)
    if (signature.accepts !== undefined && !signature.accepts(found)) return []
    try {
      const { result } = signature
      const type =
        typeof result === 'function'
          ? result(
              found,
              parameters.map(() => undefined),
            )
          : result
      return [{ entry, parameters, argumentTypes: found, result: type }]
    } catch {
      return []
    }
  })
}

function concrete({ type, datePart }: Parameter, any: SqlType): SqlType | undefined {
  if (datePart === true) return STRING
  if (typeof type === 'function') return type(any) ? any : undefined
  if (typeof type !== 'string') return type
  if (type.startsWith('ARRAY')) return { kind: 'ARRAY', element: any }
  if (type.startsWith('RANGE')) {
    return ['DATE', 'TIMESTAMP', 'DATETIME'].includes(any.kind) ? { kind: 'RANGE', element: any } : undefined
  }
  return any
}

export interface Column {
  readonly name: string
  readonly type: SqlType
}

/** Well-typed expressions from a seed. */
export class Expressions {
  readonly #random: Random
  readonly #columns: readonly Column[]

  constructor(random: Random, columns: readonly Column[] = []) {
    this.#random = random
    this.#columns = columns
  }

  /** An expression of a type, calls nested up to `depth`. */
  of(type: SqlType, depth: number): Tree {
    const random = this.#random
    if (depth <= 0 || random.chance(0.1)) return this.leafOf(type)
    const roll = random.next()
    if (roll < 0.1) return this.#cast(type, depth)
    if (roll < 0.18) return this.#conditional(type, depth)
    const fitting = ways.filter((way) => equalTypes(way.result, type))
    if (fitting.length === 0) return this.leafOf(type)
    // By name first: a function of twenty signatures is no likelier than one of a single one.
    const name = random.pick([...new Set(fitting.map(({ entry }) => entry.name))])
    return this.#call(random.pick(fitting.filter(({ entry }) => entry.name === name)), type, depth)
  }

  leafOf(type: SqlType): Tree {
    const random = this.#random
    const columns = this.#columns.filter((column) => equalTypes(column.type, type))
    if (columns.length > 0 && random.chance(columns.some(({ name }) => name.startsWith('n.')) ? 0.25 : 0.7))
      return leaf(type, random.pick(columns).name)
    return leaf(type, literalOf(random, type, 0.02))
  }

  #cast(type: SqlType, depth: number): Tree {
    const sources = scalarTypes.filter((from) => castable(from, type) && !leftOut(from, type))
    if (sources.length === 0) return this.leafOf(type)
    const word = this.#random.chance(0.3) ? 'SAFE_CAST' : 'CAST'
    return {
      type,
      children: [this.of(this.#random.pick(sources), depth - 1)],
      write: ([value]) => `${word}(${value} AS ${typeName(type)})`,
    }
  }

  #conditional(type: SqlType, depth: number): Tree {
    const random = this.#random
    const condition = this.of(BOOL, depth - 1)
    // What is not chosen is not computed.
    const branch = () => (random.chance(0.06) ? leaf(type, "ERROR('e')") : this.of(type, depth - 1))
    const branches = [branch(), branch()]
    const simple = random.pick(scalarTypes.filter(({ kind }) => kind !== 'JSON'))
    switch (random.between(0, 3)) {
      case 0:
        return { type, children: [condition, ...branches], write: ([c, x, y]) => `IF(${c}, ${x}, ${y})` }
      case 1:
        return {
          type,
          children: [condition, ...branches],
          write: ([c, x, y]) => `CASE WHEN ${c} THEN ${x} ELSE ${y} END`,
        }
      case 2: {
        const compared = [this.of(simple, depth - 1), this.of(simple, depth - 2)]
        return {
          type,
          children: [...compared, ...branches],
          write: ([v, w, x, y]) => `CASE ${v} WHEN ${w} THEN ${x} ELSE ${y} END`,
        }
      }
      default:
        return { type, children: branches, write: ([x, y]) => `COALESCE(${x}, ${y})` }
    }
  }

  #call(way: Way, type: SqlType, depth: number): Tree {
    const random = this.#random
    const { entry } = way
    const shown: number[] = []
    for (const [index, parameter] of way.parameters.entries()) {
      if (parameter.optional === true && random.chance(0.5)) break
      shown.push(index)
      if (parameter.repeated === true && random.chance(0.6)) shown.push(index)
    }
    const parameters = shown.map((index) => way.parameters[index])
    const children = shown.map((index, at) => {
      const next = parameters[at + 1]
      const parameter = way.parameters[index]
      const wanted = way.argumentTypes[index] ?? INT64
      if (parameter?.datePart === true) {
        const ofInterval = way.argumentTypes.some(({ kind }) => kind === 'INTERVAL')
        return leaf(
          STRING,
          random.pick(ofInterval ? ['YEAR', 'MONTH', 'DAY', 'HOUR', 'SECOND'] : partsOf(entry.name)),
        )
      }
      if (parameter?.literal === true) return leaf(wanted, random.pick(['1', '2', '3']))
      const texts = wanted.kind === 'STRING' ? textsOf(entry.name, at) : undefined
      if (texts !== undefined) return leaf(wanted, random.pick(texts))
      const numbers = wanted.kind === 'INT64' ? numbersOf(entry.name, at) : undefined
      if (numbers !== undefined || next?.datePart === true) {
        const some = numbers ?? ['1', '-1', '0', '12', '400', '-36', '100000']
        return leaf(wanted, random.pick(some))
      }
      return this.of(wanted, depth - 1)
    })
    const safe =
      entry.kind === 'scalar' &&
      random.chance(0.08) &&
      !/^(?:COALESCE|IF|IFNULL|NULLIF|SAFE_)/.test(entry.name)
    return {
      type,
      children,
      write: (args) => `${safe ? 'SAFE.' : ''}${written(entry.name, parameters, args)}`,
    }
  }
}

/** The reference implementation gives 1970-01-01 for every DATE as DATETIME; JSON casts are literals' only. */
function leftOut(from: SqlType, to: SqlType): boolean {
  return from.kind === 'JSON' || to.kind === 'JSON' || (from.kind === 'DATE' && to.kind === 'DATETIME')
}

/** A call in its own syntax. */
function written(
  name: string,
  parameters: readonly (Parameter | undefined)[],
  args: readonly string[],
): string {
  const [first = '', second = '', ...rest] = args
  if (name === 'EXTRACT') {
    return `EXTRACT(${first} FROM ${second}${rest.length > 0 ? ` AT TIME ZONE ${rest[0]}` : ''})`
  }
  if (name === 'BETWEEN') return `(${first} BETWEEN ${second} AND ${rest[0]})`
  if (name === 'IN') return `(${first} IN (${[second, ...rest].join(', ')}))`
  if (name === 'IN UNNEST') return `(${first} IN UNNEST(${second}))`
  if (name.startsWith('[')) return `${first}[${name.slice(1, -1)}(${second})]`
  if (name === 'NOT') return `(NOT ${first})`
  if (/^[^A-Z]+$/.test(name) || /^(?:AND|OR|LIKE)$/.test(name)) {
    if (args.length === 1) return `(${name} ${first})`
    return `(${args.join(` ${name} `)})`
  }
  const shown: string[] = []
  for (const [index, arg] of args.entries()) {
    if (parameters[index]?.datePart === true && parameters[index - 1]?.interval === true) {
      shown[shown.length - 1] = `INTERVAL ${shown.at(-1)} ${arg}`
    } else shown.push(arg)
  }
  return `${name}(${shown.join(', ')})`
}

export { types }
