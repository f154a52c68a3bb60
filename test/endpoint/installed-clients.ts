import { execFileSync } from 'node:child_process'
import { existsSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'

const root = resolve(import.meta.dirname, '../..')
const cache = process.env['STREAMFORM_CACHE'] ?? join(root, 'node_modules/.cache/streamform')
const mayInstall = process.env['STREAMFORM_CI'] === '1'

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
