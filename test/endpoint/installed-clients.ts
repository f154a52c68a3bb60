import { execFileSync } from 'node:child_process'
import { existsSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { installOnce } from '../install-once.ts'

const root = resolve(import.meta.dirname, '../..')
const cache = process.env['STREAMFORM_CACHE'] ?? join(root, 'node_modules/.cache/streamform')

/** Google's client, dbt, and what reads Parquet and Terraform's files: 750 MB, so no dependencies. */
const packages = [
  'google-cloud-bigquery==3.47.0',
  'dbt-core==1.10.23',
  'dbt-bigquery==1.12.1',
  'pyarrow==21.0.0',
  'python-hcl2==8.1.2',
]

/**
 * The programs of a Python that has all packages which tests need, in one environment of its own.
 *
 * @returns their folder, or undefined where it is not installed: `STREAMFORM_CI=1` installs it
 */
export function python(): string | undefined {
  const folder = join(cache, 'python-1')
  const done = join(folder, 'installed')
  if (!existsSync(done) && process.env['STREAMFORM_CI'] !== '1') return undefined
  installOnce(done, () => {
    execFileSync('python3', ['-m', 'venv', folder], { stdio: 'inherit' })
    // Python compiles what is imported when it is imported, which is little of it.
    const flags = ['--quiet', '--no-compile']
    execFileSync(join(folder, 'bin/pip'), ['install', ...flags, ...packages], { stdio: 'inherit' })
    writeFileSync(done, packages.join('\n'))
  })
  return join(folder, 'bin')
}
