import { fullName } from '../project/target-text.ts'
import type { SettingChange } from './configuration.ts'
import type { DeployReport } from './deploy.ts'
import type { ActionResult } from './invocation.ts'

/** What a person reads of a deployment. */
export function deployText(report: DeployReport): string {
  const { dryRun, repository, repositoryIsNew, files, compiled, commit, invocation } = report
  const lines = [
    `${dryRun ? 'would deploy to' : 'deployed to'} ${repository}${repositoryIsNew ? ' (new)' : ''}`,
    ...files.map(({ path, change }) => `  ${signs[change]} ${path}`),
    ...configurationLines('release', report.release),
    ...configurationLines('workflow', report.workflow),
    ...(compiled
      ? [
          dryRun
            ? '  would be compiled there'
            : `  compiled there${commit === undefined ? '' : ` at ${commit}`}`,
        ]
      : []),
  ]
  if (lines.length === 1) lines.push('  nothing differs')
  if (invocation !== undefined) {
    lines.push(
      `workflow ${invocation.state.toLowerCase()}: ${invocation.name}`,
      ...invocation.actions.map(actionLine),
    )
  }
  return lines.join('\n')
}

const signs = { added: '+', changed: '~', removed: '-' } as const

function configurationLines(what: string, changes: 'new' | readonly SettingChange[]): readonly string[] {
  if (changes === 'new') return [`  + ${what} configuration`]
  return changes.map(
    ({ field, before, after }) =>
      `  ~ ${what} ${field}: ${JSON.stringify(before)} -> ${JSON.stringify(after)}`,
  )
}

function actionLine({ target, state, reason, job, seconds }: ActionResult): string {
  const took = seconds === undefined ? '' : ` in ${seconds.toFixed(1)} s`
  const why = reason === undefined ? '' : `: ${reason}`
  const of = job === undefined ? '' : ` (job ${job})`
  return `  ${state.toLowerCase().padEnd(9)} ${fullName(target)}${took}${why}${of}`
}
