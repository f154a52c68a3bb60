import type { Effects } from './effects.ts'

/**
 * The real effects: the console, the clock and this process. A library call uses them where it is given none; its
 * signal is never aborted then.
 */
export function defaultEffects(signal: AbortSignal = new AbortController().signal): Effects {
  return {
    print: (text) => process.stdout.write(`${text}\n`),
    note: (text) => process.stderr.write(`${text}\n`),
    now: () => new Date(),
    interactive: process.stderr.isTTY === true && process.env['CI'] === undefined,
    signal,
    environment: process.env,
    workingFolder: process.cwd(),
  }
}

/**
 * A signal that the first Ctrl-C (or termination) aborts; the second ends the process at once, for a person who will
 * not wait for the statements under way.
 */
export function interruptSignal(note: (text: string) => void): {
  readonly signal: AbortSignal
  readonly release: () => void
} {
  const controller = new AbortController()
  const interrupt = (name: 'SIGINT' | 'SIGTERM') => {
    if (controller.signal.aborted) process.exit(name === 'SIGINT' ? 130 : 143)
    note('stopping: what is under way is cancelled (once more to end at once)')
    controller.abort(new Error('interrupted'))
  }
  process.on('SIGINT', interrupt)
  process.on('SIGTERM', interrupt)
  return {
    signal: controller.signal,
    release() {
      process.off('SIGINT', interrupt)
      process.off('SIGTERM', interrupt)
    },
  }
}
