import { main } from '../../runner/cli.ts'
import type { Effects } from '../../runner/effects.ts'
import type { Ended } from '../commands/temporary-project.ts'

/** Effects of a call in `folder` that say nothing, with a clock that stands. */
export const quietEffects = (folder: string): Effects => ({
  print: () => {},
  note: () => {},
  now: () => new Date('2024-06-02T00:00:00Z'),
  interactive: false,
  signal: new AbortController().signal,
  environment: {},
  workingFolder: folder,
})

/** The command line in this process, as if called in `folder`: much faster than a process each. */
export async function streamformIn(folder: string, args: readonly string[]): Promise<Ended> {
  let out = ''
  let err = ''
  const code = await main(args, {
    ...quietEffects(folder),
    print: (text) => {
      out += `${text}\n`
    },
    note: (text) => {
      err += `${text}\n`
    },
  })
  return { code, out, err }
}
