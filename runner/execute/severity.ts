import { nearest } from '../nearest.ts'
import { Problem } from '../problem.ts'
import type { Action } from '../project/compile/compiled-graph.ts'

/** `error`: rows that fail an assertion fail the run; `warn`: they are told, and the run goes on. */
export type Severity = 'error' | 'warn'

const prefix = 'severity:'
const severities: readonly Severity[] = ['error', 'warn']

/**
 * How much it matters if an assertion fails: its tag `severity:warn` or `severity:error`, which is also what it is
 * without one. A tag, because Dataform takes any and a config key of ours would be an error there.
 *
 * @throws Problem for any other tag that begins with `severity:`, and for several
 * @example severityOf({ tags: ['nightly', 'severity:warn'], … }) // 'warn'
 */
export function severityOf(action: Pick<Action, 'tags' | 'fileName' | 'target'>): Severity {
  const given = action.tags.filter((tag) => tag.startsWith(prefix)).map((tag) => tag.slice(prefix.length))
  const unknown = given.find((word) => !(severities as readonly string[]).includes(word))
  if (unknown !== undefined) {
    const meant = nearest(unknown, severities)
    throw new Problem(
      `unknown severity \`${unknown}\` of \`${action.target.name}\`${meant === undefined ? '' : `; did you mean \`${meant}\`?`}`,
      { file: action.fileName, hint: 'tags may say `severity:warn` or `severity:error`' },
    )
  }
  if (new Set(given).size > 1)
    throw new Problem(`\`${action.target.name}\` has two severities: ${given.join(' and ')}`, {
      file: action.fileName,
      hint: 'keep one of its tags',
    })
  return (given[0] as Severity | undefined) ?? 'error'
}
