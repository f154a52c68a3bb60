import type { Field } from 'protobufjs'
import type { CoreLocation } from './core-module.ts'
import { loadProtos } from './core-protocol.ts'

/**
 * The keys that may stand where one of the core's messages says that another may not, each with what its value must be.
 * The message names the type by a link to its documentation, or lists the keys; empty if it does neither.
 */
export function allowedKeys(message: string, core: CoreLocation): ReadonlyMap<string, string> {
  const [, listed] = /Supported properties are: (\[.*\])/.exec(message) ?? []
  if (listed !== undefined)
    return new Map((JSON.parse(listed) as string[]).map((key) => [key, 'of another type']))
  const [, type] = /#(dataform-[\w-]+)/.exec(message) ?? []
  if (type === undefined) return new Map()
  const { fields } = loadProtos(core.file).lookupType(type.replaceAll('-', '.'))
  return new Map(Object.entries(fields).map(([key, field]) => [key, allowed(field)]))
}

function allowed(field: Field): string {
  if (field.map) return 'keys and their values'
  const one =
    { string: 'text', bool: 'true or false', int32: 'a whole number' }[field.type] ?? 'keys and their values'
  return field.repeated ? `a list (of ${one})` : one
}
