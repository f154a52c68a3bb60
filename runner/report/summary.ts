import {
  type ActionResult,
  type ActionStatus,
  type RunResults,
  statusCounts,
} from '../execute/run-results.ts'
import { Problem } from '../problem.ts'
import { counted, duration, hasWarned } from './progress.ts'

/**
 * What a run did, for people: failures first, the first causes on top, each with what was skipped because of it; then
 * counts, rows and time, and what to type next.
 */
export function runSummary(results: RunResults): string {
  const { actions, status } = results
  if (actions.length === 0) return 'nothing to do'
  const failed = actions.filter((action) => action.status === 'failed')
  return [
    ...failed.map((action) => failureText(action, actions)),
    ...actions.filter(hasWarned).map(warningText),
    countsLine(results),
    nextLine(results, status),
  ]
    .filter((part) => part !== '')
    .join('\n')
}

function failureText(failed: ActionResult, actions: readonly ActionResult[]): string {
  const { error } = failed
  const text =
    error === null
      ? `\`${failed.target.schema}.${failed.target.name}\` failed`
      : new Problem(error.message, {
          file: error.file ?? undefined,
          line: error.line ?? undefined,
          column: error.column ?? undefined,
          ...(error.hint === null ? {} : { hint: error.hint }),
        }).toString()
  const skipped = actions
    .filter(({ skippedBecause }) => skippedBecause === failed.id)
    .map(({ target }) => target.name)
  const named = skipped.slice(0, 5).join(', ')
  const more = skipped.length > 5 ? ` and ${skipped.length - 5} more` : ''
  return skipped.length === 0 ? `error: ${text}` : `error: ${text}\n  skipped because of it: ${named}${more}`
}

const warningText = ({ id, file, warnings }: ActionResult): string =>
  `warning: ${file}: ${warnings.join('; ')}\n  streamform query 'select * from \`${id}\`' shows them`

const words: readonly (readonly [ActionStatus, string])[] = [
  ['succeeded', 'ok'],
  ['failed', 'failed'],
  ['skipped', 'skipped'],
  ['cancelled', 'not run'],
  ['disabled', 'off'],
]

function countsLine({ actions, seconds }: RunResults): string {
  const counts = statusCounts(actions)
  const parts = words.flatMap(([status, word]) => {
    const count = counts.get(status)
    return count === undefined ? [] : [`${counted(count)} ${word}`]
  })
  const warned = actions.filter(hasWarned).length
  if (warned > 0) parts.push(`${counted(warned)} of them with a warning`)
  const rows = actions.reduce((sum, { kind, rows }) => sum + (kind === 'assertion' ? 0 : (rows ?? 0)), 0)
  return `${parts.join(', ')}; ${counted(rows)} ${rows === 1 ? 'row' : 'rows'} written; ${duration(seconds ?? 0)}`
}

function nextLine({ actions, id }: RunResults, status: RunResults['status']): string {
  if (status === 'cancelled') return `stopped: \`streamform resume ${id}\` goes on`
  if (status === 'failed')
    return `when it is put right, \`streamform resume\` runs what is left (${undone(actions)})`
  return ''
}

const undone = (actions: readonly ActionResult[]): string =>
  counted(actions.filter(({ status }) => status !== 'succeeded' && status !== 'disabled').length)
