import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { isDeepStrictEqual } from 'node:util'
import { compile } from '../runner/project/compile/compile.ts'
import { dataformCli, withCore } from '../test/project/dataform-cli.ts'
import { type BenchResult, median } from './bench.ts'

const models = 1000
const program = join(import.meta.dirname, '..', 'bin', 'streamform.js')

/**
 * Compiling 1,000 models (each with two inline assertions, a description of every column and 20 lines of SQL):
 * `streamform compile --json` against `dataform compile --json`, each a process of its own, on the same folder; both
 * must print the same graph.
 */
export async function run(): Promise<BenchResult> {
  const project = mkdtempSync(join(tmpdir(), 'streamform-bench-'))
  try {
    writeProject(project)
    using copy = withCore(project)
    const title = `compiling ${models} models`
    const cli = installedCli()
    const ours = [1, 2, 3].map(() => timedProcess([program, 'compile', '--json', '--project', copy.folder]))
    const inside = await timedCompile(copy.folder)
    const oursSeconds = median(ours.map(({ seconds }) => seconds))
    const lines = [
      { what: 'compile(), called in a process that runs already', value: inside, unit: 's' },
      { what: 'streamform compile --json', value: oursSeconds, unit: 's' },
    ] as const
    if (typeof cli !== 'string') return { title, lines, missing: [`dataform: ${cli.reason}`] }
    const theirs = [1, 2].map(() => timedProcess([cli, 'compile', copy.folder, '--json']))
    const theirsSeconds = Math.min(...theirs.map(({ seconds }) => seconds))
    if (!isDeepStrictEqual(ours[0]?.output, theirs[0]?.output)) throw new Error('the two graphs differ')
    return {
      title: `${title}, the same graph`,
      lines: [
        ...lines,
        { what: 'dataform compile --json (the faster of two)', value: theirsSeconds, unit: 's' },
        {
          what: 'streamform / dataform',
          value: oursSeconds / theirsSeconds,
          unit: 'x',
          limit: { most: 1 / 8 },
        },
      ],
    }
  } finally {
    rmSync(project, { recursive: true, force: true })
  }
}

function installedCli(): string | { readonly reason: string } {
  try {
    return dataformCli(true) ?? { reason: 'it could not be installed' }
  } catch (error) {
    return { reason: `it could not be installed: ${(error as Error).message}` }
  }
}

function timedProcess(parameters: readonly string[]): { readonly seconds: number; readonly output: unknown } {
  const start = performance.now()
  const output = execFileSync(process.execPath, parameters, { maxBuffer: 1 << 30, encoding: 'utf8' })
  return { seconds: (performance.now() - start) / 1000, output: JSON.parse(output) }
}

async function timedCompile(folder: string): Promise<number> {
  const times: number[] = []
  for (let round = 0; round < 3; round++) {
    const start = performance.now()
    await compile(folder)
    times.push((performance.now() - start) / 1000)
  }
  return median(times)
}

function writeProject(folder: string): void {
  mkdirSync(join(folder, 'definitions'))
  writeFileSync(
    join(folder, 'workflow_settings.yaml'),
    'defaultProject: p\ndefaultDataset: d\ndefaultLocation: US\ndefaultAssertionDataset: a\n',
  )
  writeFileSync(
    join(folder, 'definitions/source.sqlx'),
    'config { type: "declaration", schema: "raw", name: "source" }\n',
  )
  for (let index = 0; index < models; index++) {
    writeFileSync(join(folder, `definitions/model_${index}.sqlx`), model(index))
  }
}

/** Reads the source and two earlier models. */
function model(index: number): string {
  const earlier = (step: number) => (index < step ? '"raw", "source"' : `"model_${index - step}"`)
  return `config {
  type: "table",
  description: "Model ${index}: what happened on each day, by key.",
  tags: ["daily", "group_${index % 10}"],
  assertions: {
    uniqueKey: ["id"],
    nonNull: ["id", "day"]
  },
  columns: {
    id: "The key",
    day: "The day, in UTC",
    amount: "The sum of the amounts of the day",
    events: "How many events there were",
    share: { description: "Of the amount of all keys" }
  }
}

WITH days AS (
  SELECT
    a.id,
    DATE(a.at) AS day,
    SUM(a.amount) AS amount,
    COUNT(*) AS events
  FROM \${ref(${earlier(1)})} AS a
  LEFT JOIN \${ref(${earlier(7)})} AS b
    ON a.id = b.id AND a.day = b.day
  WHERE a.status != 'cancelled' -- not "deleted"
    AND b.id IS NULL
  GROUP BY 1, 2
)

SELECT
  days.id,
  days.day,
  days.amount,
  days.events,
  SAFE_DIVIDE(days.amount, SUM(days.amount) OVER (PARTITION BY days.day)) AS share
FROM days
WHERE days.day >= DATE '2024-01-01'
ORDER BY days.day
`
}
