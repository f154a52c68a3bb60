import { existsSync, mkdirSync, rmSync, statSync } from 'node:fs'
import { dirname } from 'node:path'

/** Longer than any installation takes: a lock as old is one of a process that died. */
const longest = 10 * 60_000

/**
 * Installs something that tests need, once, however many of them ask for it at the same time: the others wait.
 *
 * @param done a file that is there when it is installed
 */
export function installOnce(done: string, install: () => void): void {
  const lock = `${dirname(done)}.lock`
  mkdirSync(dirname(lock), { recursive: true })
  for (;;) {
    if (existsSync(lock) && Date.now() - statSync(lock).mtimeMs > longest) rmSync(lock, { recursive: true })
    if (existsSync(done) && !existsSync(lock)) return
    if (!taken(lock)) {
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 200)
      continue
    }
    try {
      if (!existsSync(done)) install()
    } finally {
      rmSync(lock, { recursive: true })
    }
  }
}

function taken(lock: string): boolean {
  try {
    mkdirSync(lock)
    return true
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false
    throw error
  }
}
