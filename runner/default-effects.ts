import type { Effects } from './effects.ts'

/**
 * The real effects: the console, the clock and this process. A library call uses them where it is given none; its
 * signal is never aborted then.
 */
export function defaultEffects(signal: AbortSignal = new AbortController().signal): Effects {
  const interactive = process.stderr.isTTY === true && process.env['CI'] === undefined
  const { note, status, clear } = interactive ? terminal() : plain()
  return {
    print(text) {
      clear()
      process.stdout.write(`${text}\n`)
    },
    note,
    status,
    now: () => new Date(),
    interactive,
    signal,
    environment: environment(),
    workingFolder: process.cwd(),
  }
}

/** Shells know the width of their terminal but do not export it. */
const environment = (): Effects['environment'] =>
  process.stdout.isTTY ? { ...process.env, COLUMNS: String(process.stdout.columns) } : process.env

interface Output {
  readonly note: (text: string) => void
  readonly status: (text: string) => void
  readonly clear: () => void
}

const plain = (): Output => ({
  note: (text) => process.stderr.write(`${text}\n`),
  status: () => {},
  clear: () => {},
})

/** Notes scroll by above one line that is written over. */
function terminal(): Output {
  const clearLine = '\r\u001b[2K'
  let shown = ''
  const write = (text: string) => process.stderr.write(text)
  return {
    note: (text) => write(shown === '' ? `${text}\n` : `${clearLine}${text}\n${shown}`),
    status(text) {
      // A line that wraps could not be cleared.
      const cut = text.slice(0, (process.stderr.columns ?? 80) - 1)
      if (cut !== shown) write(`${clearLine}${cut}`)
      shown = cut
    },
    clear() {
      if (shown !== '') write(clearLine)
      shown = ''
    },
  }
}

/** Ends quietly when who reads our output has had enough (`streamform query … | head`). */
export function endWithReader(): void {
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') process.exit(0)
    throw error
  })
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
