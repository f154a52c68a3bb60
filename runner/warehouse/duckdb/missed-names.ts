import type { Catalog, CatalogRoutine, CatalogTable } from '../../googlesql/catalog.ts'
import type { Target } from '../../googlesql/target.ts'

/**
 * A catalog that notes the names which were asked for and are not in it: only if DuckDB has one of them is it worth to read
 * the whole catalog anew.
 */
export class MissedNames implements Catalog {
  readonly #catalog: Catalog
  readonly tablesMissed: Target[] = []
  readonly routinesMissed: Target[] = []
  readonly datasetsMissed: Pick<Target, 'database' | 'schema'>[] = []

  constructor(catalog: Catalog) {
    this.#catalog = catalog
  }

  get version(): string {
    return this.#catalog.version
  }

  table(target: Target): CatalogTable | undefined {
    const found = this.#catalog.table(target)
    if (found === undefined) this.tablesMissed.push(target)
    return found
  }

  spelling(target: Target): string | undefined {
    return this.#catalog.spelling(target)
  }

  routine(target: Target): CatalogRoutine | undefined {
    const found = this.#catalog.routine(target)
    if (found === undefined) this.routinesMissed.push(target)
    return found
  }

  hasDataset(database: string, schema: string): boolean {
    const found = this.#catalog.hasDataset(database, schema)
    if (!found) this.datasetsMissed.push({ database, schema })
    return found
  }

  tables(database: string, schema: string): readonly CatalogTable[] {
    return this.#catalog.tables(database, schema)
  }

  routines(database: string, schema: string): readonly CatalogRoutine[] {
    return this.#catalog.routines(database, schema)
  }

  datasets(database: string): readonly string[] {
    return this.#catalog.datasets(database)
  }
}
