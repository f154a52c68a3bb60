import { typeName } from '../types/print.ts'
import type { FunctionEntry, Parameter, Signature } from './function.ts'
import { allFunctions } from './index.ts'

/** One function or operator of BigQuery, and what becomes of it on the embedded warehouse. */
export interface FunctionReference {
  readonly name: string
  readonly kind: FunctionEntry['kind']
  /** `refused`: every call is; otherwise a call is answered as BigQuery answers it, or refused by one of `limits`. */
  readonly status: 'right' | 'refused'
  /** Why it is refused; undefined if it is not. */
  readonly reason: string | undefined
  /** Forms of a call that are refused though others are not, with the reason. */
  readonly limits: readonly string[]
  /** As they are called: `DATE_ADD(DATE, INTERVAL n PART)`. */
  readonly signatures: readonly string[]
  /** The address of BigQuery's own page. */
  readonly page: string
}

const base = 'https://cloud.google.com/bigquery/docs/reference/standard-sql/'

/** Every function and operator, in the order of BigQuery's families. */
export function functionReference(): readonly FunctionReference[] {
  return allFunctions().map((entry) => ({
    name: entry.name,
    kind: entry.kind,
    status: entry.refused === undefined ? 'right' : 'refused',
    reason: entry.refused,
    limits: [
      ...new Set(
        entry.signatures.flatMap((signature) =>
          signature.refused === undefined ? [] : [`${call(entry, signature)}: ${signature.refused}`],
        ),
      ),
    ],
    signatures: [...new Set(shortened(entry).map((signature) => call(entry, signature)))],
    page: `${base}${entry.page}`,
  }))
}

/** A function of any number of pairs has a signature for each number: the first says enough. */
function shortened({ signatures }: FunctionEntry): readonly Signature[] {
  const counts = signatures.map(({ parameters }) => parameters.length)
  return signatures.length >= 20 && Math.max(...counts) > 20 ? signatures.slice(0, 1) : signatures
}

function call(entry: FunctionEntry, { parameters }: Signature): string {
  const shown = parameters.flatMap((parameter, index) => {
    if (parameter.interval === true) return ['INTERVAL n PART']
    if (parameter.datePart === true) return parameters[index - 1]?.interval === true ? [] : ['PART']
    return [parameterText(parameter)]
  })
  const [first = '', second = '', third = ''] = shown
  if (entry.name === 'BETWEEN') return `${first} BETWEEN ${second} AND ${third}`
  if (entry.name.startsWith('IS ') && shown.length === 1) return `${first} ${entry.name}`
  if (entry.name.startsWith('['))
    return `${first}${entry.name.replace(']', entry.name === '[]' ? `${second}]` : `(${second})]`)}`
  if (entry.kind !== 'operator') return `${entry.name}(${shown.join(', ')})`
  return shown.length === 1 ? `${entry.name} ${shown[0]}` : shown.join(` ${entry.name} `)
}

function parameterText(parameter: Parameter): string {
  const { type } = parameter
  const text = typeof type === 'function' ? 'any' : typeof type === 'string' ? type : typeName(type)
  const named =
    parameter.namedOnly === true && parameter.name !== undefined ? `${parameter.name} => ${text}` : text
  if (parameter.repeated === true) return `[${named}, …]`
  return parameter.optional === true ? `[${named}]` : named
}
