/**
 * `npm run bench -- NAME [PART…] [--json FILE]`: measures one thing, or parts of it, and prints a table. Exit code 0 only if
 * every limit holds.
 */
import { readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { nearest } from '../runner/nearest.ts'
import { textTable } from '../runner/report/table.ts'
import { type BenchLine, type BenchResult, holds, type Limit } from './bench.ts'

/** Files of this folder that are no bench: the frame, and processes that benches start. */
const frame = new Set([
  'main',
  'bench',
  'landing-files',
  'sql-model',
  'tpch-queries',
  'tpch-data',
  'function-pairs',
])

const names = readdirSync(import.meta.dirname)
  .filter((file) => file.endsWith('.ts'))
  .map((file) => file.slice(0, -3))
  .filter((name) => !frame.has(name) && !name.endsWith('-process'))
  .sort()

const shown = (value: number, unit: BenchLine['unit']) =>
  `${value >= 1000 ? Math.round(value).toLocaleString('en-US') : value.toPrecision(3)} ${unit}`

const limitText = (limit: Limit, unit: BenchLine['unit']) =>
  'most' in limit ? `<= ${shown(limit.most, unit)}` : `>= ${shown(limit.least, unit)}`

function tableOf({ title, lines, missing = [] }: BenchResult): string {
  const rows = lines.map((line) => [
    line.what,
    shown(line.value, line.unit),
    line.limit === undefined ? '' : limitText(line.limit, line.unit),
    line.limit === undefined ? '' : holds(line) ? 'holds' : 'DOES NOT HOLD',
  ])
  const table = textTable(['what', 'measured', 'limit', ''], rows, [false, true, true])
  return [title, table, ...missing.map((reason) => `not measured: ${reason}`)].join('\n')
}

function misuse(what: string, given: string, allowed: readonly string[]): number {
  const near = nearest(given, allowed)
  const hint = near === undefined || near === given ? '' : `; did you mean \`${near}\`?`
  const rule = allowed.length === 0 ? `there is no ${what}` : `${what} is one of: ${allowed.join(', ')}`
  console.error(`npm run bench -- NAME [PART…] [--json FILE]: ${rule}${hint}`)
  return 2
}

async function main(): Promise<number> {
  const { positionals, values } = parseArgs({ allowPositionals: true, options: { json: { type: 'string' } } })
  const [name = '', ...asked] = positionals
  if (!names.includes(name)) return misuse('NAME', name, names)
  const { run, parts = [] } = (await import(join(import.meta.dirname, `${name}.ts`))) as {
    run: (parts: readonly string[]) => Promise<BenchResult>
    parts?: readonly string[]
  }
  const unknown = asked.find((part) => !parts.includes(part))
  if (unknown !== undefined) return misuse(`PART of ${name}`, unknown, parts)
  const result = await run(asked)
  console.log(tableOf(result))
  if (values.json !== undefined) writeFileSync(values.json, `${JSON.stringify(result, undefined, 2)}\n`)
  return result.lines.every(holds) ? 0 : 1
}

process.exitCode = await main()
