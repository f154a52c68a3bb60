import { execFile } from 'node:child_process'
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { onTestFinished } from 'vitest'

const program = join(import.meta.dirname, '..', '..', 'bin', 'streamform.js')

/** A Dataform project in a folder of its own, gone when the test ends. */
export interface TemporaryProject {
  readonly folder: string
  /** Writes files of the project: path and text. */
  write(files: Readonly<Record<string, string>>): void
  /** Runs the command line in it as a process of its own. */
  streamform(...arguments_: readonly string[]): Promise<Ended>
}

export interface Ended {
  readonly code: number
  readonly out: string
  readonly err: string
}

export const workflowSettings = 'defaultProject: proj\ndefaultDataset: ds\ndefaultAssertionDataset: checks\n'

export function temporaryProject(files: Readonly<Record<string, string>> = {}): TemporaryProject {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'streamform-test-')))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  const write = (more: Readonly<Record<string, string>>) => {
    for (const [path, text] of Object.entries(more)) {
      mkdirSync(dirname(join(folder, path)), { recursive: true })
      writeFileSync(join(folder, path), text)
    }
  }
  write({ 'workflow_settings.yaml': workflowSettings, ...files })
  return { folder, write, streamform: (...args) => streamform(folder, args) }
}

/** Runs the command line in a folder. */
export function streamform(folder: string, arguments_: readonly string[]): Promise<Ended> {
  return new Promise((resolve) => {
    execFile(
      process.execPath,
      [program, ...arguments_],
      { cwd: folder, env: { ...process.env, CI: '1', NO_COLOR: '1' }, maxBuffer: 64 << 20 },
      (error, out, err) => resolve({ code: error === null ? 0 : Number(error.code), out, err }),
    )
  })
}
