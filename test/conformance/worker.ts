import type { PreparedCase } from './case.ts'
import { runCase } from './run-case.ts'

/** A process that runs the cases it is sent, one at a time, and sends back the answers. */
process.on('message', (prepared: PreparedCase) => {
  runCase(prepared).then(
    (answer) => process.send?.(answer),
    (error: unknown) =>
      process.send?.({ id: prepared.given.id, outcome: 'wrong', why: `crash: ${String(error)}` }),
  )
})
process.send?.('ready')
