/** A column of a Connect schema: `int32`, or `int32 io.debezium.time.Date`, or a whole schema. */
export type Column = string | Readonly<Record<string, unknown>>

/** The parts of a PostgreSQL message; what is left out is the ordinary. */
export interface MessageParts {
  readonly op?: string
  readonly before?: Readonly<Record<string, unknown>> | null
  readonly after?: Readonly<Record<string, unknown>> | null
  readonly source?: Readonly<Record<string, unknown>>
  readonly ts_ms?: number
  readonly transaction?: unknown
}

export const time = Date.UTC(2024, 5, 1, 12)

/** A message of the table `public.item` as Debezium's PostgreSQL connector writes it, without its schema. */
export function postgresMessage(lsn: number, parts: MessageParts): Readonly<Record<string, unknown>> {
  const { op = 'c', before = null, after = null, source = {}, ts_ms = time + 500 } = parts
  return {
    before,
    after,
    source: {
      version: '2.7.0.Final',
      connector: 'postgresql',
      name: 'shop',
      ts_ms: time + lsn,
      snapshot: op === 'r' ? 'true' : 'false',
      db: 'shop',
      sequence: `[null,"${lsn}"]`,
      schema: 'public',
      table: 'item',
      txId: 700 + lsn,
      lsn,
      xmin: null,
      ...source,
    },
    op,
    ts_ms,
    transaction: parts.transaction ?? null,
  }
}

/** The same in the JSON converter's wrapper, with the schema of `before` and `after`. */
export function wrapped(
  payload: unknown,
  columns: Readonly<Record<string, Column>>,
): Readonly<Record<string, unknown>> {
  const row = (field: string) => ({
    type: 'struct',
    fields: Object.entries(columns).map(([name, column]) => ({ ...columnSchema(column), field: name })),
    optional: true,
    name: 'shop.public.item.Value',
    field,
  })
  const schema = {
    type: 'struct',
    fields: [row('before'), row('after'), { type: 'string', optional: false, field: 'op' }],
    optional: false,
    name: 'shop.public.item.Envelope',
    version: 2,
  }
  return { schema, payload }
}

function columnSchema(column: Column): Readonly<Record<string, unknown>> {
  if (typeof column !== 'string') return { optional: true, ...column }
  const [type, name] = column.split(' ')
  return { type, optional: true, ...(name === undefined ? {} : { name, version: 1 }) }
}

export const lines = (values: readonly unknown[]): string =>
  values.map((value) => `${JSON.stringify(value)}\n`).join('')
