import type { SqlType } from '../types/type.ts'

/**
 * How the compiler calls this table for what is no plain call (so the table must have entries of these names):
 *
 * - Operators: `+ - * / || = <> < <= > >= & | ^ << >> ~ NOT AND OR LIKE` (`-` and `+` also with one argument; `!=` is `<>`;
 *   AND and OR with any number of arguments); `IN` (x, then the list), `IN UNNEST` (x, array), `BETWEEN` (x, low, high),
 *   `IS DISTINCT FROM`, `LIKE ANY` and `LIKE ALL` (x, then the patterns), `LIKE ANY UNNEST`, `LIKE ALL UNNEST`. Their
 *   negations, IS NULL / TRUE / FALSE, CASE, struct fields and struct or array constructors are the compiler's own.
 * - Subscripts: `[]` (array or JSON, index or key), `[OFFSET]`, `[ORDINAL]`, `[SAFE_OFFSET]`, `[SAFE_ORDINAL]`; a JSON
 *   value's field `j.name` is `[]` with the name as a STRING literal.
 * - `INTERVAL n PART` among arguments becomes two arguments, INT64 and date part, where a signature has a date part after
 *   an INT64 (`DATE_ADD(date, INT64, part)`); elsewhere it is a call of `INTERVAL` (INT64 or STRING, date part), where the
 *   part may be `YEAR TO MONTH`. `EXTRACT(part FROM x AT TIME ZONE z)` is `EXTRACT` (part, x, z).
 * - CAST is `lowerCast(sql, from, to, options)` of `functions/cast.ts`.
 * - An aggregate's, navigation's or numbering function's `lower` gives the whole text, with `OVER …` when
 *   `call.aggregate.over` is set: that is the window as DuckDB SQL in its parentheses.
 */

/**
 * The function table's form. One file a family beside this one (`string.ts`, `date.ts`, `aggregate.ts` …), each a list
 * of `FunctionEntry`; `index.ts` joins them. The resolver chooses a signature by the types of the arguments; lowering
 * calls its `lower` with the arguments' DuckDB SQL, already cast to the parameter types that were chosen.
 */
export interface FunctionEntry {
  /** Upper case, with its prefix if it has one: `SAFE_DIVIDE`, `NET.HOST`. Operators by their sign: `+`, `||`, `LIKE`. */
  readonly name: string
  readonly kind: 'operator' | 'scalar' | 'aggregate' | 'navigation' | 'numbering' | 'table'
  /** The page of BigQuery's reference that defines it: `mathematical_functions#safe_divide`. */
  readonly page: string
  readonly signatures: readonly Signature[]
  /** Set: the function is BigQuery's but has no right answer here, and this is why. Calls are refused. */
  readonly refused?: string
  /** Aggregates: which of the clauses BigQuery allows in the call. */
  readonly clauses?: {
    readonly distinct?: boolean
    readonly nulls?: boolean
    readonly orderBy?: boolean
    readonly limit?: boolean
    readonly having?: boolean
    /** May be called with OVER; a frame is allowed unless this says `no frame`. */
    readonly over?: boolean | 'no frame'
  }
}

export interface Signature {
  readonly parameters: readonly Parameter[]
  /** The result's type; a function of the arguments' types (after coercion) where it depends on them. */
  readonly result: SqlType | ((args: readonly SqlType[], literals: Call['literals']) => SqlType)
  /**
   * Asked after the parameters matched, with the arguments' types after coercion; false: this signature does not fit
   * (`=` of GEOGRAPHY, MIN of an ARRAY). Absent: it fits.
   */
  readonly accepts?: (args: readonly SqlType[]) => boolean
  /** BigQuery takes such calls by converting the arguments: its messages do not list it. */
  readonly unlisted?: true
  /** Set: BigQuery has this signature and it is refused here, for this reason (the other signatures may do). */
  readonly refused?: string
  /** DuckDB SQL of the call. NULL in, errors and results must be BigQuery's. */
  readonly lower: (args: readonly string[], call: Call) => string
}

export interface Parameter {
  /** A type; a template (`T1`, `ARRAY<T1>` …) that unifies over the call; or a predicate over types. */
  readonly type: SqlType | Template | ((type: SqlType) => boolean)
  /** For named arguments (`name => value`) and messages. */
  readonly name?: string
  /** May be left out; where a later one is given by name, `lower` gets '' for it (an explicit NULL is NULL). */
  readonly optional?: boolean
  /** Last parameter, any number of times (none unless preceded by the same one). */
  readonly repeated?: boolean
  /** Must be a literal or a query parameter: its value reaches `lower` through `Call.literals`. */
  readonly literal?: boolean
  /** Must be computed without any column: a JSONPath. */
  readonly constant?: boolean
  /** A date part (DAY, WEEK(MONDAY) …) or another bare word (NFKC), not an expression: `lower` gets its upper-case text. */
  readonly datePart?: boolean
  /**
   * Stands, with the `datePart` parameter after it, for an `INTERVAL n PART` that is written in the call itself
   * (`DATE_ADD(d, INTERVAL 1 DAY)`): the resolver gives `lower` the INT64 and the part as two arguments.
   */
  readonly interval?: boolean
  /** `name => value` is the only way to give it. */
  readonly namedOnly?: boolean
}

export type Template = 'T1' | 'T2' | 'ARRAY<T1>' | 'ARRAY<T2>' | 'RANGE<T1>'

/** What a lowering may need beside the arguments' SQL. */
export interface Call {
  readonly argumentTypes: readonly SqlType[]
  readonly resultType: SqlType
  /** Values of literal arguments by position, date parts by their text; undefined where an argument is no literal. */
  readonly literals: readonly (string | number | bigint | boolean | null | undefined)[]
  /** Called with the SAFE. prefix. The resolver wraps the result so that an error gives NULL; most need not look. */
  readonly safe: boolean
  /** The first argument where it is a member of a JSON value, `j.a[0]`: the value's SQL, cheap to write again, and the way. */
  readonly member?: { readonly value: string; readonly steps: readonly (string | number)[] } | undefined
  /** Aggregates: their clauses, lowered; a signature may take them over (ARRAY_AGG … LIMIT). */
  readonly aggregate?: AggregateClauses
}

export interface AggregateClauses {
  readonly distinct: boolean
  readonly nulls: 'IGNORE' | 'RESPECT' | undefined
  /** `ORDER BY` items as DuckDB SQL with direction and null order; empty if none. */
  readonly orderBy: readonly string[]
  readonly limit: string | undefined
  readonly having: { readonly kind: 'MAX' | 'MIN'; readonly sql: string } | undefined
  /** `FILTER (WHERE …)` is never needed by BigQuery: conditions are in the arguments. */
  readonly over: string | undefined
  /**
   * The first argument where it is nested arithmetic of FLOAT64, in its two forms: `fast` does not look for overflows and
   * is not finite if there was one, `exact` raises.
   */
  readonly arithmetic?: { readonly fast: string; readonly exact: string } | undefined
}
