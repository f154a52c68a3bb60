import { isDeepStrictEqual } from 'node:util'
import type { DeploySettings } from '../project/settings/deploy-settings.ts'
import type { ReleaseConfig, WorkflowConfig } from './service.ts'

/** A setting of a configuration that is not as it should be. */
export interface SettingChange {
  /** The field, as the API's update mask names it. */
  readonly field: string
  readonly before: unknown
  readonly after: unknown
}

/** The branch that commits go to. */
const branch = 'main'

export const repositoryName = (project: string, { region, repository }: DeploySettings): string =>
  `projects/${project}/locations/${region}/repositories/${repository}`

/** The release configuration as it should be; its live compilation is set apart. */
export function wantedRelease(repository: string, settings: DeploySettings): ReleaseConfig {
  return {
    name: `${repository}/releaseConfigs/${settings.release}`,
    gitCommitish: branch,
    cronSchedule: settings.releaseSchedule ?? '',
    // Without a schedule there is none to be in a zone.
    timeZone: settings.releaseSchedule === undefined ? '' : settings.timeZone,
  }
}

/** The workflow configuration as it should be. */
export function wantedWorkflow(repository: string, settings: DeploySettings): WorkflowConfig {
  return {
    name: `${repository}/workflowConfigs/${settings.release}`,
    releaseConfig: `${repository}/releaseConfigs/${settings.release}`,
    invocationConfig: {
      includedTags: [...settings.tags],
      transitiveDependenciesIncluded: settings.tags.length > 0,
      serviceAccount: settings.serviceAccount ?? '',
    },
    cronSchedule: settings.schedule ?? '',
    timeZone: settings.schedule === undefined ? '' : settings.timeZone,
  }
}

const releaseFields = ['gitCommitish', 'cronSchedule', 'timeZone'] as const
const workflowFields = ['releaseConfig', 'invocationConfig', 'cronSchedule', 'timeZone'] as const
const invocationFields = ['includedTags', 'transitiveDependenciesIncluded', 'serviceAccount'] as const

export const releaseChanges = (present: ReleaseConfig, wanted: ReleaseConfig): readonly SettingChange[] =>
  changes(releaseFields, present, wanted)

/** Of the invocation only what is ours to say: targets that somebody chose in the console are told as a change too. */
export const workflowChanges = (present: WorkflowConfig, wanted: WorkflowConfig): readonly SettingChange[] =>
  changes(
    workflowFields,
    { ...present, invocationConfig: plainInvocation(present.invocationConfig) },
    { ...wanted, invocationConfig: plainInvocation(wanted.invocationConfig) },
  )

type Invocation = NonNullable<WorkflowConfig['invocationConfig']>

function plainInvocation(given: Invocation | null | undefined): Invocation {
  const found = Object.fromEntries(
    invocationFields.map((field) => [field, given?.[field] ?? emptyOf(field)] as const),
  )
  return {
    ...found,
    includedTargets: given?.includedTargets ?? [],
    transitiveDependentsIncluded: given?.transitiveDependentsIncluded ?? false,
    fullyRefreshIncrementalTablesEnabled: given?.fullyRefreshIncrementalTablesEnabled ?? false,
  }
}

const emptyOf = (field: (typeof invocationFields)[number]): unknown =>
  field === 'includedTags' ? [] : field === 'serviceAccount' ? '' : false

function changes<Thing extends object>(
  fields: readonly (keyof Thing & string)[],
  present: Thing,
  wanted: Thing,
): readonly SettingChange[] {
  return fields.flatMap((field) => {
    const [before, after] = [present[field] ?? '', wanted[field] ?? '']
    return isDeepStrictEqual(before, after) ? [] : [{ field: snakeCase(field), before, after }]
  })
}

const snakeCase = (name: string): string => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)
