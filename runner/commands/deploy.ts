import { defaultEffects } from '../default-effects.ts'
import { cleanTree } from '../deploy/clean-tree.ts'
import { type DeployReport, deploy as deployTree } from '../deploy/deploy.ts'
import { deployText } from '../deploy/deploy-text.ts'
import { openDataform } from '../deploy/service.ts'
import type { Effects } from '../effects.ts'
import { Problem } from '../problem.ts'
import { compile } from '../project/compile/compile.ts'
import { systemClock } from '../warehouse/bigquery/clock.ts'
import { defineCommand, type ProjectOptions } from './command.ts'
import { readProject } from './context.ts'

export interface DeployCommandOptions extends ProjectOptions {
  /** Only tells what would change. */
  readonly dryRun?: boolean | undefined
  /** Starts the workflow afterwards and follows it to its end. */
  readonly run?: boolean | undefined
}

/**
 * Makes hosted Dataform what the project says: its files, a release configuration with its compilation, and a workflow
 * configuration with its schedule. Again, it changes nothing.
 *
 * @throws Problem for a project that does not compile, settings without `deploy`, and what the service refuses
 * @example await deploy({ project: 'shop', dryRun: true }) // { files: [{ path: 'definitions/…', change: 'added' }], … }
 */
export async function deploy(
  options: DeployCommandOptions = {},
  effects: Effects = defaultEffects(),
): Promise<DeployReport> {
  const project = await readProject(options, effects)
  const { deploy: settings } = project.settings
  if (settings === undefined) {
    throw new Problem('streamform.yaml does not say where to deploy to: it has no `deploy`', {
      hint: 'add `deploy:` with `repository` and `region`; docs/deploy.md has an example',
      exitCode: 2,
    })
  }
  const defaultProject = settings.project ?? project.workflow.defaultProject
  if (defaultProject === undefined) {
    throw new Problem('no project is named to deploy to', {
      hint: 'set `deploy: project:` in streamform.yaml, or `defaultProject` in workflow_settings.yaml',
      exitCode: 2,
    })
  }
  const compiled = await compile(project.folder, { signal: effects.signal })
  const tree = await cleanTree(project.folder, compiled, effects.signal)
  const client = await openDataform(settings.endpoint)
  try {
    return await deployTree({
      client,
      project: defaultProject,
      settings,
      tree,
      dryRun: options.dryRun ?? false,
      run: options.run ?? false,
      clock: systemClock,
      signal: effects.signal,
    })
  } finally {
    await client.close()
  }
}

export const command = defineCommand({
  flags: {
    'dry-run': { type: 'boolean', describe: 'only tell what is deployed otherwise' },
    run: { type: 'boolean', describe: 'start the workflow afterwards and follow it to its end' },
  },
  examples: [
    ['deploy --dry-run', 'what would change'],
    ['deploy', 'push, compile there, and set the schedule'],
    ['deploy --run', 'and run it now, action by action'],
  ],
  options: (given): DeployCommandOptions => ({
    project: given.project,
    dryRun: given['dry-run'],
    run: given.run,
  }),
  run: deploy,
  text: (report) => deployText(report),
  failed: ({ invocation }) => invocation !== undefined && invocation.state !== 'SUCCEEDED',
})
