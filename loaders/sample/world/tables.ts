import { avroTypes, type SourceColumn, type SourceTable } from '../source.ts'

const { int, string, json, decimal } = avroTypes
const table =
  (name: string, columns: Readonly<Record<string, SourceColumn['type']>>, primaryKeys: readonly string[]) =>
  (database: string): SourceTable => ({
    database,
    table: name,
    columns: Object.entries(columns).map(([column, type]) => ({ name: column, type })),
    primaryKeys,
  })

/**
 * The four tables of MySQL's world_x sample database as MySQL 8 declares them and Datastream types them: CHAR and ENUM
 * are strings, VARBINARY is a string of hex digits, `countryinfo` is a collection of the document store.
 */
export const worldTables = {
  city: table('city', { ID: int, Name: string, CountryCode: string, District: string, Info: json }, ['ID']),
  country: table('country', { Code: string, Name: string, Capital: int, Code2: string }, ['Code']),
  countryinfo: table('countryinfo', { doc: json, _id: string, _json_schema: json }, ['_id']),
  countrylanguage: table(
    'countrylanguage',
    { CountryCode: string, Language: string, IsOfficial: string, Percentage: decimal(4, 1) },
    ['CountryCode', 'Language'],
  ),
} as const

export type WorldTable = keyof typeof worldTables

/** True for a table that has the name, the columns and the key of one of world_x's. */
export function isWorldTable(table: SourceTable): boolean {
  if (!Object.hasOwn(worldTables, table.table)) return false
  const expected = worldTables[table.table as WorldTable](table.database)
  return JSON.stringify(expected) === JSON.stringify(table)
}
