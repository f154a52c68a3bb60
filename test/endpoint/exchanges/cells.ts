/** Types of fields as answers name them (https://cloud.google.com/bigquery/docs/reference/rest/v2/tables#TableFieldSchema). */
const texts: Readonly<Record<string, RegExp>> = {
  STRING: /^/,
  GEOGRAPHY: /^/,
  BYTES: /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/,
  INTEGER: /^-?\d{1,19}$/,
  FLOAT: /^(?:-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?|NaN|-?Infinity)$/,
  BOOLEAN: /^(?:true|false)$/,
  NUMERIC: /^-?\d+(?:\.\d+)?$/,
  BIGNUMERIC: /^-?\d+(?:\.\d+)?$/,
  DATE: /^\d{4}-\d\d-\d\d$/,
  DATETIME: /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,6})?$/,
  TIME: /^\d\d:\d\d:\d\d(?:\.\d{6})?$/,
  INTERVAL: /^-?\d+-\d+ -?\d+ -?\d+:\d+:\d+(?:\.\d{1,6})?$/,
  JSON: /^[[{"\dtfn-]/,
  RANGE: /^\[[^,]+, [^,]+\)$/,
}

/** By how the client asked for them. */
const timestamps = {
  micros: /^-?\d+$/,
  seconds: /^(?:-?\d\.\d+E-?\d+|0\.0)$/,
  iso: /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,6})?Z$/,
}

export const fieldTypes: readonly string[] = [...Object.keys(texts), 'TIMESTAMP', 'RECORD']

/** Of a schema in an answer. */
export interface Field {
  readonly name: string
  readonly type: string
  readonly mode?: string
  readonly fields?: readonly Field[]
}

export interface RowsAnswer {
  readonly fields: readonly Field[]
  readonly rows: readonly unknown[]
  /** How the client asked for timestamps. */
  readonly timestamps: keyof typeof timestamps
}

/** Each cell of an answer's rows that is not written as its field's type is. */
export function* cellDifferences({ fields, rows, timestamps: asked }: RowsAnswer): Generator<string> {
  for (const row of rows) yield* record(row, { name: 'row', type: 'RECORD', fields }, asked)
}

type Asked = RowsAnswer['timestamps']

function* record(value: unknown, { name, fields = [] }: Field, asked: Asked): Generator<string> {
  const cells = (value as { readonly f?: unknown } | undefined)?.f
  if (!Array.isArray(cells) || cells.length !== fields.length) {
    yield `${name} has not a cell for each of its ${fields.length} fields`
    return
  }
  for (const [index, field] of fields.entries()) {
    const cell: unknown = cells[index]
    if (typeof cell !== 'object' || cell === null || Object.keys(cell).join() !== 'v')
      yield `a cell of ${field.name} is no {v}`
    else yield* repeated((cell as { readonly v: unknown }).v, field, asked)
  }
}

function* repeated(value: unknown, field: Field, asked: Asked): Generator<string> {
  if (field.mode !== 'REPEATED') yield* one(value, field, asked)
  else if (!Array.isArray(value)) yield `the repeated ${field.name} is no list`
  else
    for (const item of value as readonly unknown[]) {
      const { v } = item as { readonly v?: unknown }
      if (v === undefined || v === null) yield `an element of ${field.name} is no {v}`
      else yield* one(v, field, asked)
    }
}

function* one(value: unknown, field: Field, asked: Asked): Generator<string> {
  const { name, type, mode } = field
  if (value === null) {
    if (mode === 'REQUIRED') yield `the required ${name} is null`
  } else if (type === 'RECORD') yield* record(value, field, asked)
  else {
    const text = type === 'TIMESTAMP' ? timestamps[asked] : texts[type]
    if (typeof value !== 'string' || text?.test(value) !== true)
      yield `${name}, ${type}, is ${JSON.stringify(value)}`
  }
}
