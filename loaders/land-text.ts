import type { LandReport, MisfitReport } from './landing/land-report.ts'
import { printable } from './printable.ts'
import { shortReason } from './short-reason.ts'

const shown = 20

/** A landing's report for people: what landed, what did not and why, and what to type next. */
export function landText(report: LandReport): string {
  return [...headline(report), ...tables(report), ...trouble(report)].join('\n')
}

function headline(report: LandReport): string[] {
  const { dryRun, landed, rows, bytes, alreadyLanded } = report
  const before = alreadyLanded === 0 ? '' : `; ${count(alreadyLanded, 'file')} had landed before`
  if (dryRun) return [`would land ${count(landed, 'file')} (${size(bytes)})${before}`]
  const others = [report.quarantined, report.changed, report.unfetched, report.skipped]
  if (landed === 0)
    return [`${others.flat().length === 0 ? 'nothing new to land' : 'nothing landed'}${before}`]
  return [`landed ${count(rows, 'event')} of ${count(landed, 'file')} (${size(bytes)})${before}`]
}

function tables({ tables: landed }: LandReport): string[] {
  const width = Math.max(0, ...landed.map(({ table }) => table.length))
  return landed.map(({ table, files, rows, deadLetters }) => {
    const letters = deadLetters === 0 ? '' : `, ${count(deadLetters, 'dead letter')}`
    return `  ${table.padEnd(width)}  ${count(rows, 'event')} of ${count(files, 'file')}${letters}`
  })
}

function trouble(report: LandReport): string[] {
  const { late, quarantined, stillQuarantined, changed, deadLetters, ignored, skipped } = report
  return [
    ...listed(
      late,
      `${count(late.length, 'file')} came late, into a minute folder older than one that had landed:`,
    ),
    ...listed(skipped.map(line), `${count(skipped.length, 'object')} skipped, no change files:`),
    ...listed(
      changed.map(line),
      `${count(changed.length, 'file')} changed while being read; \`streamform land\` again takes them:`,
    ),
    ...listed(
      report.unfetched.map(line),
      `${count(report.unfetched.length, 'file')} could not be fetched; \`streamform land\` tries again:`,
    ),
    ...(ignored === 0 ? [] : [`${count(ignored, 'message')} changed no row: tombstones, control records`]),
    ...listed(
      report.misfits.map(misfit),
      `${count(deadLetters, 'event')} did not fit and ${deadLetters === 1 ? 'waits as a dead letter' : 'wait as dead letters'} (\`streamform dead-letters list\`):`,
    ),
    ...listed(
      quarantined.map(line),
      `${count(quarantined.length, 'file')} cannot be read; none of their events landed (\`streamform files retry\` tries again, with --salvage what can be read of them lands):`,
    ),
    ...(stillQuarantined === 0
      ? []
      : [
          `${count(stillQuarantined, 'file')} in quarantine from before: \`streamform files list --status quarantined\` says why, \`streamform files retry --salvage\` lands what can be read`,
        ]),
  ]
}

/** `30 of shop_raw.item, payload.mail: …` */
const misfit = ({ table, column, reason, events }: MisfitReport): string =>
  `${events.toLocaleString('en-US')} of ${table}${column === null ? '' : `, ${column}`}: ${reason}`

const line = ({ file, reason }: { readonly file: string; readonly reason: string }): string =>
  `${file}: ${reason}`

function listed(lines: readonly string[], title: string): string[] {
  if (lines.length === 0) return []
  const more = lines.length > shown ? [`  … and ${lines.length - shown} more (--json lists all)`] : []
  return [title, ...lines.slice(0, shown).map((text) => `  ${printable(shortReason(text))}`), ...more]
}

function count(many: number, what: string): string {
  return `${many.toLocaleString('en-US')} ${what}${many === 1 ? '' : 's'}`
}

function size(bytes: number): string {
  const units = ['bytes', 'kB', 'MB', 'GB', 'TB']
  let value = bytes
  let unit = 0
  while (value >= 1000 && unit < units.length - 1) {
    value /= 1000
    unit++
  }
  return `${unit === 0 ? value : value.toFixed(value < 10 ? 1 : 0)} ${units[unit]}`
}
