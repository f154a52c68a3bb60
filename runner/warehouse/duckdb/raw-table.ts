import type { DuckDBConnection } from '@duckdb/node-api'
import {
  physicalSchema,
  physicalTable,
  quoteIdentifier,
  quoteText,
  targetName,
} from '../../googlesql/lower/identifier.ts'
import type { Target } from '../../googlesql/target.ts'
import { equalTypes } from '../../googlesql/types/equal.ts'
import { logicalType, physicalType } from '../../googlesql/types/physical.ts'
import type { SqlType } from '../../googlesql/types/type.ts'
import { Problem } from '../../problem.ts'
import type { RawColumn } from '../landing.ts'
import { mergedType, sameName } from '../merged-type.ts'

/** The columns of a table in their order, as this connection's transaction sees them; undefined without a table. */
export async function readColumns(
  connection: DuckDBConnection,
  table: Target,
): Promise<readonly RawColumn[] | undefined> {
  const result = await connection.runAndReadAll(
    `select schema_name, table_name, column_name, data_type from duckdb_columns()
     where database_name = current_database() and lower(schema_name) = lower($1) and lower(table_name) = lower($2)
     order by column_index`,
    [`${table.database}.${table.schema}`, table.name],
  )
  const rows = result.getRows()
  const [first] = rows
  if (first === undefined) {
    await checkDatasetCase(connection, table)
    return undefined
  }
  if (first[0] !== `${table.database}.${table.schema}` || first[1] !== table.name) {
    throw caseProblem(`the table \`${targetName(table)}\``, `${first[0]}.${first[1]}`)
  }
  return rows.map(([, , name, type]) => ({ name: String(name), type: logicalType(String(type)) }))
}

/**
 * Refuses a name that differs only by case from one met before: of tables that are still to be created, the catalog
 * cannot tell.
 */
export class NamesByCase {
  private readonly known = new Map<string, string>()

  /** @throws Problem */
  check({ database, schema, name }: Target): void {
    this.checkOne(`the dataset \`${database}.${schema}\``, `${database}.${schema}`)
    this.checkOne(`the table \`${database}.${schema}.${name}\``, `${database}.${schema}.${name}`)
  }

  private checkOne(what: string, name: string): void {
    const other = this.known.get(name.toLowerCase())
    if (other === undefined) this.known.set(name.toLowerCase(), name)
    else if (other !== name) throw caseProblem(what, other)
  }
}

/** Creates the table and its dataset. */
export async function createTable(
  connection: DuckDBConnection,
  table: Target,
  columns: readonly RawColumn[],
): Promise<void> {
  const definitions = columns.map(({ name, type }) => `${quoteIdentifier(name)} ${physicalType(type)}`)
  await checkDatasetCase(connection, table)
  await connection.run(`create schema if not exists ${physicalSchema(table)}`)
  await connection.run(`create table ${physicalTable(table)} (${definitions.join(', ')})`)
}

async function checkDatasetCase(connection: DuckDBConnection, table: Target): Promise<void> {
  const wanted = `${table.database}.${table.schema}`
  const result = await connection.runAndReadAll(
    `select schema_name from duckdb_schemas()
     where database_name = current_database() and lower(schema_name) = lower($1) and schema_name <> $1`,
    [wanted],
  )
  const [other] = result.getRows()
  if (other !== undefined) throw caseProblem(`the dataset \`${wanted}\``, String(other[0]))
}

/** DuckDB takes names that differ only by case for the same, BigQuery does not. */
export function caseProblem(wanted: string, existing: string): Problem {
  return new Problem(`${wanted} and \`${existing}\`, which exists, differ only by case`, {
    hint: 'DuckDB cannot hold both: rename one of them at the source, or land it in a warehouse of its own',
  })
}

/**
 * Adds the columns and fields that `wanted` has beyond `present` and widens the types that differ; what `present` has
 * beyond `wanted` stays. Names are the same whatever their case.
 *
 * @throws Problem for two types of which neither can hold the other's values
 */
export async function extendTable(
  connection: DuckDBConnection,
  table: Target,
  present: readonly RawColumn[],
  wanted: readonly RawColumn[],
): Promise<void> {
  for (const column of wanted) {
    const existing = present.find(({ name }) => sameName(name, column.name))
    if (existing === undefined) {
      await connection.run(
        `alter table ${physicalTable(table)} add column ${quoteIdentifier(column.name)} ${physicalType(column.type)}`,
      )
      continue
    }
    const type = mergedType(existing.type, column.type, [column.name], table)
    if (equalTypes(type, existing.type)) continue
    await rewriteColumn(connection, table, existing, type, onlyAdds(existing.type, type))
  }
}

/** True where adding fields at the end is all that `to` has beyond `from`. */
function onlyAdds(from: SqlType, to: SqlType): boolean {
  if (from.kind !== 'STRUCT' || to.kind !== 'STRUCT') return false
  return from.fields.every((field, index) => {
    const other = to.fields[index]
    return other !== undefined && equalTypes(field.type, other.type)
  })
}

async function rewriteColumn(
  connection: DuckDBConnection,
  table: Target,
  { name, type }: RawColumn,
  to: SqlType,
  adds: boolean,
): Promise<void> {
  // DuckDB takes a struct to one with more fields by name. All at once: a statement a field takes seconds each in a
  // payload of 2,000, and for one field `add column` takes no less.
  const using = adds ? '' : ` using ${converted(quoteIdentifier(name), type, to)}`
  await connection.run(
    `alter table ${physicalTable(table)} alter column ${quoteIdentifier(name)} set data type ${physicalType(to)}${using}`,
  )
}

/** `expression` of type `from` as SQL of type `to`. */
function converted(expression: string, from: SqlType, to: SqlType): string {
  if (equalTypes(from, to)) return expression
  if (from.kind === 'STRUCT' && to.kind === 'STRUCT') {
    const fields = to.fields.map(({ name, type }, index) => {
      const before = from.fields[index]
      const value =
        before === undefined
          ? `cast(null as ${physicalType(type)})`
          : // `a.b` would be taken for another column's name inside ALTER TABLE.
            converted(`struct_extract(${expression}, ${quoteText(before.name ?? '')})`, before.type, type)
      return `${quoteIdentifier(name ?? '')} := ${value}`
    })
    return `case when ${expression} is null then null else struct_pack(${fields.join(', ')}) end`
  }
  const widening = wideningOf(from, to)
  if (widening === undefined) throw new Error(`no widening from ${from.kind} to ${to.kind}`)
  return widening(expression)
}

type Widening = (expression: string) => string

const castToText: Widening = (expression) => `cast(${expression} as varchar)`

/** Texts as the loader writes the same value when it lands in a STRING (loaders/datastream/text-of.ts). */
const wideningsToText: Readonly<Record<string, Widening>> = {
  BOOL: castToText,
  INT64: castToText,
  FLOAT64: castToText,
  JSON: castToText,
  DATE: castToText,
  NUMERIC: (expression) => `regexp_replace(cast(${expression} as varchar), '\\.?0+$', '')`,
  TIME: (expression) => `strftime(date '2000-01-01' + ${expression}, '%H:%M:%S.%f')`,
  DATETIME: (expression) => `strftime(${expression}, '%Y-%m-%dT%H:%M:%S.%f')`,
  TIMESTAMP: (expression) => `strftime(timezone('UTC', ${expression}), '%Y-%m-%dT%H:%M:%S.%fZ')`,
}

/** How a value of a type becomes the same value of a wider one: see `widens`. */
function wideningOf(from: SqlType, to: SqlType): Widening | undefined {
  if (to.kind === 'STRING') return wideningsToText[from.kind]
  if (from.kind === 'INT64' && to.kind === 'NUMERIC')
    return (expression) => `cast(${expression} as decimal(38,9))`
  return undefined
}
