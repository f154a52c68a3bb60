/**
 * The program of the process that runs JavaScript functions: reads a request a line, answers a line. The process itself
 * has no permission for files, other processes or threads (Node's permission model); the functions run in a realm of
 * their own, made anew for each request, which no object of this process enters. It is sent as text: nothing in it may
 * refer to what is outside of it.
 */
export function isolateProgram(realm: string): void {
  const vm = process.getBuiltinModule('node:vm')
  const { createInterface } = process.getBuiltinModule('node:readline')

  const answer = (line: string): string => {
    const { body, names, types, rows } = JSON.parse(line) as {
      readonly body: string
      readonly names: readonly string[]
      readonly types: string
      readonly rows: string
    }
    const context = vm.createContext(vm.constants.DONT_CONTEXTIFY, {
      codeGeneration: { strings: false, wasm: false },
    })
    try {
      const run = vm.runInContext(realm, context) as (...args: unknown[]) => unknown
      const callback = vm.compileFunction(body, names, { parsingContext: context, filename: 'function.js' })
      const answered = run(callback, types, rows)
      return typeof answered === 'string' ? answered : '{"error":"no answer"}'
    } catch (error) {
      // Of reading the function's text: nothing of it has run.
      const { name, message } = error as Partial<Record<'name' | 'message', unknown>>
      return JSON.stringify({ error: `${name}: ${message}` })
    }
  }

  const lines = createInterface({ input: process.stdin })
  lines.on('line', (line) => {
    const answered = answer(line)
    // Not before what the function has left to do later: if that never ends, this request must be the one to blame.
    setImmediate(() => process.stdout.write(`${answered}\n`))
  })
  lines.on('close', () => process.exit(0))
  // Should an object of this process be reached after all, no code can be made of text with it.
  for (const made of [() => {}, async () => {}, function* () {}, async function* () {}])
    Object.defineProperty(Object.getPrototypeOf(made), 'constructor', { value: undefined })
}
