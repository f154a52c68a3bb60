import { cellDifferences, type Field, fieldTypes, type RowsAnswer } from './cells.ts'
import type { Discovery, Shape } from './discovery.ts'
import { always, codes, type Method, methods, reasons, systemParameters, together } from './documented.ts'
import type { Exchange } from './recorder.ts'

/** Where what went over the wire is otherwise than documented, each as one line that begins with the method. */
export interface Differences {
  /** Of what clients send: they are Google's own, so that these are said, not mended. */
  readonly sent: readonly string[]
  readonly answered: readonly string[]
}

/** The documented method of an exchange; undefined: there is none. */
export function methodOf({ method, path }: Exchange): Method | undefined {
  const place = path.replace(/^(?:\/resumable)?(?:\/bigquery\/v2)?(?:\/upload)?(?:\/bigquery\/v2)?\//, '')
  // Parts of an upload go on at the place of its first.
  const verb = method === 'PUT' && /\/jobs$/.test(place) ? 'POST' : method
  return methods.find((one) => one.verb === verb && patternOf(one.path).test(place))
}

const patternOf = (path: string): RegExp => new RegExp(`^${path.replaceAll('*', '[^/:]+')}$`)

/** Compares exchanges with the reference: routes, parameters, statuses, and every field's name, type and encoding. */
export function differencesOf(exchanges: readonly Exchange[], discovery: Discovery): Differences {
  const sent = new Set<string>()
  const answered = new Set<string>()
  const schemas: Schemas = new Map()
  for (const exchange of exchanges) {
    const { client, method: verb, path } = exchange
    const method = methodOf(exchange)
    const name = method?.name ?? `${verb} ${path}`
    // Only a client that asks for a table and then for its rows tells what they are to look like.
    if (client === undefined || name.startsWith('jobs.')) schemas.clear()
    for (const what of answerDifferences(exchange, method, discovery, schemas))
      answered.add(`${name}: ${what}`)
    if (client !== undefined && method !== undefined)
      for (const what of callDifferences(exchange, method, discovery)) sent.add(`${client}, ${name}: ${what}`)
  }
  return { sent: [...sent].sort(), answered: [...answered].sort() }
}

/** Fields of the tables whose resources went over the wire, by their references. */
type Schemas = Map<string, readonly Field[]>

function* callDifferences(
  { query, sent }: Exchange,
  method: Method,
  discovery: Discovery,
): Generator<string> {
  const shape = discovery.types.get(method.parameters ?? '')
  const members = shape?.kind === 'record' ? shape.members : new Map<string, Shape>()
  for (const [name, value] of query) {
    const type = members.get(name)
    if (type === undefined && !systemParameters.includes(name)) yield `parameter ${name} is not documented`
    if (type?.kind === 'number' && !/^\d+$/.test(value)) yield `parameter ${name} is ${value}, no number`
    if (type?.kind === 'boolean' && !/^(?:true|false)$/.test(value)) yield `parameter ${name} is ${value}`
  }
  if (method.sent !== undefined && sent !== undefined)
    yield* compare({ kind: 'named', name: method.sent }, sent, '', { discovery, mayBeNull: true })
}

function* answerDifferences(
  exchange: Exchange,
  method: Method | undefined,
  discovery: Discovery,
  schemas: Schemas,
): Generator<string> {
  const { answer, status, headers } = exchange
  // A part of an upload, or its beginning, is answered with the place to go on at.
  if (status === 308 || (headers.location !== undefined && answer === undefined)) return
  if (status >= 400) yield* errorDifferences(exchange)
  else if (method === undefined) yield 'no documented method'
  else if (method.answer === undefined) {
    if (status !== (answer === undefined ? 204 : 200)) yield `the status is ${status}`
    if (answer !== undefined && JSON.stringify(answer) !== '{}') yield 'the answer is not empty'
  } else {
    if (status !== 200) yield `the status is ${status}`
    if (headers['content-type'] !== 'application/json; charset=UTF-8')
      yield `the content type is ${headers['content-type']}`
    yield* compare({ kind: 'named', name: method.answer }, answer, '', { discovery, mayBeNull: false })
    for (const path of always[method.answer] ?? []) if (!has(answer, path)) yield `${path} is missing`
    for (const [where, also] of together[method.answer] ?? [])
      if (has(answer, where) && !has(answer, also)) yield `${also} is missing beside ${where}`
    const rows = rowsOf(exchange, method, schemas)
    if (rows !== undefined) yield* cellDifferences(rows)
  }
}

/** The rows of an answer with their fields: its own, or of a table's those that its resource had before. */
function rowsOf(
  { path, query, sent, answer }: Exchange,
  { name, answer: type }: Method,
  schemas: Schemas,
): RowsAnswer | undefined {
  const { schema, rows, tableReference } = (answer ?? {}) as {
    readonly schema?: { readonly fields: readonly Field[] }
    readonly rows?: readonly unknown[]
    readonly tableReference?: object
  }
  if (type === 'ITable' && schema !== undefined) schemas.set(JSON.stringify(tableReference), schema.fields)
  const [, projectId, datasetId, tableId] =
    /projects\/([^/]+)\/datasets\/([^/]+)\/tables\/([^/]+)\/data$/.exec(path) ?? []
  const selected = query.get('selectedFields')?.split(',')
  const known = schemas.get(JSON.stringify({ projectId, datasetId, tableId }))
  const fields = schema?.fields ?? known?.filter((field) => selected?.includes(field.name) ?? true)
  if (fields === undefined || rows === undefined) return undefined
  const options = name === 'jobs.query' ? memberOf(sent, 'formatOptions') : undefined
  const option = (key: string) =>
    String(query.get(`formatOptions.${key}`) ?? memberOf(options, key)).toLowerCase()
  const iso = option('timestampOutputFormat') === 'iso8601_string'
  const micros = option('useInt64Timestamp') === 'true' || option('timestampOutputFormat') === 'int64'
  return { fields, rows, timestamps: iso ? 'iso' : micros ? 'micros' : 'seconds' }
}

/** `a.b`, or `a.b=text` for what it must be. */
function has(value: unknown, path: string): boolean {
  const [place = '', wanted] = path.split('=')
  const found = place.split('.').reduce<unknown>((at, key) => memberOf(at, key), value)
  return wanted === undefined ? found !== undefined && found !== '' : String(found) === wanted
}

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

const memberOf = (value: unknown, key: string): unknown => (isObject(value) ? value[key] : undefined)

interface Comparison {
  readonly discovery: Discovery
  /** A call may say null of what it clears or leaves open; an answer leaves out what it has not. */
  readonly mayBeNull: boolean
}

function* compare(shape: Shape, value: unknown, path: string, how: Comparison): Generator<string> {
  const { discovery, mayBeNull } = how
  const below = (key: string) => (path === '' ? key : `${path}.${key}`)
  if (shape.kind === 'any' || (value === null && mayBeNull)) return
  if (shape.kind === 'named') {
    const type = discovery.types.get(shape.name)
    if (type === undefined) throw new Error(`the discovery document has no type ${shape.name}`)
    const fieldType = shape.name === 'ITableFieldSchema' && !mayBeNull ? memberOf(value, 'type') : undefined
    if (fieldType !== undefined && !fieldTypes.includes(String(fieldType)))
      yield `${below('type')} is ${String(fieldType)}`
    yield* compare(type, value, path, how)
  } else if (shape.kind === 'one of') {
    if (!shape.texts.includes(String(value)))
      yield `${path} is ${inWords(value)}, none of ${shape.texts.join(', ')}`
  } else if (shape.kind === 'list' && Array.isArray(value)) {
    for (const item of value) yield* compare(shape.item, item, `${path}[]`, how)
  } else if (shape.kind === 'map' && isObject(value)) {
    for (const item of Object.values(value)) yield* compare(shape.value, item, `${path}{}`, how)
  } else if (shape.kind === 'record' && isObject(value)) {
    for (const [key, item] of Object.entries(value)) {
      const member = shape.members.get(key)
      if (member === undefined) yield `${below(key)} is not documented`
      else yield* compare(member, item, below(key), how)
    }
  } else if (typeof value !== shape.kind) yield `${path} is ${inWords(value)}, not ${shape.kind}`
}

const inWords = (value: unknown): string =>
  value === null
    ? 'null'
    : Array.isArray(value)
      ? 'list'
      : typeof value === 'string'
        ? `'${value}'`
        : typeof value

/** Of `{error: {code, message, errors: [{reason, message, domain, location?, locationType?}], status}}`. */
function* errorDifferences({ answer, status }: Exchange): Generator<string> {
  const error = memberOf(answer, 'error')
  const errors = memberOf(error, 'errors')
  const first: unknown = Array.isArray(errors) ? errors[0] : undefined
  if (!isObject(error) || !isObject(first)) {
    yield `the ${status} has no error with errors`
    return
  }
  const reason = String(first['reason'])
  if (reasons[reason] !== status) yield `the reason ${reason} comes with ${status}`
  if (error['code'] !== status) yield `the error's code is ${String(error['code'])} of ${status}`
  if (error['status'] !== codes[status]) yield `the error's status is ${String(error['status'])} of ${status}`
  if (
    error['message'] !== first['message'] ||
    typeof error['message'] !== 'string' ||
    error['message'] === ''
  )
    yield 'the error has no message, or another than its cause'
  const [keys = '', causes = ''] = [error, first].map((one) => Object.keys(one).sort().join())
  if (keys !== 'code,errors,message,status') yield `the error has ${keys}`
  if (!/^domain(,location,locationType)?,message,reason$/.test(causes))
    yield `the error's cause has ${causes}`
}
