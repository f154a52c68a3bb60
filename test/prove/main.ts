import { parseArgs } from 'node:util'
import { proveLandingFaults } from '../bigquery-landing/faults.ts'
import { proveLandingKills } from '../bigquery-landing/kills.ts'
import { proveExchanges } from '../endpoint/exchanges/exchanges.ts'
import { proveConvergence } from '../models/convergence.ts'
import { proveEnvelopes } from '../models/prove-envelopes.ts'
import { proveSimulated } from '../models/simulated.ts'
import { openTestWarehouse } from '../models/test-warehouse.ts'
import { proveFaults } from './faults/faults.ts'
import { proveFuzz } from './fuzz.ts'
import { proveKills } from './kill.ts'
import { proveLedger } from './ledger.ts'
import { CannotProve, proveSql } from './sql.ts'

/** Each ends with what it says in one line, and throws what it has found. */
const proofs: Readonly<Record<string, (runs: number, seed: number) => Promise<string>>> = {
  async convergence(runs, seed) {
    const warehouse = await openTestWarehouse()
    try {
      const { histories, deliveries, events } = await proveSimulated(warehouse, { runs, seed })
      const lists = await proveConvergence(warehouse, { runs: Math.ceil(runs / 20), seed })
      return `${histories} histories of ${events} events, ${deliveries} deliveries, and ${lists.histories} lists of random events: 0 differ`
    } finally {
      await warehouse.close()
    }
  },
  async envelopes(runs, seed) {
    const { histories, changes } = await proveEnvelopes({ runs, seed })
    return `${histories} histories in three envelopes, ${changes} changes delivered: 0 differ`
  },
  async faults(runs, seed) {
    const { runs: done, calls, faults, through, resumed, kinds } = await proveFaults({ runs, seed })
    const each = Object.entries(kinds).map(([kind, count]) => `${count} ${kind}`)
    return `${done} cases, ${calls} calls, ${faults} of them went wrong (${each.join(', ')}); ${through} cases went through, ${resumed} were resumed; 0 differ`
  },
  /** `--runs` is not asked for: every client does all that it can, once. */
  async exchanges() {
    const { exchanges, clients, sent, revision } = await proveExchanges()
    for (const what of sent) console.log(`exchanges: sent otherwise than documented: ${what}`)
    return `${exchanges.length} calls of ${clients.join(', ')} and their answers, compared with revision ${revision} of BigQuery's API: 0 answers differ`
  },
  async fuzz(runs, seed) {
    const { inputs, landed, rows, letters, refused, warehoused, megabytes } = await proveFuzz({ runs, seed })
    return `${inputs} inputs: ${landed} landed with ${rows} rows and ${letters} dead letters, ${refused} refused; ${warehoused} of them in a warehouse; ${megabytes} MB, 0 crash`
  },
  async kill(runs, seed) {
    const { kills, landings, rows } = await proveKills({ kills: runs, seed })
    return `${kills} kills, ${landings} streams landed to their end, ${rows} rows compared, 0 differ`
  },
  /** `--runs` is not asked for: every call is one. */
  async landing() {
    const { kills, calls } = await proveLandingKills(1, 0)
    return `${calls} calls of BigQuery's API in a landing, killed before each, ${kills} landings ended by the next loader, 0 differ`
  },
  async ledger(runs, seed) {
    const { steps, rows } = await proveLedger({ runs, seed })
    return `${runs} histories, ${steps} steps, ${rows} rows at their ends: 0 differ`
  },
  async 'landing-faults'(runs, seed) {
    const { calls, faults, through, again } = await proveLandingFaults({ runs, seed })
    return `${runs} streams landed through ${calls} calls with ${faults} faults: ${through} at once, ${again} after a clear error, 0 differ`
  },
  sql: proveSql,
}

const usage = `usage: npm run prove -- NAME [--runs N] [--seed S], with NAME one of ${Object.keys(proofs).join(', ')}`

/** A whole number above 0 from the command line, or undefined. */
const count = (text: string): number | undefined => (/^[1-9]\d{0,8}$/.test(text) ? Number(text) : undefined)

async function main(): Promise<number> {
  const { positionals, values } = parseArgs({
    allowPositionals: true,
    options: { runs: { type: 'string', default: '300' }, seed: { type: 'string' } },
  })
  const [name = ''] = positionals
  const proof = Object.hasOwn(proofs, name) ? proofs[name] : undefined
  const runs = count(values.runs)
  const seed = count(values.seed ?? String(1 + Math.floor(Math.random() * 1e8)))
  if (proof === undefined || runs === undefined || seed === undefined) {
    console.error(usage)
    return 2
  }
  console.log(`${name}: seed ${seed}`)
  try {
    console.log(`${name}: ${await proof(runs, seed)}`)
    return 0
  } catch (error) {
    console.log(error instanceof Error ? error.message : error)
    if (error instanceof CannotProve) return 2
    // Of a history that was shortened: what differs in it.
    if (error instanceof Error && error.cause instanceof Error) console.log(error.cause.message)
    console.log(`${name}: seed ${seed}, differs`)
    return 1
  }
}

process.exitCode = await main()
