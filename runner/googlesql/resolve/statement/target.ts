import { Problem } from '../../../problem.ts'
import type { CatalogTable } from '../../catalog.ts'
import { SESSION } from '../../lower/identifier.ts'
import type { Path } from '../../parse/ast.ts'
import { nameParts } from '../../parse/name-parts.ts'
import type { Target } from '../../target.ts'
import { type Context, didYouMean, problemAt } from '../context.ts'

/** What a table's name means depends on this alone. */
interface Named extends Pick<Context, 'source'> {
  readonly resolution: Pick<Context['resolution'], 'catalog'>
}

/** A temporary table's full name. */
export function sessionTarget(name: string): Target {
  return { ...SESSION, name }
}

/**
 * The full name of a table that a path names, with the default project and dataset filled in. A name alone is a
 * temporary table if there is one.
 *
 * @throws Problem if there is no dataset to take it from
 */
export function tableTarget(context: Named, path: Path): Target {
  const parts = nameParts(path)
  const { project, dataset } = context.source.defaults
  const given = parts.at(-2)
  if (given !== undefined && !/^[\p{L}\p{N}_-]{1,1024}$/u.test(given)) {
    throw new Problem(
      `Invalid dataset ID "${given}". Dataset IDs must be alphanumeric (plus underscores and dashes) and must be at most 1024 characters long.`,
    )
  }
  const [first, second, third] = parts
  if (first !== undefined && second === undefined) {
    const temporary = sessionTarget(first)
    if (context.resolution.catalog.table(temporary) !== undefined) return temporary
    if (dataset === undefined) {
      throw problemAt(
        context,
        path,
        `Table "${first}" must be qualified with a dataset (e.g. dataset.table).`,
      )
    }
    return { database: project, schema: dataset, name: first }
  }
  if (first !== undefined && second !== undefined && third === undefined) {
    if (first.toUpperCase() === '_SESSION') return sessionTarget(second)
    return { database: project, schema: first, name: second }
  }
  if (parts.length === 3 && first !== undefined && second !== undefined && third !== undefined) {
    return { database: first, schema: second, name: third }
  }
  throw problemAt(context, path, `Invalid table name: ${parts.join('.')}`)
}

/** The table that a path names. @throws Problem if there is none */
export function findTable(context: Context, path: Path): CatalogTable {
  const target = tableTarget(context, path)
  const table = context.resolution.catalog.table(target)
  if (table === undefined) throw problemAt(context, path, tableNotFound(context, target))
  return table
}

/** BigQuery's words for a table that is not there, with the nearest one that is. */
export function tableNotFound(context: Pick<Context, 'resolution'>, target: Target): string {
  const { catalog } = context.resolution
  const { database, schema, name } = target
  if (database === SESSION.database) return `Not found: Table ${name}`
  if (!catalog.hasDataset(database, schema)) {
    return `Not found: Dataset ${database}:${schema} was not found in location US${didYouMean(schema, catalog.datasets(database))}`
  }
  const names = catalog.tables(database, schema).map((table) => table.target.name)
  return `Not found: Table ${database}:${schema}.${name} was not found in location US${didYouMean(name, names)}`
}
