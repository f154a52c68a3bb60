import colors from 'picocolors'
import type { Effects } from '../effects.ts'
import type { RunEvent } from '../execute/execute-run.ts'
import type { ActionResult } from '../execute/run-results.ts'

/**
 * Shows a run as it goes: a line for each action that ends, and on a terminal, below them, what is under way.
 *
 * @example executeRun(warehouse, { …, onEvent: progressReporter(effects) })
 */
export function progressReporter(effects: Effects): (event: RunEvent) => void {
  const paint = colors.createColors(effects.interactive)
  const running = new Map<string, string>()
  let total = 0
  let ended = 0
  const status = () => {
    const names = [...running.values()]
    const few = names.slice(0, 3).join(', ')
    const more = names.length > 3 ? ` and ${names.length - 3} more` : ''
    effects.status?.(names.length === 0 ? '' : `${ended}/${total} done, running ${few}${more}`)
  }
  return (event) => {
    switch (event.type) {
      case 'begin':
        total = event.total
        return
      case 'start':
        running.set(event.action.id, event.action.target.name)
        break
      case 'retry':
        effects.note(`${paint.yellow('again')}    ${event.action.target.name}: ${messageOf(event.error)}`)
        break
      case 'end':
        running.delete(event.result.id)
        ended += 1
        if (worthALine(event.result))
          effects.note(progressLine(event.result, paint, String(total).length, ended, total))
        // An assertion's own is told in the summary, with how to see its rows.
        for (const warning of hasWarned(event.result) ? [] : event.result.warnings)
          effects.note(`${paint.yellow('warning')}  ${event.result.file}: ${warning}`)
        break
    }
    status()
  }
}

/** What is skipped is told once, in the summary. */
const worthALine = ({ status }: ActionResult): boolean => status !== 'skipped' && status !== 'cancelled'

function progressLine(
  result: ActionResult,
  paint: Colors,
  width: number,
  ended: number,
  total: number,
): string {
  const { status, deed, target, rows } = result
  const word =
    status === 'failed'
      ? paint.red('failed ')
      : status === 'disabled'
        ? 'off    '
        : hasWarned(result)
          ? paint.yellow('warned ')
          : paint.green('ok     ')
  const place = paint.dim(`${String(ended).padStart(width)}/${total}`)
  const what = [
    (deed ?? '').padEnd(9),
    `${target.schema}.${target.name}`,
    rows === null
      ? ''
      : result.kind === 'assertion'
        ? rows === 0
          ? ''
          : `${rows} failing`
        : `${counted(rows)} ${rows === 1 ? 'row' : 'rows'}`,
    paint.dim(duration(result.seconds ?? 0)),
  ]
  return `${place} ${word} ${what.filter((part) => part !== '').join('  ')}`
}

/** An assertion of the severity `warn` that rows fail. */
export const hasWarned = ({ kind, status, rows }: ActionResult): boolean =>
  kind === 'assertion' && status === 'succeeded' && rows !== null && rows > 0

type Colors = ReturnType<typeof colors.createColors>

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error))

/** @example counted(1234567) // '1,234,567' */
export const counted = (count: number): string => english.format(count)

/** Made once: `toLocaleString` would make one for each number. */
const english = new Intl.NumberFormat('en-US')

/** @example duration(0.042) // '42 ms' */
export const duration = (seconds: number): string =>
  seconds < 1
    ? `${Math.round(seconds * 1000)} ms`
    : seconds < 60
      ? `${seconds.toFixed(1)} s`
      : `${Math.floor(seconds / 60)} min ${Math.round(seconds % 60)} s`
