/**
 * Compares expressions with Google's reference implementation: `node test/googlesql/functions/differential.ts FILE`,
 * one expression a line (of standard input without FILE). Prints every difference; the exit code is 1 if there is one.
 * Needs the shared material's oracle, and Java for it.
 */
import { spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { openDuckDbWarehouse } from '../../../runner/warehouse/duckdb/warehouse.ts'
import { shared } from '../../shared.ts'
import { comparable, type Outcome, sameOutcome, showOutcome } from './outcome.ts'

interface Answer {
  readonly id: string
  readonly types?: readonly string[]
  readonly rows?: readonly (readonly unknown[])[]
  readonly error?: { readonly message: string }
  readonly refused?: string
}

async function askOracle(expressions: readonly string[]): Promise<readonly Answer[]> {
  const program = shared('oracle/run.sh')
  if (program === undefined) throw new Error('the oracle is not here: set STREAMFORM_SHARED')
  const child = spawn(program, { stdio: ['pipe', 'pipe', 'ignore'] })
  child.stdin.end(
    expressions
      .map((text, index) => JSON.stringify({ id: String(index), query: `SELECT ${text}` }))
      .join('\n'),
  )
  const chunks: Buffer[] = []
  for await (const chunk of child.stdout) chunks.push(chunk as Buffer)
  const lines = Buffer.concat(chunks).toString('utf8').split('\n')
  return lines.filter((line) => line !== '').map((line) => JSON.parse(line) as Answer)
}

function oracleOutcome(answer: Answer | undefined): Outcome | undefined {
  if (answer === undefined || answer.refused !== undefined) return undefined
  if (answer.error !== undefined) return { error: answer.error.message }
  return { types: answer.types ?? [], values: (answer.rows?.[0] ?? []).map((value) => comparable(value)) }
}

const expressions = readFileSync(process.argv[2] ?? 0, 'utf8')
  .split('\n')
  .filter((line) => line.trim() !== '')
const warehouse = await openDuckDbWarehouse({ path: ':memory:', defaultProject: 'p' })
const answers = new Map((await askOracle(expressions)).map((answer) => [answer.id, answer]))
const counts = { same: 0, refused: 0, differ: 0, unknown: 0 }
const { ourOutcome } = await import('./outcome.ts')
for (const [index, expression] of expressions.entries()) {
  const ours = await ourOutcome(warehouse, `SELECT ${expression}`)
  const theirs = oracleOutcome(answers.get(String(index)))
  const refused = ours.error !== undefined && /not supported locally/.test(ours.error)
  const kind =
    theirs === undefined ? 'unknown' : refused ? 'refused' : sameOutcome(ours, theirs) ? 'same' : 'differ'
  counts[kind]++
  if (kind === 'same') continue
  console.log(
    `${kind.toUpperCase()} ${expression}\n   ours   ${showOutcome(ours)}\n   oracle ${theirs === undefined ? '-' : showOutcome(theirs)}`,
  )
}
await warehouse.close()
console.log(
  `differential: ${expressions.length} expressions, ${counts.same} same, ${counts.refused} refused, ${counts.unknown} without an answer, ${counts.differ} differ`,
)
process.exitCode = counts.differ === 0 ? 0 : 1
