import { Problem } from '../../runner/problem.ts'

/** What a schema says beside the Avro type: standard (`decimal`) or Datastream's own (`varchar`, `json`, `number` …). */
export interface LogicalType {
  readonly name: string
  readonly precision?: number
  readonly scale?: number
}

export type PrimitiveKind = 'null' | 'boolean' | 'int' | 'long' | 'float' | 'double' | 'bytes' | 'string'

/** A writer schema, its names resolved. A record may contain itself: follow `fields` only as deep as data or a list of seen ones. */
export type AvroType =
  | { readonly kind: PrimitiveKind; readonly logical?: LogicalType }
  | { readonly kind: 'fixed'; readonly size: number; readonly logical?: LogicalType }
  | { readonly kind: 'enum'; readonly symbols: readonly string[] }
  | { readonly kind: 'array'; readonly items: AvroType }
  | { readonly kind: 'map'; readonly values: AvroType }
  | { readonly kind: 'union'; readonly branches: readonly AvroType[] }
  | AvroRecord

export interface AvroRecord {
  readonly kind: 'record'
  /** Without its namespace. */
  readonly name: string
  readonly fields: readonly AvroField[]
}

export interface AvroField {
  readonly name: string
  readonly type: AvroType
}

const maxDepth = 64
const maxFields = 20_000

/**
 * Parses a writer schema. Names are known within this schema only (Datastream calls a record of every file `payload`);
 * characters in names are not checked, for they are data. A logical type may stand at the type or, as in files of
 * 2020, at the field.
 *
 * @throws Problem for text that is no Avro schema
 * @see https://avro.apache.org/docs/1.11.1/specification/#schema-declaration
 */
export function parseAvroSchema(text: string): AvroType {
  let json: unknown
  try {
    json = JSON.parse(text)
  } catch (error) {
    // The engine's message shows the text around: of a damaged file that may be anything.
    const where = /position (\d+)/.exec((error as Error).message)?.[1]
    throw new Problem(
      `the file's schema is not JSON${where === undefined ? '' : ` (at its character ${where})`}`,
    )
  }
  return new SchemaParser().parse(json, '', 0)
}

const primitives: ReadonlySet<string> = new Set([
  'null',
  'boolean',
  'int',
  'long',
  'float',
  'double',
  'bytes',
  'string',
])

type JsonObject = Readonly<Record<string, unknown>>

class SchemaParser {
  private readonly named = new Map<string, AvroType>()
  private fields = 0

  parse(json: unknown, namespace: string, depth: number): AvroType {
    if (depth > maxDepth) throw new Problem(`the file's schema is nested deeper than ${maxDepth} levels`)
    if (typeof json === 'string') return this.byName(json, namespace)
    if (Array.isArray(json)) {
      if (json.length === 0) throw new Problem("the file's schema has a union without branches")
      return { kind: 'union', branches: json.map((branch) => this.parse(branch, namespace, depth + 1)) }
    }
    if (!isObject(json)) throw new Problem(`the file's schema has ${describe(json)} where a type must be`)
    const type = json['type']
    if (typeof type !== 'string') return this.parse(type, namespace, depth + 1)
    switch (type) {
      case 'record':
      case 'error':
        return this.record(json, namespace, depth)
      case 'enum':
        return this.define(json, namespace, { kind: 'enum', symbols: texts(json['symbols'], 'symbols') })
      case 'fixed':
        return this.define(json, namespace, { kind: 'fixed', size: size(json['size']), ...logicalOf(json) })
      case 'array':
        return { kind: 'array', items: this.parse(json['items'], namespace, depth + 1) }
      case 'map':
        return { kind: 'map', values: this.parse(json['values'], namespace, depth + 1) }
      default:
        return withLogical(this.byName(type, namespace), json)
    }
  }

  private record(json: JsonObject, namespace: string, depth: number): AvroType {
    const fields: AvroField[] = []
    const { space, name } = fullName(json, namespace)
    const record: AvroRecord = { kind: 'record', name, fields }
    this.define(json, namespace, record)
    if (!Array.isArray(json['fields']))
      throw new Problem(`the file's schema has a record \`${name}\` without fields`)
    for (const field of json['fields']) {
      if (!isObject(field) || typeof field['name'] !== 'string') {
        throw new Problem(`the file's schema has a field without a name in record \`${name}\``)
      }
      if (++this.fields > maxFields) throw new Problem(`the file's schema has more than ${maxFields} fields`)
      const type = withFieldLogical(this.parse(field['type'], space, depth + 1), field)
      if (fields.some((other) => other.name === field['name'])) {
        throw new Problem(`the file's schema has the field \`${field['name']}\` twice in record \`${name}\``)
      }
      fields.push({ name: field['name'], type })
    }
    return record
  }

  private define<T extends AvroType>(json: JsonObject, namespace: string, type: T): T {
    const { full } = fullName(json, namespace)
    if (this.named.has(full)) throw new Problem(`the file's schema defines \`${full}\` twice`)
    this.named.set(full, type)
    return type
  }

  private byName(name: string, namespace: string): AvroType {
    if (primitives.has(name)) return { kind: name as PrimitiveKind }
    const type =
      this.named.get(name.includes('.') || namespace === '' ? name : `${namespace}.${name}`) ??
      this.named.get(name)
    if (type === undefined) throw new Problem(`the file's schema has an unknown type \`${name}\``)
    return type
  }
}

function fullName(json: JsonObject, outer: string): { full: string; space: string; name: string } {
  const given = json['name']
  if (typeof given !== 'string' || given === '')
    throw new Problem("the file's schema has a named type without a name")
  const dot = given.lastIndexOf('.')
  const own = json['namespace']
  const space = dot >= 0 ? given.slice(0, dot) : typeof own === 'string' ? own : outer
  const name = given.slice(dot + 1)
  return { full: space === '' ? name : `${space}.${name}`, space, name }
}

function withLogical(type: AvroType, json: JsonObject): AvroType {
  const { logical } = logicalOf(json)
  return logical !== undefined && isPrimitive(type) ? { kind: type.kind, logical } : type
}

/** `{"name": "t", "type": "long", "logicalType": "timestamp-millis"}`, also where the type is a union with null. */
function withFieldLogical(type: AvroType, field: JsonObject): AvroType {
  if (type.kind === 'union') {
    return { kind: 'union', branches: type.branches.map((branch) => withFieldLogical(branch, field)) }
  }
  return isPrimitive(type) && type.kind !== 'null' && type.logical === undefined
    ? withLogical(type, field)
    : type
}

function isPrimitive(type: AvroType): type is Extract<AvroType, { kind: PrimitiveKind }> {
  return primitives.has(type.kind)
}

function logicalOf(json: JsonObject): { logical?: LogicalType } {
  // What Kafka Connect means by a type is told by a name of its own, where Avro has none for it.
  const name = json['logicalType'] ?? json['connect.name']
  if (typeof name !== 'string') return {}
  const { precision, scale } = json
  return {
    logical: {
      name,
      ...(typeof precision === 'number' ? { precision } : {}),
      ...(typeof scale === 'number' ? { scale } : {}),
    },
  }
}

function texts(json: unknown, what: string): readonly string[] {
  if (Array.isArray(json) && json.every((item) => typeof item === 'string')) return json
  throw new Problem(`the file's schema has ${what} that are not a list of texts`)
}

function size(json: unknown): number {
  if (typeof json === 'number' && Number.isSafeInteger(json) && json >= 0) return json
  throw new Problem("the file's schema has a fixed type without a size")
}

function isObject(json: unknown): json is JsonObject {
  return typeof json === 'object' && json !== null && !Array.isArray(json)
}

function describe(json: unknown): string {
  return json === undefined ? 'nothing' : JSON.stringify(json).slice(0, 40)
}
