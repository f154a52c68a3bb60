import { Problem, throwProblems } from '../../problem.ts'
import type { Action } from '../compile/compiled-graph.ts'
import { type Settings, settingsFile } from './settings.ts'

const externalTable = /\bCREATE\s+(?:OR\s+REPLACE\s+)?EXTERNAL\s+TABLE\b/i

/** Raw tables are `<database>_raw.<table>`. */
const isRaw = ({ canonicalTarget }: Action): boolean => canonicalTarget.schema.endsWith('_raw')

/** Actions that let BigQuery read the change files where they are (macros/external-landing.js). */
const readsFiles = (action: Action): boolean =>
  isRaw(action) && action.queries.some((query) => externalTable.test(query))

/**
 * Whether a project's actions fit `landing.kind`: raw tables are filled by the loader, or read from files by external tables,
 * never by both.
 *
 * @throws Problem or Problems (exit code 2) with every action that does not
 */
export function checkLanding({ landing }: Settings, actions: readonly Action[]): void {
  const external = actions.filter(readsFiles)
  if (landing.kind === 'loader') {
    throwProblems(
      external.map(({ fileName, id }) =>
        contradiction(
          fileName,
          `${id} reads the change files by an external table, and \`landing.kind\` is \`loader\``,
          'set `landing.kind: external` in streamform.yaml, or take the action away',
        ),
      ),
    )
    return
  }
  if (external.length === 0)
    throw contradiction(
      settingsFile,
      '`landing.kind` is `external`, and no action of a `…_raw` dataset makes an external table over the change files',
      'docs/deploy.md has the actions; or set `landing.kind: loader`',
    )
  throwProblems(
    actions
      .filter((action) => action.kind === 'declaration' && isRaw(action))
      .map(({ fileName, id }) =>
        contradiction(
          fileName,
          `${id} is declared as a table that the loader fills, and \`landing.kind\` is \`external\``,
          'make it a view with `rawEvents` (docs/deploy.md), or set `landing.kind: loader`',
        ),
      ),
  )
}

const contradiction = (file: string, message: string, hint: string): Problem =>
  new Problem(message, { file, hint, exitCode: 2 })

/** @throws Problem (exit code 2) for a loader where there is none */
export function checkLoader({ landing }: Settings): void {
  if (landing.kind === 'external')
    throw contradiction(
      settingsFile,
      '`landing.kind` is `external`: the project’s own actions read the change files, and there is nothing to land',
      'run `streamform run`, or set `landing.kind: loader`',
    )
}
