import { type Field, Type } from 'protobufjs'
import type { CoreLocation } from './core-module.ts'
import { loadProtos } from './load-protos.ts'

/**
 * The keys that may stand where one of the core's messages says that another may not, each with what its value must be.
 * The message names the type by a link to its documentation, or lists the keys; empty if it does neither. `inner` are
 * those of the types that the type holds: the message does not say how deep the key stood.
 */
export function allowedKeys(
  message: string,
  core: CoreLocation,
): { readonly own: ReadonlyMap<string, string>; readonly inner: ReadonlyMap<string, string> } {
  const [, listed] = /Supported properties are: (\[.*\])/.exec(message) ?? []
  if (listed !== undefined) {
    const keys = JSON.parse(listed) as string[]
    return { own: new Map(keys.map((key) => [key, 'of another type'])), inner: new Map() }
  }
  const ofLegacySettings = message.startsWith('Dataform json error') ? 'dataform-ProjectConfig' : undefined
  const name = ofLegacySettings ?? /#(dataform-[\w-]+)/.exec(message)?.[1]
  if (name === undefined) return { own: new Map(), inner: new Map() }
  const type = loadProtos(core.file).lookupType(name.replaceAll('-', '.'))
  const inner = new Map<string, string>()
  gather(type, inner, new Set())
  return { own: new Map(type.fieldsArray.map((field) => [field.name, allowed(field)])), inner }
}

function gather(type: Type, into: Map<string, string>, seen: Set<Type>): void {
  if (seen.has(type)) return
  seen.add(type)
  for (const field of type.fieldsArray) {
    into.set(field.name, into.get(field.name) ?? allowed(field))
    if (field.resolve().resolvedType instanceof Type) gather(field.resolvedType as Type, into, seen)
  }
}

function allowed(field: Field): string {
  if (field.map) return 'keys and their values'
  const one =
    { string: 'text', bool: 'true or false', int32: 'a whole number' }[field.type] ?? 'keys and their values'
  return field.repeated ? `a list (of ${one})` : one
}
