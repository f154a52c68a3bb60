/**
 * The program that runs first in the realm of JavaScript functions, before any of theirs. It is sent as text, so nothing
 * in its parts may refer to what is outside of them; each keeps what it needs of the language for itself, since the
 * functions may change the language's own objects.
 *
 * Values cross as text alone, both ways: no object of the process outside is ever in reach of the functions.
 * Conversions: https://cloud.google.com/bigquery/docs/user-defined-functions#supported-javascript-udf-data-types
 */
export function realmText(): string {
  return `'use strict';(${confine})();(${caller})((${decoder})(),(${encoder})())`
}

type Type =
  | { readonly kind: string; readonly name: string }
  | { readonly kind: 'ARRAY'; readonly name: string; readonly element: Type }
  | {
      readonly kind: 'STRUCT'
      readonly name: string
      readonly fields: readonly { readonly name: string; readonly type: Type }[]
    }
type Decode = (value: unknown, type: Type) => unknown
type Encode = (value: unknown, type: Type) => string

/** Takes away what could hold memory outside the heap's limit, or be handed objects of the process. */
function confine(): void {
  const { defineProperty, getPrototypeOf } = Reflect
  // Typed arrays and buffers lie outside the heap, whose size is limited; WebAssembly's memory as well.
  const outside = ['ArrayBuffer', 'SharedArrayBuffer', 'Atomics', 'DataView', 'WebAssembly']
  const typed = getPrototypeOf(Int8Array) as object
  for (const name of Object.getOwnPropertyNames(globalThis)) {
    const value = (globalThis as Record<string, unknown>)[name]
    const isTyped = typeof value === 'function' && getPrototypeOf(value) === typed
    if (isTyped || outside.includes(name)) delete (globalThis as Record<string, unknown>)[name]
  }
  // A hook that would be handed frames of the process outside.
  defineProperty(Error, 'prepareStackTrace', { value: undefined, writable: false, configurable: false })
  defineProperty(Error, 'stackTraceLimit', { value: 1, writable: false, configurable: false })
}

/** Arguments from JSON. */
function decoder(): Decode {
  const { parse } = JSON
  const { defineProperty } = Reflect
  const number = Number
  const NativeDate = Date
  const NativeError = Error

  const date = (milliseconds: number, type: Type): Date => {
    const made = new NativeDate(milliseconds)
    if (type.kind !== 'TIMESTAMP') return made
    return defineProperty(made, 'microsecond', {
      get: () => {
        throw new NativeError('the field microsecond of a TIMESTAMP is not supported locally')
      },
    })
      ? made
      : made
  }

  const decode = (value: unknown, type: Type): unknown => {
    if (value === null) return null
    if ('element' in type) {
      const items = value as unknown[]
      for (let index = 0; index < items.length; index++) items[index] = decode(items[index], type.element)
      return items
    }
    if ('fields' in type) {
      const made = {}
      for (let index = 0; index < type.fields.length; index++) {
        const field = type.fields[index]
        if (field === undefined) continue
        const inner = decode((value as unknown[])[index], field.type)
        defineProperty(made, field.name, {
          value: inner,
          writable: true,
          enumerable: true,
          configurable: true,
        })
      }
      return made
    }
    if (type.kind === 'FLOAT64') return number(value)
    if (type.kind === 'DATE' || type.kind === 'TIMESTAMP') return date(value as number, type)
    return type.kind === 'JSON' ? parse(value as string) : value
  }
  return decode
}

/** Results to JSON text. */
function encoder(): Encode {
  const { stringify } = JSON
  const { apply } = Reflect
  const { isArray } = Array
  const { isInteger } = Number
  const finite = Number.isFinite
  const text = String
  const bigint = BigInt
  const NativeDate = Date
  const NativeError = Error
  const getTime = Date.prototype.getTime
  const toISOString = Date.prototype.toISOString
  const slice = String.prototype.slice

  const shown = (value: unknown): string => {
    if (typeof value === 'object' || typeof value === 'function') return 'object'
    return apply(slice, text(value), [0, 100]) as string
  }
  const refuse = (value: unknown, type: Type): never => {
    throw new NativeError(`Failed to coerce output value ${shown(value)} to type ${type.name}`)
  }

  /** JSON text: a scalar as its text in BigQuery's form, arrays and structs as lists. */
  const encode = (value: unknown, type: Type): string => {
    if (value === null || value === undefined) return 'null'
    if ('element' in type) {
      if (!isArray(value)) return refuse(value, type)
      let items = ''
      for (let index = 0; index < value.length; index++)
        items += (index === 0 ? '' : ',') + encode(value[index], type.element)
      return `[${items}]`
    }
    if ('fields' in type) {
      if (typeof value !== 'object' || isArray(value)) return refuse(value, type)
      let items = ''
      for (let index = 0; index < type.fields.length; index++) {
        const field = type.fields[index]
        if (field === undefined) continue
        items += (index === 0 ? '' : ',') + encode((value as Record<string, unknown>)[field.name], field.type)
      }
      return `[${items}]`
    }
    return stringify(scalar(value, type)) as string
  }

  const scalar = (value: unknown, type: Type): string => {
    switch (type.kind) {
      case 'BOOL':
        return typeof value === 'boolean' ? text(value) : refuse(value, type)
      case 'INT64':
        if (typeof value === 'number' && isInteger(value) && value >= -(2 ** 63) && value < 2 ** 63)
          return `${bigint(value)}`
        return typeof value === 'string' ? value : refuse(value, type)
      case 'FLOAT64':
        return typeof value === 'number' ? text(value) : refuse(value, type)
      case 'NUMERIC':
      case 'BIGNUMERIC':
        if (typeof value === 'number' && finite(value)) return text(value)
        return typeof value === 'string' ? value : refuse(value, type)
      case 'STRING':
        return typeof value === 'object' || typeof value === 'function' || typeof value === 'symbol'
          ? refuse(value, type)
          : text(value)
      case 'BYTES':
        return typeof value === 'string' ? value : refuse(value, type)
      case 'DATE':
      case 'TIMESTAMP':
        return time(value, type)
      case 'JSON': {
        const json = stringify(value) as string | undefined
        return json === undefined ? refuse(value, type) : json
      }
      default:
        return refuse(value, type)
    }
  }
  const time = (value: unknown, type: Type): string => {
    if (!(value instanceof NativeDate)) return refuse(value, type)
    const milliseconds = apply(getTime, value, []) as number
    // From year 1 to 9999.
    if (!(milliseconds >= -62135596800000 && milliseconds < 253402300800000)) return refuse(value, type)
    const iso = apply(toISOString, value, []) as string
    return type.kind === 'DATE' ? (apply(slice, iso, [0, 10]) as string) : iso
  }
  return encode
}

/** The one function that calls theirs: for rows, given and answered as text. */
function caller(decode: Decode, encode: Encode): unknown {
  const { parse, stringify } = JSON
  const { apply } = Reflect
  const text = String
  const NativeError = Error
  const NativePromise = Promise
  const slice = String.prototype.slice

  return (callback: object, typesText: string, rowsText: string): string => {
    const { parameters, returns } = parse(typesText) as {
      readonly parameters: readonly Type[]
      readonly returns: Type
    }
    let done = ''
    try {
      const rows = parse(rowsText) as unknown[][]
      for (let row = 0; row < rows.length; row++) {
        const given = rows[row] ?? []
        for (let index = 0; index < parameters.length; index++)
          given[index] = decode(given[index], parameters[index] as Type)
        const value = apply(callback as () => unknown, undefined, given)
        if (value instanceof NativePromise)
          throw new NativeError('a function that gives a Promise is not supported locally')
        done += (row === 0 ? '' : ',') + encode(value, returns)
      }
      return `{"values":[${done}]}`
    } catch (error) {
      let message = 'an error that cannot be shown'
      let stack = ''
      try {
        message = error instanceof NativeError ? `${text(error.name)}: ${text(error.message)}` : text(error)
        if (error instanceof NativeError) stack = text(error.stack)
      } catch {
        // What was thrown is the function's own and may throw again when it is read: the words above then stand.
      }
      const shown = stringify(apply(slice, message, [0, 2000]))
      return `{"error":${shown},"stack":${stringify(apply(slice, stack, [0, 4000]))}}`
    }
  }
}
