import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { isDeepStrictEqual } from 'node:util'
import { Problem } from '../problem.ts'
import { type CompiledProject, compile } from '../project/compile/compile.ts'
import { legacySettingsFile, workflowSettingsFile } from '../project/settings/workflow-settings.ts'

/** The files that hosted Dataform gets, by their paths in the repository. */
export type Tree = ReadonlyMap<string, Uint8Array>

/** What Dataform looks into, and where the project's own modules are; of the latter only what can be required. */
const folders: readonly { readonly name: string; readonly takes: RegExp }[] = [
  { name: 'definitions', takes: /./ },
  { name: 'includes', takes: /./ },
  { name: 'macros', takes: /\.(?:js|json)$/ },
]

/**
 * A project as hosted Dataform takes it: definitions, includes, macros, and the settings with the version of the core. No
 * `package.json`: with one, the service would install all that this machine runs on at each compile.
 *
 * @param folder the project's root
 * @throws Problem if the project needs what the tree has not, or is no project of Dataform 3
 */
export async function cleanTree(
  folder: string,
  project: Pick<CompiledProject, 'graph' | 'coreVersion'>,
  signal?: AbortSignal,
): Promise<Tree> {
  const tree = new Map<string, Uint8Array>()
  for (const { name, takes } of folders) {
    for (const path of filesBelow(folder, name)) {
      if (takes.test(path)) tree.set(path, new Uint8Array(readFileSync(join(folder, path))))
    }
  }
  tree.set(workflowSettingsFile, Buffer.from(settingsOf(folder, project.coreVersion)))
  await checkTree(tree, project, signal)
  return tree
}

function filesBelow(folder: string, top: string): readonly string[] {
  let entries: ReturnType<typeof entriesOf>
  try {
    entries = entriesOf(join(folder, top))
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return []
    throw error
  }
  return entries
    .filter(({ name }) => !name.startsWith('.') && name !== 'node_modules')
    .flatMap((entry) => {
      const path = `${top}/${entry.name}`
      return entry.isDirectory() ? filesBelow(folder, path) : [path]
    })
}

const entriesOf = (path: string) => readdirSync(path, { withFileTypes: true })

/** The settings as they are, with the version that the project was compiled with where they name none. */
function settingsOf(folder: string, version: string): string {
  let text: string
  try {
    text = readFileSync(join(folder, workflowSettingsFile), 'utf8')
  } catch (error) {
    throw new Problem(`hosted Dataform is given \`${workflowSettingsFile}\`, and the project has none`, {
      hint: `write it in place of \`${legacySettingsFile}\``,
      cause: error,
      exitCode: 2,
    })
  }
  if (/^dataformCoreVersion\s*:/m.test(text)) return text
  return `dataformCoreVersion: ${version}\n${text}`
}

/** Compiles the very tree: it must come to what the project came to. */
async function checkTree(
  tree: Tree,
  { graph }: Pick<CompiledProject, 'graph'>,
  signal: AbortSignal | undefined,
): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'streamform-deploy-'))
  try {
    writeTree(tree, folder)
    const compiled = await compileTree(folder, signal)
    if (!isDeepStrictEqual(withoutVersion(compiled.graph), withoutVersion(graph)))
      throw new Problem('the files for hosted Dataform compile to something else than the project does', {
        hint: 'does a definition read other files than those of definitions, includes and macros?',
      })
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

/** The project compiles: what fails here is what the tree has not. */
async function compileTree(folder: string, signal: AbortSignal | undefined): Promise<CompiledProject> {
  try {
    return await compile(folder, signal === undefined ? {} : { signal })
  } catch (error) {
    if (!(error instanceof Problem)) throw error
    throw new Problem(`hosted Dataform would not find what the project needs: ${error.message}`, {
      ...error.place,
      cause: error,
      hint: 'what is required must lie below definitions, includes or macros; packages of npm are not deployed',
    })
  }
}

const withoutVersion = (graph: CompiledProject['graph']): unknown =>
  JSON.parse(JSON.stringify({ ...graph, dataformCoreVersion: undefined }))

/** Writes a tree below a folder. */
export function writeTree(tree: Tree, folder: string): void {
  for (const [path, content] of tree) {
    mkdirSync(dirname(join(folder, path)), { recursive: true })
    writeFileSync(join(folder, path), content)
  }
}
