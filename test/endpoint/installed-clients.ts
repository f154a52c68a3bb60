import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join, resolve } from 'node:path'

const root = resolve(import.meta.dirname, '../..')
const cache = process.env['STREAMFORM_CACHE'] ?? join(root, 'node_modules/.cache/streamform')
const mayInstall = process.env['STREAMFORM_CI'] === '1'

/**
 * Google's own client for Node, installed beside Dataform's command line (test/project/dataform-cli.ts says when).
 * @returns the module, or undefined where it is not installed
 */
// biome-ignore lint/suspicious/noExplicitAny: a foreign module that is not among our types
export function nodeClient(version = '9.3.0'): any {
  const folder = join(cache, `bigquery-node-${version}`)
  const file = join(folder, 'node_modules/@google-cloud/bigquery/package.json')
  if (!existsSync(file)) {
    if (!mayInstall) return undefined
    mkdirSync(folder, { recursive: true })
    writeFileSync(join(folder, 'package.json'), '{"private": true}')
    const flags = ['--no-audit', '--no-fund', '--ignore-scripts', '--prefer-offline']
    execFileSync('npm', ['install', ...flags, `@google-cloud/bigquery@${version}`], {
      cwd: folder,
      stdio: ['ignore', 'ignore', 'inherit'],
    })
  }
  return createRequire(file)('@google-cloud/bigquery')
}

/**
 * A Python that has packages, in an environment of its own.
 *
 * @param name the environment's folder in the cache
 * @returns its folder of programs, or undefined where it is not installed
 */
export function pythonWith(
  name: string,
  packages: readonly string[],
  install = mayInstall,
): string | undefined {
  const folder = join(cache, name)
  const done = join(folder, 'installed')
  if (!existsSync(done)) {
    if (!install) return undefined
    execFileSync('python3', ['-m', 'venv', folder], { stdio: 'inherit' })
    execFileSync(join(folder, 'bin/pip'), ['install', '--quiet', ...packages], { stdio: 'inherit' })
    writeFileSync(done, packages.join('\n'))
  }
  return join(folder, 'bin')
}

export const pythonClient = (): string | undefined =>
  pythonWith('python-bigquery-3.47.0', ['google-cloud-bigquery==3.47.0'])

/** 730 MB, so only where `STREAMFORM_DBT=1` asks for it, or where it is installed already. */
export const dbt = (): string | undefined =>
  pythonWith(
    'python-dbt-1.12.1',
    ['dbt-core==1.10.23', 'dbt-bigquery==1.12.1'],
    process.env['STREAMFORM_DBT'] === '1',
  )
