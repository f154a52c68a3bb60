/**
 * `npm run bench -- NAME [--json FILE]`: measures one thing and prints a table. Exit code 0 only if every limit holds.
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

async function main(): Promise<number> {
  const { positionals, values } = parseArgs({ allowPositionals: true, options: { json: { type: 'string' } } })
  const [name = ''] = positionals
  if (!names.includes(name) || positionals.length > 1) {
    const near = nearest(name, names)
    console.error(
      `npm run bench -- NAME [--json FILE], where NAME is one of: ${names.join(', ')}${near === undefined || near === name ? '' : `; did you mean \`${near}\`?`}`,
    )
    return 2
  }
  const { run } = (await import(join(import.meta.dirname, `${name}.ts`))) as {
    run: () => Promise<BenchResult>
  }
  const result = await run()
  console.log(tableOf(result))
  if (values.json !== undefined) writeFileSync(values.json, `${JSON.stringify(result, undefined, 2)}\n`)
  return result.lines.every(holds) ? 0 : 1
}

process.exitCode = await main()
