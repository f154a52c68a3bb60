import { join } from 'node:path'
import { z } from 'zod'
import { check } from '../compile/check.ts'
import { readYamlFile } from './yaml-file.ts'

/** What the runner needs of a Dataform project's own settings without compiling it; undefined: not given. */
export interface WorkflowSettings {
  readonly defaultProject: string | undefined
  readonly defaultDataset: string | undefined
  readonly defaultAssertionDataset: string | undefined
  readonly defaultLocation: string | undefined
  /** The version of `@dataform/core` that the project pins here rather than in its package.json. */
  readonly dataformCoreVersion: string | undefined
}

export const workflowSettingsFile = 'workflow_settings.yaml'
/** The settings file of Dataform before version 3; JSON, which is YAML too. */
export const legacySettingsFile = 'dataform.json'

const text = z.string().describe('text').optional()

// Only the keys read here, and `vars`, of which Dataform does not say which is wrong; its compiler checks the rest and
// refuses unknown ones.
const currentSchema = z
  .looseObject({
    defaultProject: text,
    defaultDataset: text,
    defaultAssertionDataset: text,
    defaultLocation: text,
    dataformCoreVersion: text,
    vars: z.record(z.string(), z.string().describe('text')).describe('keys and their values').optional(),
  })
  .describe('keys and their values')

const legacySchema = z
  .looseObject({ defaultDatabase: text, defaultSchema: text, assertionSchema: text, defaultLocation: text })
  .describe('keys and their values')

/**
 * Reads `workflow_settings.yaml`, or the older `dataform.json`, of a project's folder.
 * @throws Problem with line and column for text that is not YAML and values of the wrong type
 */
export async function readWorkflowSettings(folder: string): Promise<WorkflowSettings> {
  const current = await readYamlFile(join(folder, workflowSettingsFile))
  if (current !== undefined) {
    const given = check(currentSchema, current)
    return {
      defaultProject: given.defaultProject,
      defaultDataset: given.defaultDataset,
      defaultAssertionDataset: given.defaultAssertionDataset,
      defaultLocation: given.defaultLocation,
      dataformCoreVersion: given.dataformCoreVersion,
    }
  }
  const legacy = check(legacySchema, await readYamlFile(join(folder, legacySettingsFile)))
  return {
    defaultProject: legacy.defaultDatabase,
    defaultDataset: legacy.defaultSchema,
    defaultAssertionDataset: legacy.assertionSchema,
    defaultLocation: legacy.defaultLocation,
    dataformCoreVersion: undefined,
  }
}
