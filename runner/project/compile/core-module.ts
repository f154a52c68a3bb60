import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { Problem } from '../../problem.ts'
import { type WorkflowSettings, workflowSettingsFile } from '../settings/workflow-settings.ts'
import { readYamlFile } from '../settings/yaml-file.ts'

/** Where the compiler is: `@dataform/core` as one file, with its `.proto` files beside it. */
export interface CoreLocation {
  readonly file: string
  readonly version: string
}

/**
 * The `@dataform/core` that a project compiles with: the one installed for it (in its own `node_modules` or one above),
 * else ours.
 * @throws Problem if the project pins a version, in `workflow_settings.yaml` or `package.json`, that is not the one found
 */
export async function findCore(folder: string, workflow: WorkflowSettings): Promise<CoreLocation> {
  const file =
    resolveFrom(join(folder, 'index.js')) ?? createRequire(import.meta.url).resolve('@dataform/core')
  const { version } = readJson(join(dirname(file), 'package.json')) as { readonly version: string }
  const wanted = workflow.dataformCoreVersion
  if (wanted !== undefined && wanted !== version) {
    const settings = await readYamlFile(join(folder, workflowSettingsFile))
    throw new Problem(
      `\`dataformCoreVersion\` is ${wanted}, but the installed @dataform/core is ${version}`,
      {
        ...settings?.placeOf(['dataformCoreVersion']),
        hint: installHint(wanted),
      },
    )
  }
  const pinned = pinnedInPackage(folder)
  if (pinned !== undefined && pinned !== version) {
    throw new Problem(`@dataform/core is pinned to ${pinned}, but the installed one is ${version}`, {
      file: 'package.json',
      hint: installHint(pinned),
    })
  }
  return { file, version }
}

const installHint = (version: string): string => `run \`npm install --save-exact @dataform/core@${version}\``

function resolveFrom(file: string): string | undefined {
  try {
    return createRequire(file).resolve('@dataform/core')
  } catch {
    return undefined
  }
}

/** An exact version only: npm has seen to it that a range holds. */
function pinnedInPackage(folder: string): string | undefined {
  const manifest = readJson(join(folder, 'package.json')) as
    | { readonly dependencies?: Record<string, string>; readonly devDependencies?: Record<string, string> }
    | undefined
  const wanted = manifest?.dependencies?.['@dataform/core'] ?? manifest?.devDependencies?.['@dataform/core']
  return wanted !== undefined && /^\d+\.\d+\.\d+/.test(wanted) ? wanted : undefined
}

function readJson(file: string): unknown {
  try {
    return JSON.parse(readFileSync(file, 'utf8'))
  } catch {
    return undefined
  }
}
