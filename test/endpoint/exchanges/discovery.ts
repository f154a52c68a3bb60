import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'

/** A type of BigQuery's discovery document. */
export type Shape =
  | { readonly kind: 'any' | 'string' | 'number' | 'boolean' }
  | { readonly kind: 'one of'; readonly texts: readonly string[] }
  | { readonly kind: 'list'; readonly item: Shape }
  | { readonly kind: 'map'; readonly value: Shape }
  | { readonly kind: 'record'; readonly members: ReadonlyMap<string, Shape> }
  | { readonly kind: 'named'; readonly name: string }

export interface Discovery {
  /** The document's, such as `20260922`. */
  readonly revision: string
  /** Types of resources by name (`IJob`), and of the parameters of calls (`jobs.IListParams`). */
  readonly types: ReadonlyMap<string, Shape>
}

/**
 * BigQuery's discovery document as Google's client for Node carries it: the types that Google generates from it, one for
 * each resource, with int64 as `string` and enums as unions of their texts.
 */
export function readDiscovery(): Discovery {
  const main = createRequire(import.meta.url).resolve('@google-cloud/bigquery')
  return parseDiscovery(readFileSync(main.replace(/index\.js$/, 'types.d.ts'), 'utf8'))
}

export function parseDiscovery(text: string): Discovery {
  const revision = /Discovery Revision: (\d+)/.exec(text)?.[1] ?? 'unknown'
  const tokens = [...text.matchAll(/\/\*[\s\S]*?\*\/|\/\/.*|'[^'\n]*'|\w+|\S/g)]
    .map(([token]) => token)
    .filter((token) => !/^\/[*/]/.test(token))
  return { revision, types: new Reader(tokens).namespace() }
}

class Reader {
  readonly #tokens: readonly string[]
  #at = 0

  constructor(tokens: readonly string[]) {
    this.#tokens = tokens
  }

  get #next(): string {
    return this.#tokens[this.#at] ?? ''
  }

  #take(wanted?: string): string {
    const token = this.#next
    if (wanted !== undefined && token !== wanted)
      throw new Error(`the types of the discovery document have ${token} in place of ${wanted}`)
    this.#at += 1
    return token
  }

  #skip(token: string): boolean {
    if (this.#next !== token) return false
    this.#at += 1
    return true
  }

  /** `declare namespace bigquery { type … = …; namespace jobs { … } }` */
  namespace(): ReadonlyMap<string, Shape> {
    this.#take('declare')
    this.#take('namespace')
    this.#take('bigquery')
    const types = new Map<string, Shape>()
    this.#types(types, '')
    return types
  }

  #types(types: Map<string, Shape>, prefix: string): void {
    this.#take('{')
    while (!this.#skip('}')) {
      const word = this.#take()
      const name = this.#take()
      if (word === 'namespace') this.#types(types, `${name}.`)
      else {
        this.#take('=')
        types.set(prefix + name, this.#shape())
        this.#take(';')
      }
    }
  }

  #shape(): Shape {
    if (this.#next !== '|' && !this.#next.startsWith("'")) return this.#single()
    const texts: string[] = []
    this.#skip('|')
    do texts.push(unquoted(this.#take()))
    while (this.#skip('|'))
    return { kind: 'one of', texts }
  }

  #single(): Shape {
    if (this.#next === '{') return this.#record()
    const name = this.#take()
    if (name === 'any' || name === 'string' || name === 'number' || name === 'boolean') return { kind: name }
    if (name !== 'Array') return { kind: 'named', name }
    this.#take('<')
    const item = this.#shape()
    this.#take('>')
    return { kind: 'list', item }
  }

  #record(): Shape {
    this.#take('{')
    if (this.#skip('[')) {
      for (const token of ['key', ':', 'string', ']', ':']) this.#take(token)
      const value = this.#shape()
      this.#skip(';')
      this.#take('}')
      return { kind: 'map', value }
    }
    const members = new Map<string, Shape>()
    while (!this.#skip('}')) {
      const name = unquoted(this.#take())
      this.#skip('?')
      this.#take(':')
      members.set(name, this.#shape())
      this.#skip(';')
    }
    return { kind: 'record', members }
  }
}

const unquoted = (token: string): string => token.replace(/^'(.*)'$/, '$1')
