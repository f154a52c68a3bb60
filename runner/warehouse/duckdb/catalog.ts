import type { DuckDBConnection } from '@duckdb/node-api'
import type {
  Catalog,
  CatalogChange,
  CatalogRoutine,
  CatalogTable,
  NameDefaults,
  RoutineKind,
} from '../../googlesql/catalog.ts'
import { type PhysicalColumn, readTableEntry } from '../../googlesql/lower/metadata.ts'
import type { Target } from '../../googlesql/target.ts'
import { Problem } from '../../problem.ts'
import { LayeredMap } from './layered-map.ts'

interface Dataset {
  readonly tables: LayeredMap<CatalogTable>
  /** Names of tables by their lower case. */
  readonly names: LayeredMap<string>
  readonly routines: LayeredMap<CatalogRoutine>
}

let nextVersion = 0

/** One state of the warehouse's tables and routines. Changed only by `applied`, which gives a new one. */
export class CatalogState implements Catalog {
  readonly #datasets: ReadonlyMap<string, Dataset>
  readonly version: string

  private constructor(datasets: ReadonlyMap<string, Dataset>) {
    this.#datasets = datasets
    nextVersion += 1
    this.version = String(nextVersion)
  }

  static of(
    tables: readonly CatalogTable[],
    routines: readonly CatalogRoutine[],
    datasets: readonly Pick<Target, 'database' | 'schema'>[],
  ): CatalogState {
    const made = new Map<string, { readonly tables: CatalogTable[]; readonly routines: CatalogRoutine[] }>()
    const at = (target: Pick<Target, 'database' | 'schema'>) => {
      const key = datasetKey(target)
      const known = made.get(key)
      if (known !== undefined) return known
      const fresh = { tables: [], routines: [] }
      made.set(key, fresh)
      return fresh
    }
    for (const dataset of datasets) at(dataset)
    for (const table of tables) at(table.target).tables.push(table)
    for (const routine of routines) at(routine.target).routines.push(routine)
    const dataset = (tables: readonly CatalogTable[], routines: readonly CatalogRoutine[]): Dataset => ({
      tables: LayeredMap.of(tables.map((table) => [table.target.name, table])),
      names: LayeredMap.of(tables.map(({ target: { name } }) => [name.toLowerCase(), name])),
      routines: LayeredMap.of(routines.map((routine) => [routine.target.name, routine])),
    })
    return new CatalogState(
      new Map([...made].map(([key, { tables, routines }]) => [key, dataset(tables, routines)])),
    )
  }

  table(target: Target): CatalogTable | undefined {
    return this.#datasets.get(datasetKey(target))?.tables.get(target.name)
  }

  routine(target: Target): CatalogRoutine | undefined {
    return this.#datasets.get(datasetKey(target))?.routines.get(target.name)
  }

  spelling({ database, schema, name }: Target): string | undefined {
    return this.#datasets.get(datasetKey({ database, schema }))?.names.get(name.toLowerCase())
  }

  hasDataset(database: string, schema: string): boolean {
    return this.#datasets.has(datasetKey({ database, schema }))
  }

  tables(database: string, schema: string): readonly CatalogTable[] {
    const found = this.#datasets.get(datasetKey({ database, schema }))
    return found === undefined ? [] : sorted(found.tables)
  }

  routines(database: string, schema: string): readonly CatalogRoutine[] {
    const found = this.#datasets.get(datasetKey({ database, schema }))
    return found === undefined ? [] : sorted(found.routines)
  }

  /** Projects that have a dataset, by name. */
  databases(): readonly string[] {
    return [...new Set([...this.#datasets.keys()].map((key) => key.slice(0, key.indexOf('\0'))))].sort()
  }

  datasets(database: string): readonly string[] {
    const prefix = `${database}\0`
    return [...this.#datasets.keys()]
      .filter((key) => key.startsWith(prefix))
      .map((key) => key.slice(prefix.length))
      .sort()
  }

  /** The state after changes; this one stays as it is. */
  applied(changes: readonly CatalogChange[]): CatalogState {
    if (changes.length === 0) return this
    const datasets = new Map(this.#datasets)
    for (const change of changes) applyChange(datasets, change)
    return new CatalogState(datasets)
  }
}

const noDataset: Dataset = { tables: LayeredMap.of(), names: LayeredMap.of(), routines: LayeredMap.of() }

function applyChange(datasets: Map<string, Dataset>, change: CatalogChange): void {
  const at = (target: Pick<Target, 'database' | 'schema'>) => datasets.get(datasetKey(target)) ?? noDataset
  const set = (target: Pick<Target, 'database' | 'schema'>, changed: Partial<Dataset>): void => {
    datasets.set(datasetKey(target), { ...at(target), ...changed })
  }
  switch (change.kind) {
    case 'put table': {
      const { target } = change.table
      const { tables, names } = at(target)
      set(target, {
        tables: tables.with(target.name, change.table),
        names: names.with(target.name.toLowerCase(), target.name),
      })
      return
    }
    case 'drop table': {
      const { tables, names } = at(change.target)
      const { name } = change.target
      const low = name.toLowerCase()
      // After a rename that changes only the case the new spelling stands there already.
      set(change.target, {
        tables: tables.without(name),
        names: names.get(low) === name ? names.without(low) : names,
      })
      return
    }
    case 'put routine': {
      const { target } = change.routine
      set(target, { routines: at(target).routines.with(target.name, change.routine) })
      return
    }
    case 'drop routine':
      set(change.target, { routines: at(change.target).routines.without(change.target.name) })
      return
    case 'put dataset':
      set(change, {})
      return
    case 'drop dataset':
      datasets.delete(datasetKey(change))
  }
}

const sortedMaps = new WeakMap<object, readonly { readonly target: Target }[]>()

/** By name; a map never changes, so that it is sorted once. */
function sorted<V extends { readonly target: Target }>(map: LayeredMap<V>): readonly V[] {
  const known = sortedMaps.get(map) as readonly V[] | undefined
  if (known !== undefined) return known
  const made = [...map.values()].sort(byName)
  sortedMaps.set(map, made)
  return made
}

function byName(a: { readonly target: Target }, b: { readonly target: Target }): number {
  return a.target.name < b.target.name ? -1 : a.target.name > b.target.name ? 1 : 0
}

function datasetKey(target: Pick<Target, 'database' | 'schema'>): string {
  return `${target.database}\0${target.schema}`
}

/** The dataset that a DuckDB schema is; undefined for DuckDB's own. */
function datasetOf(schema: string): Pick<Target, 'database' | 'schema'> | undefined {
  const dot = schema.lastIndexOf('.')
  return dot <= 0 ? undefined : { database: schema.slice(0, dot), schema: schema.slice(dot + 1) }
}

/** Reads the whole catalog from DuckDB's metadata, as the connection's transaction sees it. */
export async function loadCatalog(connection: DuckDBConnection): Promise<CatalogState> {
  const rows = async (sql: string) => (await connection.runAndReadAll(sql)).getRowsJS()
  const schemas = await rows(
    'SELECT schema_name FROM duckdb_schemas() WHERE database_name = current_database()',
  )
  const objects = await rows(`
    SELECT schema_name, table_name, comment, false FROM duckdb_tables() WHERE database_name = current_database() AND NOT internal
    UNION ALL
    SELECT schema_name, view_name, comment, true FROM duckdb_views() WHERE database_name = current_database() AND NOT internal`)
  const columns = await rows(`
    SELECT schema_name, table_name, column_name, data_type, is_nullable FROM duckdb_columns()
    WHERE database_name = current_database() AND NOT internal ORDER BY schema_name, table_name, column_index`)
  const macros = await rows(`
    SELECT schema_name, function_name, macro_definition FROM duckdb_functions()
    WHERE database_name = current_database() AND function_type = 'macro' AND NOT internal`)
  const byTable = new Map<string, PhysicalColumn[]>()
  for (const [schema, table, name, type, nullable] of columns) {
    const key = `${String(schema)}\0${String(table)}`
    const list = byTable.get(key) ?? []
    if (list.length === 0) byTable.set(key, list)
    list.push({ name: String(name), type: String(type), nullable: nullable === true })
  }
  const tables = objects.flatMap(([schema, name, comment, isView]): readonly CatalogTable[] => {
    const dataset = datasetOf(String(schema))
    if (dataset === undefined) return []
    const own = byTable.get(`${String(schema)}\0${String(name)}`) ?? []
    const target = { ...dataset, name: String(name) }
    try {
      return [readTableEntry(target, isView === true, own, comment === null ? null : String(comment))]
    } catch (error) {
      // A table of types that no BigQuery type has: someone else's, not to be seen.
      if (error instanceof Problem) return []
      throw error
    }
  })
  const routines = macros.flatMap(([schema, name, definition]) => {
    const dataset = datasetOf(String(schema))
    const routine = dataset && readRoutine({ ...dataset, name: String(name) }, String(definition))
    return routine === undefined ? [] : [routine]
  })
  const datasets = schemas.flatMap(([schema]) => datasetOf(String(schema)) ?? [])
  return CatalogState.of(tables, routines, datasets)
}

function readRoutine(target: Target, definition: string): CatalogRoutine | undefined {
  const text = /^'([\s\S]*)'$/.exec(definition.trim())?.[1]?.replaceAll("''", "'")
  if (text === undefined) return undefined
  try {
    const value = JSON.parse(text) as { kind: RoutineKind; text: string; defaults: NameDefaults }
    return { target, kind: value.kind, text: value.text, defaults: value.defaults }
  } catch {
    return undefined
  }
}
