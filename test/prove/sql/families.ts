import { bent } from './bends.ts'
import { castFormats } from './cast-formats.ts'
import { changes } from './changes.ts'
import { compositions } from './compositions.ts'
import { formats } from './formats.ts'
import { type Grammar, grammarQuery } from './grammar.ts'
import { groups } from './groups.ts'
import { joins } from './joins.ts'
import { nestedValues } from './nested-values.ts'
import { parametrized } from './parameters.ts'
import { pipes } from './pipes.ts'
import { plainValues } from './plain-values.ts'
import type { Query } from './query.ts'
import type { Random } from './random.ts'
import { sets } from './sets.ts'
import { subqueries } from './subqueries.ts'
import { times } from './times.ts'
import { windows } from './windows.ts'
import { wrongClauses } from './wrong-clauses.ts'
import { wrongSets } from './wrong-sets.ts'
import { wrongStatements } from './wrong-statements.ts'
import { wrongStructs } from './wrong-structs.ts'
import { wrongValues } from './wrong-values.ts'
import { wrongWindows } from './wrong-windows.ts'

const grammars: Readonly<Record<string, Grammar>> = {
  ...{ castFormats, changes, compositions, formats, groups, joins, nestedValues, pipes, plainValues },
  ...{ sets, subqueries, times, windows },
}

const mistakes: readonly Grammar[] = [
  wrongClauses,
  wrongSets,
  wrongStatements,
  wrongStructs,
  wrongValues,
  wrongWindows,
]

/** A table of ours keeps an empty array for a NULL, the reference implementation's a NULL: bent, a change would show it. */
const bendable = Object.values(grammars).filter((grammar) => grammar !== changes)

/** Rows that each table has at least: of sets of keys over no rows the reference implementation leaves out the row of (). */
const fewest: Readonly<Record<string, number>> = { groups: 1, pipes: 1 }

/**
 * Queries that a person got wrong, or nearly so: a right one of any grammar bent, and mistakes of their own.
 * Left out is what one has and the other has not: graphs, braces, lambdas, elements of arrays that UPDATE sets, and
 * PERCENTILE_CONT without OVER in the reference implementation; BIGINT and INTEGER, @@time_zone, NULL || x, SAFE_CAST that
 * forgives a value too long for its type, and tables that need a dataset in BigQuery.
 */
export function wrongQuery(random: Random): Query {
  const query = random.chance(0.4)
    ? grammarQuery(random, random.pick(mistakes), 1)
    : grammarQuery(random, random.pick(bendable), 1, bent)
  return { ...query, ordered: false, bent: true }
}

/** Families of queries by name. */
export const families: Readonly<Record<string, (random: Random) => Query>> = {
  ...Object.fromEntries(
    Object.entries(grammars).map(([name, grammar]) => [
      name,
      (random: Random) => grammarQuery(random, grammar, fewest[name]),
    ]),
  ),
  parametrized,
}
