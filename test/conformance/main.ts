import { type ChildProcess, fork } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { basename } from 'node:path'
import { type Answer, type PreparedCase, readCases } from './case.ts'
import { conformancePage } from './page.ts'

const HANG = 30_000

/**
 * `npm run conformance -- FILE… [--json OUT] [--page PAGE] [--only TEXT]`: counts each case as right, refused or wrong,
 * and writes every answer as JSON, or the counts as a page of Markdown. A case that crashes or hangs is that case's
 * "wrong"; the others go on. Exit code 0 only if nothing is wrong.
 */
async function main(args: readonly string[]): Promise<number> {
  const files: string[] = []
  let json: string | undefined
  let page: string | undefined
  let only = ''
  for (const [index, arg] of args.entries()) {
    const before = args[index - 1]
    if (before === '--json') json = arg
    else if (before === '--page') page = arg
    else if (before === '--only') only = arg
    else if (!['--json', '--page', '--only'].includes(arg)) files.push(arg)
  }
  if (files.length === 0) {
    console.error('usage: npm run conformance -- FILE… [--json OUT] [--page PAGE] [--only TEXT]')
    return 2
  }
  const byFile = files.map((file) => ({
    file,
    cases: readCases(file).filter(({ given }) => given.id.includes(only)),
  }))
  const answers = await runAll(byFile.flatMap(({ cases }) => cases))
  const answered = byFile.map(({ file, cases }) => {
    const start = offset(byFile, file)
    return { file: basename(file), answers: answers.slice(start, start + cases.length) }
  })
  const table = answered.map((of) => ({ file: of.file, ...counts(of.answers) }))
  console.table(table)
  const summary = { ...counts(answers), files: table }
  if (json !== undefined) writeFileSync(json, `${JSON.stringify({ cases: answers, summary }, null, 1)}\n`)
  if (page !== undefined) writeFileSync(page, conformancePage(answered))
  return summary.wrong === 0 ? 0 : 1
}

function offset(
  files: readonly { readonly file: string; readonly cases: readonly unknown[] }[],
  file: string,
): number {
  let sum = 0
  for (const known of files) {
    if (known.file === file) return sum
    sum += known.cases.length
  }
  return sum
}

function counts(answers: readonly Answer[]) {
  const of = (outcome: Answer['outcome']) => answers.filter((answer) => answer.outcome === outcome).length
  return { cases: answers.length, right: of('right'), refused: of('refused'), wrong: of('wrong') }
}

/** Answers in the order of the cases, found by as many processes as there are cores. */
async function runAll(cases: readonly PreparedCase[]): Promise<readonly Answer[]> {
  const answers: Answer[] = new Array(cases.length)
  let next = 0
  const lane = async (): Promise<void> => {
    let worker: ChildProcess | undefined
    while (next < cases.length) {
      const index = next
      next += 1
      const prepared = cases[index]
      if (prepared === undefined) break
      worker ??= await start()
      const answer = await ask(worker, prepared)
      answers[index] = answer.answer
      if (!answer.alive) {
        worker.kill('SIGKILL')
        worker = undefined
      }
    }
    worker?.kill()
  }
  await Promise.all(Array.from({ length: Math.min(availableParallelism(), cases.length) }, lane))
  return answers
}

function start(): Promise<ChildProcess> {
  const worker = fork(new URL('./worker.ts', import.meta.url), { serialization: 'advanced' })
  return new Promise((resolve, reject) => {
    worker.once('message', () => resolve(worker))
    worker.once('error', reject)
  })
}

function ask(
  worker: ChildProcess,
  prepared: PreparedCase,
): Promise<{ readonly answer: Answer; readonly alive: boolean }> {
  const { id } = prepared.given
  return new Promise((resolve) => {
    const done = (answer: Answer, alive: boolean) => {
      clearTimeout(timer)
      worker.removeAllListeners('message')
      worker.removeAllListeners('exit')
      resolve({ answer, alive })
    }
    const timer = setTimeout(
      () => done({ id, outcome: 'wrong', why: `no answer within ${HANG / 1000} s` }, false),
      HANG,
    )
    worker.once('message', (answer: Answer) => done(answer, true))
    worker.once('exit', (code) => done({ id, outcome: 'wrong', why: `crash: exit code ${code}` }, false))
    worker.send(prepared)
  })
}

process.exitCode = await main(process.argv.slice(2))
