import { main } from '../../runner/cli.ts'
import type { Ended } from '../commands/temporary-project.ts'

/** The command line in this process, as if called in `folder`: much faster than a process each. */
export async function streamformIn(folder: string, args: readonly string[]): Promise<Ended> {
  let out = ''
  let err = ''
  const code = await main(args, {
    print: (text) => {
      out += `${text}\n`
    },
    note: (text) => {
      err += `${text}\n`
    },
    now: () => new Date(0),
    interactive: false,
    signal: new AbortController().signal,
    environment: {},
    workingFolder: folder,
  })
  return { code, out, err }
}
