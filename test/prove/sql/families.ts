import { castFormats } from './cast-formats.ts'
import { changes } from './changes.ts'
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

const grammars: Readonly<Record<string, Grammar>> = {
  ...{ castFormats, changes, formats, groups, joins, nestedValues, pipes, plainValues },
  ...{ sets, subqueries, times, windows },
}

/** Rows that each table has at least: of sets of keys over no rows the reference implementation leaves out the row of (). */
const fewest: Readonly<Record<string, number>> = { groups: 1, pipes: 1 }

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
