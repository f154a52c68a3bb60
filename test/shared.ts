import { existsSync } from 'node:fs'
import { join } from 'node:path'

const folder = process.env.STREAMFORM_SHARED ?? join(import.meta.dirname, '..', '..', 'shared')

/**
 * The path of a file of the shared test material (real change files, the real dump, conformance cases), or undefined
 * where this machine has none: tests that need it skip then.
 *
 * @example const dump = shared('data/world_x.sql'); test.skipIf(dump === undefined)('…', …)
 */
export function shared(path: string): string | undefined {
  const file = join(folder, path)
  return existsSync(file) ? file : undefined
}
