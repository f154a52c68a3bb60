import { execFileSync } from 'node:child_process'
import { cpSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import type { CompileOptions } from '../../runner/project/compile/compile.ts'
import type { CompiledGraph } from '../../runner/project/compile/compiled-graph.ts'
import { installOnce } from '../install-once.ts'

const version = '3.0.69'
const root = resolve(import.meta.dirname, '../..')

/**
 * Dataform's own command line (154 MB, so no dependency): installed into `$STREAMFORM_CACHE`, by default
 * `node_modules/.cache/streamform`, where CI asks for it (`STREAMFORM_CI=1`) or `install` is true.
 * @returns its JavaScript file, or undefined where it is not installed
 */
export function dataformCli(install = process.env['STREAMFORM_CI'] === '1'): string | undefined {
  const cache = process.env['STREAMFORM_CACHE'] ?? join(root, 'node_modules/.cache/streamform')
  const folder = join(cache, `dataform-cli-${version}`)
  const file = join(folder, 'node_modules/@dataform/cli/bundle.js')
  if (!install) return existsSync(file) ? file : undefined
  const flags = ['--no-audit', '--no-fund', '--ignore-scripts', '--prefer-offline']
  installOnce(join(folder, 'installed'), () => {
    mkdirSync(folder, { recursive: true })
    writeFileSync(join(folder, 'package.json'), '{"private": true}')
    execFileSync('npm', ['install', ...flags, `@dataform/cli@${version}`], {
      cwd: folder,
      stdio: ['ignore', 'ignore', 'inherit'],
    })
    writeFileSync(join(folder, 'installed'), '')
  })
  return file
}

/** A copy of a project that `dataform` accepts: it wants the core as a real folder in the project's own node_modules. */
export function withCore(project: string): {
  readonly folder: string
  readonly [Symbol.dispose]: () => void
} {
  const folder = mkdtempSync(join(tmpdir(), 'streamform-cli-'))
  cpSync(project, folder, {
    recursive: true,
    filter: (file) => !/\/(?:node_modules|\.git|\.streamform)(?:\/|$)/.test(file.slice(project.length)),
  })
  cpSync(join(root, 'node_modules/@dataform/core'), join(folder, 'node_modules/@dataform/core'), {
    recursive: true,
  })
  if (!existsSync(join(folder, 'package.json')))
    writeFileSync(join(folder, 'package.json'), '{"private": true}')
  return { folder, [Symbol.dispose]: () => rmSync(folder, { recursive: true, force: true }) }
}

/** The graph that `dataform compile --json` prints for a project, also where it has errors. */
export function compileWithCli(
  cli: string,
  project: string,
  { vars, overrides = {} }: CompileOptions,
): CompiledGraph {
  using copy = withCore(project)
  const flags: Readonly<Record<string, string | undefined>> = {
    'default-database': overrides.defaultDatabase,
    'default-schema': overrides.defaultSchema,
    'schema-suffix': overrides.schemaSuffix,
    'database-suffix': overrides.databaseSuffix,
    'table-prefix': overrides.tablePrefix,
    vars:
      vars &&
      Object.entries(vars)
        .map(([key, value]) => `${key}=${value}`)
        .join(','),
  }
  const given = Object.entries(flags).flatMap(([flag, value]) =>
    value === undefined ? [] : [`--${flag}=${value}`],
  )
  return JSON.parse(run(cli, ['compile', copy.folder, '--json', ...given]))
}

function run(cli: string, parameters: readonly string[]): string {
  try {
    return execFileSync(process.execPath, [cli, ...parameters], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'pipe'],
      maxBuffer: 1 << 30,
    })
  } catch (error) {
    // A graph with errors is printed as well; the exit code says that it has some.
    const { stdout, stderr } = error as { readonly stdout: string; readonly stderr: string }
    if (stdout.startsWith('{')) return stdout
    throw new Error(`dataform compile failed: ${stderr}${stdout}`, { cause: error })
  }
}
