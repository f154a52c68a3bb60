import { signupsStream } from './signups.ts'
import type { StreamFile } from './stream-file.ts'
import { taxiStream } from './taxi.ts'
import { usersStream } from './users.ts'

const streams: Readonly<Record<string, () => readonly StreamFile[]>> = {
  signups: signupsStream,
  taxi: taxiStream,
  users: usersStream,
}

/**
 * The little stream of a reference project, in the envelope of its source; always the same.
 *
 * @throws Error for a template that has none
 */
export function templateStream(name: string): readonly StreamFile[] {
  const make = Object.hasOwn(streams, name) ? streams[name] : undefined
  if (make === undefined) throw new Error(`no stream for the template ${name}`)
  return make()
}
