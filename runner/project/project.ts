import { existsSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { Problem } from '../problem.ts'
import { readSettings, type Settings, settingsFile } from './settings/settings.ts'
import {
  legacySettingsFile,
  readWorkflowSettings,
  type WorkflowSettings,
  workflowSettingsFile,
} from './settings/workflow-settings.ts'

/** A Dataform project on disk and what its settings say; nothing of it is compiled yet. */
export interface Project {
  /** Absolute. */
  readonly folder: string
  readonly settings: Settings
  readonly workflow: WorkflowSettings
}

/**
 * The project that the working folder lies in, and its settings.
 * @throws Problem (exit code 2) if there is none, or a settings file is wrong
 */
export async function openProject(workingFolder: string): Promise<Project> {
  const folder = findProjectFolder(workingFolder)
  const [settings, workflow] = await Promise.all([readSettings(folder), readWorkflowSettings(folder)])
  return { folder, settings, workflow }
}

/**
 * The nearest folder, from `workingFolder` upward, that holds `workflow_settings.yaml` (or the older `dataform.json`).
 * A folder that holds only `streamform.yaml` is an error: it was meant to be one.
 */
export function findProjectFolder(workingFolder: string): string {
  const start = resolve(workingFolder)
  for (let folder = start; ; folder = dirname(folder)) {
    if ([workflowSettingsFile, legacySettingsFile].some((name) => existsSync(join(folder, name))))
      return folder
    if (existsSync(join(folder, settingsFile))) {
      throw new Problem(`${folder} holds \`${settingsFile}\` but no \`${workflowSettingsFile}\``, {
        exitCode: 2,
        hint: 'a streamform project is a Dataform project: add `workflow_settings.yaml` with `defaultProject` and `defaultDataset`',
      })
    }
    if (folder === dirname(folder)) break
  }
  throw new Problem(`no \`${workflowSettingsFile}\` in ${start} or any folder above it`, {
    exitCode: 2,
    hint: 'change to the folder of a Dataform project, or make one with `streamform init`',
  })
}
