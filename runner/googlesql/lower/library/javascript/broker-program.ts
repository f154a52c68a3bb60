import type { MessagePort } from 'node:worker_threads'

/**
 * The program of the thread between a query, which waits, and the process that runs its JavaScript functions: the thread
 * sees at once when the process dies, and ends it when its time is over. It is sent as text: nothing in it may refer to
 * what is outside of it.
 */
export function brokerProgram(): void {
  const { spawn } = process.getBuiltinModule('node:child_process')
  const { workerData } = process.getBuiltinModule('node:worker_threads')
  const { port, state, command, flags, milliseconds, megabytes } = workerData as {
    readonly port: MessagePort
    readonly state: Int32Array
    readonly command: string
    readonly flags: readonly string[]
    readonly milliseconds: number
    readonly megabytes: number
  }
  let child: ReturnType<typeof start> | undefined
  let received = ''
  let timer: NodeJS.Timeout | undefined

  const reply = (answer: string): void => {
    clearTimeout(timer)
    timer = undefined
    port.postMessage(answer)
    Atomics.store(state, 0, 1)
    Atomics.notify(state, 0)
  }
  const fail = (error: string): void => {
    const gone = child
    child = undefined
    gone?.kill('SIGKILL')
    if (timer !== undefined) reply(JSON.stringify({ error }))
  }

  function start() {
    const started = spawn(command, flags, { env: {}, stdio: ['pipe', 'pipe', 'ignore'] })
    received = ''
    started.stdout.setEncoding('utf8')
    started.stdout.on('data', (text: string) => {
      if (child !== started) return
      received += text
      if (received.endsWith('\n') && timer !== undefined) {
        const line = received
        received = ''
        reply(line)
      }
    })
    started.stdin.on('error', () => {})
    started.on('error', (error) => child === started && fail(`it cannot be run: ${error.message}`))
    started.on('exit', () => child === started && fail(`it took more than ${megabytes} MB of memory`))
    return started
  }

  port.on('message', (request: string) => {
    timer = setTimeout(() => fail(`it took more than ${milliseconds / 1000} s`), milliseconds)
    child ??= start()
    child.stdin.write(`${request}\n`)
  })
}
