import type { Target } from '../target.ts'

/** The dataset of temporary tables; no BigQuery project has an empty name. */
export const SESSION: Pick<Target, 'database' | 'schema'> = { database: '', schema: '_SESSION' }

/**
 * A name as DuckDB's quoted identifier. Every name that DuckDB is sent goes through here.
 *
 * @example quoteIdentifier('a"b') // '"a""b"'
 */
export function quoteIdentifier(name: string): string {
  return `"${name.replaceAll('"', '""')}"`
}

/** Text as DuckDB's string literal. */
export function quoteText(text: string): string {
  // DuckDB's texts cannot hold the character NUL in a statement; chr(0) makes it.
  if (!text.includes('\0')) return `'${text.replaceAll("'", "''")}'`
  return `(${text
    .split('\0')
    .map((part) => quoteText(part))
    .join(' || chr(0) || ')})`
}

/** The name of the DuckDB schema that is a dataset: `project.dataset`, quoted. */
export function physicalSchema(dataset: Pick<Target, 'database' | 'schema'>): string {
  return quoteIdentifier(`${dataset.database}.${dataset.schema}`)
}

/**
 * The DuckDB table that is a BigQuery table; temporary tables live in the connection's own database.
 *
 * @example physicalTable({ database: 'p', schema: 'd', name: 't' }) // '"p.d"."t"'
 */
export function physicalTable(target: Target): string {
  if (target.database === SESSION.database) return `temp.main.${quoteIdentifier(target.name)}`
  return `${physicalSchema(target)}.${quoteIdentifier(target.name)}`
}

/** The temporary table that holds an external table's rows while a statement reads them; no name that BigQuery allows. */
export const externalRows = (target: Target): Target => ({
  ...SESSION,
  name: `rows of ${targetName(target)}`,
})

/** A target as BigQuery names it in messages: `project.dataset.table`. */
export function targetName(target: Target): string {
  return target.database === '' ? target.name : `${target.database}.${target.schema}.${target.name}`
}
