import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type BenchResult, median } from './bench.ts'

const models = 1000
const levels = 10
const perLevel = models / levels

/** The tables that a table reads: two of the level before. */
const inputs = (index: number): readonly number[] =>
  index < perLevel ? [] : [index - perLevel, index - perLevel + ((index + 1) % perLevel) - (index % perLevel)]

const query = (index: number, ref: (input: number) => string): string => {
  const [a, b] = inputs(index)
  return a === undefined || b === undefined
    ? `select n as id, n * ${index} as v from unnest(generate_array(1, 10)) as n`
    : `select a.id, a.v + b.v as v from ${ref(a)} as a join ${ref(b)} as b on a.id = b.id`
}

/**
 * A whole `streamform run` of a DAG of 1,000 small tables on DuckDB against the bare statements, sent one after another
 * by a process that does nothing else. Both start a process and make a new database file.
 */
export async function run(): Promise<BenchResult> {
  const folder = mkdtempSync(join(tmpdir(), 'streamform-bench-'))
  try {
    writeProject(folder)
    const streamform = join(import.meta.dirname, '..', 'bin', 'streamform.js')
    const bare = () =>
      timed(() => node(folder, [join(import.meta.dirname, 'bare-statements-process.ts'), 'statements.json']))
    const start = () => timed(() => node(folder, [streamform, '--version']))
    const compile = () => timed(() => node(folder, [streamform, 'compile']))
    const whole = () => {
      rmSync(join(folder, '.streamform'), { recursive: true, force: true })
      return timed(() => node(folder, [streamform, 'run', '--json']))
    }
    const again = () => timed(() => node(folder, [streamform, 'run', '--json']))
    const rounds = [1, 2, 3].map(() => ({
      bare: bare(),
      start: start(),
      compile: compile(),
      whole: whole(),
      again: again(),
    }))
    const middle = (what: keyof (typeof rounds)[number]) => median(rounds.map((round) => round[what]))
    const wholeTime = middle('whole')
    return {
      title: `a run of ${models} small tables on DuckDB, in processes of their own, the median of ${rounds.length}`,
      lines: [
        { what: 'bare statements sent by a loop', value: middle('bare'), unit: 's' },
        { what: 'streamform compile', value: middle('compile'), unit: 's' },
        { what: 'streamform run, compile included', value: wholeTime, unit: 's', limit: { most: 5 } },
        {
          what: 'the same again, every table replaced',
          value: middle('again'),
          unit: 's',
          limit: { most: 5 },
        },
        {
          what: 'the run without the compile, against the bare statements',
          value: (wholeTime - (middle('compile') - middle('start'))) / middle('bare'),
          unit: 'x',
          limit: { most: 2 },
        },
        { what: 'the run against the bare statements', value: wholeTime / middle('bare'), unit: 'x' },
      ],
    }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

function writeProject(folder: string): void {
  mkdirSync(join(folder, 'definitions'))
  writeFileSync(join(folder, 'workflow_settings.yaml'), 'defaultProject: p\ndefaultDataset: d\n')
  const statements: string[] = []
  for (let index = 0; index < models; index++) {
    const model = query(index, (input) => `\${ref("t${input}")}`)
    writeFileSync(join(folder, 'definitions', `t${index}.sqlx`), `config { type: "table" }\n\n${model}\n`)
    const duckDb = query(index, (input) => `"p.d"."t${input}"`).replace(
      'unnest(generate_array(1, 10)) as n',
      'range(1, 11) as r(n)',
    )
    statements.push(`create or replace table "p.d"."t${index}" as ${duckDb}`)
  }
  writeFileSync(join(folder, 'statements.json'), JSON.stringify(statements))
}

function node(folder: string, args: readonly string[]): void {
  try {
    execFileSync(process.execPath, args, { cwd: folder, stdio: 'pipe', maxBuffer: 256 << 20 })
  } catch (error) {
    throw new Error(
      `a measured process failed:\n${String((error as { stderr?: unknown }).stderr).slice(0, 4000)}`,
    )
  }
}

function timed(work: () => void): number {
  const start = performance.now()
  work()
  return (performance.now() - start) / 1000
}
