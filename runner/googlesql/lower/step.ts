/** One statement of DuckDB. */
export interface Step {
  readonly sql: string
  /** What its result is: the statement's rows, the number of rows it touched (those of all steps are added up), or nothing of interest. */
  readonly gives: 'rows' | 'count' | 'nothing'
}

export function nothing(sql: string): Step {
  return { sql, gives: 'nothing' }
}

export function count(sql: string): Step {
  return { sql, gives: 'count' }
}
