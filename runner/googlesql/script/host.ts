import type { Catalog, NameDefaults } from '../catalog.ts'
import type { Compiled } from '../compile.ts'
import type { Statement } from '../parse/ast.ts'
import type { Expr } from '../resolve/resolved.ts'
import type { DataExport, QueryParameter, StatementResult } from '../result.ts'
import type { SqlType } from '../types/type.ts'

/** What compiling one statement of a script depends on beside its text. */
export interface Surroundings {
  /** Variables by lower-case name, system variables as `@@name`. */
  readonly variables: ReadonlyMap<string, Expr>
  /** Those of EXECUTE IMMEDIATE; undefined: the call's own. */
  readonly parameters?: readonly QueryParameter[]
  /** Of a procedure's text: where names are looked for. */
  readonly defaults?: NameDefaults
  /** What the query's one column is converted to. */
  readonly as?: SqlType
}

/** A session of a warehouse: compiles and runs single statements, and holds the transaction. */
export interface ScriptHost {
  readonly defaults: NameDefaults
  /** `@@session_id`; undefined outside of a session. */
  readonly id: string | undefined
  catalog(): Promise<Catalog>
  compile(text: string, node: Statement, surroundings: Surroundings): Promise<Compiled>
  /** @param rows `asked`: of the script's result, of which the caller may want the first rows only */
  run(compiled: Compiled, rows: 'all' | 'asked'): Promise<StatementResult>
  /**
   * Writes rows as files; they are asked for when nothing is in the way of writing them.
   *
   * @throws Problem where there is no place for files, or some are there already
   */
  exportRows(
    wanted: DataExport,
    columns: StatementResult['columns'],
    rows: () => Promise<StatementResult['rows']>,
  ): Promise<void>
  /** Notes what the statement would change, without running it. */
  pretend(compiled: Compiled): void
  begin(): Promise<void>
  commit(): Promise<void>
  rollback(): Promise<void>
}
