import { Problem, throwProblems } from '../problem.ts'
import type { DeploySettings } from '../project/settings/deploy-settings.ts'
import type { Clock } from '../warehouse/bigquery/clock.ts'
import type { Tree } from './clean-tree.ts'
import {
  releaseChanges,
  repositoryName,
  type SettingChange,
  wantedRelease,
  wantedWorkflow,
  workflowChanges,
} from './configuration.ts'
import { type InvocationResult, runWorkflow } from './invocation.ts'
import {
  commitFiles,
  type FileChange,
  fileChanges,
  type RepositoryHead,
  readHead,
} from './repository-files.ts'
import {
  type CompilationResult,
  type DataformClient,
  type ReleaseConfig,
  type Repository,
  serviceProblem,
  unlessMissing,
  type WorkflowConfig,
} from './service.ts'

export interface DeployOptions {
  readonly client: DataformClient
  /** The project of names that give none. */
  readonly project: string
  readonly settings: DeploySettings
  readonly tree: Tree
  /** Only tells what would change. */
  readonly dryRun: boolean
  /** Starts the workflow afterwards and follows it to its end. */
  readonly run: boolean
  readonly clock: Clock
  readonly signal: AbortSignal
}

/** What is deployed against what should be, or what has been done about it. */
export interface DeployReport {
  readonly dryRun: boolean
  /** `projects/…/locations/…/repositories/…` */
  readonly repository: string
  readonly repositoryIsNew: boolean
  readonly files: readonly FileChange[]
  /** 'new', or what is not as it should be. */
  readonly release: 'new' | readonly SettingChange[]
  readonly workflow: 'new' | readonly SettingChange[]
  /** True if the release is to be, or was, compiled anew. */
  readonly compiled: boolean
  /** The repository's head afterwards; undefined: nothing is committed. */
  readonly commit: string | undefined
  readonly invocation: InvocationResult | undefined
}

interface Deployed {
  readonly repository: Repository | undefined
  readonly head: RepositoryHead
  readonly release: ReleaseConfig | undefined
  readonly workflow: WorkflowConfig | undefined
  /** The compilation that workflows run. */
  readonly live: CompilationResult | undefined
}

/**
 * Makes hosted Dataform what the settings and the tree say: repository, files, release with its compilation, workflow. What is
 * as it should be is left alone, so that a deployment that broke off is ended by the next.
 *
 * @throws Problem for a repository that is connected to another git, for what does not compile there, and for what the service refuses
 */
export async function deploy(options: DeployOptions): Promise<DeployReport> {
  const { client, settings, tree, dryRun } = options
  const name = repositoryName(settings.project ?? options.project, settings)
  const deployed = await telling('read what is deployed', () => readDeployed(client, name, settings))
  checkRemote(deployed.repository)
  const release = wantedRelease(name, settings)
  const workflow = wantedWorkflow(name, settings)
  const files = fileChanges(deployed.head.files, tree)
  const releaseIs = deployed.release === undefined ? 'new' : releaseChanges(deployed.release, release)
  const workflowIs = deployed.workflow === undefined ? 'new' : workflowChanges(deployed.workflow, workflow)
  const isStale =
    files.length > 0 ||
    releaseIs === 'new' ||
    releaseIs.some(({ field }) => field === 'git_commitish') ||
    deployed.live?.resolvedGitCommitSha !== deployed.head.commit
  const report: DeployReport = {
    dryRun,
    repository: name,
    repositoryIsNew: deployed.repository === undefined,
    files,
    release: releaseIs,
    workflow: workflowIs,
    compiled: isStale,
    commit: deployed.head.commit,
    invocation: undefined,
  }
  if (dryRun) return report
  if (deployed.repository === undefined)
    await telling('create the repository', () => createRepository(options, name))
  const commit =
    files.length === 0
      ? deployed.head.commit
      : await telling('commit', () => commitFiles(client, name, deployed.head, files, tree))
  await telling('set the release', () => putRelease(client, name, release, releaseIs))
  if (isStale) await telling('compile', () => compileRelease(client, name, release))
  await telling('set the workflow', () => putWorkflow(client, name, workflow, workflowIs))
  const invocation = options.run
    ? await telling('run the workflow', () =>
        runWorkflow(client, name, workflow.name ?? '', options.clock, options.signal),
      )
    : undefined
  return { ...report, commit, invocation }
}

async function telling<Result>(what: string, work: () => Promise<Result>): Promise<Result> {
  try {
    return await work()
  } catch (error) {
    throw serviceProblem(what, error)
  }
}

async function readDeployed(
  client: DataformClient,
  name: string,
  settings: DeploySettings,
): Promise<Deployed> {
  const repository = await unlessMissing(client.getRepository({ name }))
  if (repository === undefined) {
    return {
      repository,
      head: { commit: undefined, files: new Map() },
      release: undefined,
      workflow: undefined,
      live: undefined,
    }
  }
  const [head, release, workflow] = await Promise.all([
    readHead(client, name),
    unlessMissing(client.getReleaseConfig({ name: `${name}/releaseConfigs/${settings.release}` })),
    unlessMissing(client.getWorkflowConfig({ name: `${name}/workflowConfigs/${settings.release}` })),
  ])
  const result = release?.releaseCompilationResult
  const live =
    result === undefined || result === null || result === ''
      ? undefined
      : await unlessMissing(client.getCompilationResult({ name: result }))
  return { repository, head, release, workflow, live }
}

/** Files of a repository with a remote are that remote's: the service takes no commits beside it. */
function checkRemote(repository: Repository | undefined): void {
  const url = repository?.gitRemoteSettings?.url
  if (url === undefined || url === null || url === '') return
  throw new Problem(`the repository is connected to ${url}, which is where its files come from`, {
    hint: 'push there, or name another repository under `deploy: repository:` in streamform.yaml',
  })
}

async function createRepository({ client, settings }: DeployOptions, name: string): Promise<void> {
  await client.createRepository({
    parent: name.replace(/\/repositories\/.*$/, ''),
    repositoryId: settings.repository,
    repository: {
      ...(settings.serviceAccount === undefined ? {} : { serviceAccount: settings.serviceAccount }),
    },
  })
}

async function putRelease(
  client: DataformClient,
  parent: string,
  release: ReleaseConfig,
  changes: 'new' | readonly SettingChange[],
): Promise<void> {
  if (changes === 'new') {
    const releaseConfigId = (release.name ?? '').split('/').at(-1) ?? ''
    await client.createReleaseConfig({ parent, releaseConfigId, releaseConfig: release })
  } else if (changes.length > 0) {
    const paths = changes.map(({ field }) => field)
    await client.updateReleaseConfig({ releaseConfig: release, updateMask: { paths } })
  }
}

async function putWorkflow(
  client: DataformClient,
  parent: string,
  workflow: WorkflowConfig,
  changes: 'new' | readonly SettingChange[],
): Promise<void> {
  if (changes === 'new') {
    const workflowConfigId = (workflow.name ?? '').split('/').at(-1) ?? ''
    await client.createWorkflowConfig({ parent, workflowConfigId, workflowConfig: workflow })
  } else if (changes.length > 0) {
    const paths = changes.map(({ field }) => field)
    await client.updateWorkflowConfig({ workflowConfig: workflow, updateMask: { paths } })
  }
}

/** Compiles what is committed and makes it what workflows run. @throws Problems: what does not compile there; what ran before stays */
async function compileRelease(client: DataformClient, parent: string, release: ReleaseConfig): Promise<void> {
  const [result] = await client.createCompilationResult({
    parent,
    compilationResult: { releaseConfig: release.name ?? '' },
  })
  const errors = result.compilationErrors ?? []
  throwProblems(
    errors.map(
      ({ message, path }) =>
        new Problem(`hosted Dataform does not compile it: ${message ?? ''}`, { file: path || undefined }),
    ),
  )
  await client.updateReleaseConfig({
    releaseConfig: { name: release.name ?? '', releaseCompilationResult: result.name ?? '' },
    updateMask: { paths: ['release_compilation_result'] },
  })
}
