import type { Answer } from './case.ts'

/** The answers to one file's cases. */
export interface FileAnswers {
  readonly file: string
  readonly answers: readonly Answer[]
}

/**
 * The page of what was counted: each file, each category of its cases, and what was refused, most often first. Nothing of
 * the cases themselves is in it.
 */
export function conformancePage(files: readonly FileAnswers[]): string {
  const names = files.map(({ file }) => file).join(' ')
  return [
    '# Conformance',
    '',
    `This page is what \`npm run conformance -- ${names} --page docs/conformance.md\` writes: cases of BigQuery's SQL that`,
    'were run on the embedded warehouse. A case is right (values, types and names), refused (an error of ours that says so)',
    'or wrong (anything else). The files hold other people’s cases and are not part of the repository.',
    '',
    ...table(
      ['file', 'cases', 'right', 'refused', 'wrong'],
      files.map(({ file, answers }) => [file, ...counted(answers)]),
    ),
    ...files.flatMap(({ file, answers }) => [
      '',
      `## ${file}`,
      '',
      ...table(
        ['category', 'cases', 'right', 'refused', 'wrong'],
        [...Map.groupBy(answers, ({ id }) => categoryOf(id))]
          .sort(([a], [b]) => (a < b ? -1 : 1))
          .map(([category, of]) => [category, ...counted(of)]),
      ),
    ]),
    '',
    '## What is refused',
    '',
    ...table(['refused', 'cases'], refusals(files.flatMap(({ answers }) => answers))),
    ...wrongOnes(files.flatMap(({ answers }) => answers)),
    '',
  ].join('\n')
}

function wrongOnes(answers: readonly Answer[]): readonly string[] {
  const wrong = answers.filter(({ outcome }) => outcome === 'wrong')
  if (wrong.length === 0) return []
  return ['', '## What is wrong', '', ...wrong.map(({ id, why = '' }) => `* \`${id}\`: ${constructOf(why)}`)]
}

function table(head: readonly string[], rows: readonly (readonly (string | number)[])[]): readonly string[] {
  const line = (cells: readonly (string | number)[]) => `| ${cells.join(' | ')} |`
  return [line(head), line(head.map((_, index) => (index === 0 ? '---' : '---:'))), ...rows.map(line)]
}

function counted(answers: readonly Answer[]): readonly number[] {
  const of = (outcome: Answer['outcome']) => answers.filter((answer) => answer.outcome === outcome).length
  return [answers.length, of('right'), of('refused'), of('wrong')]
}

/**
 * A case's category from its name, which begins with the file's.
 *
 * @example categoryOf('documented/googlesql/functions/json/int64/1') // 'functions/json'
 */
export function categoryOf(id: string): string {
  const parts = id.split('/').slice(1, -1)
  const [first = '', second] = ['bigquery', 'googlesql'].includes(parts[0] ?? '') ? parts.slice(1) : parts
  return second === undefined || !['functions', 'syntax'].includes(first) ? first : `${first}/${second}`
}

/** What was refused and how often: the construct as its error names it, without the place. */
function refusals(answers: readonly Answer[]): readonly (readonly [string, number])[] {
  const constructs = answers
    .filter(({ outcome }) => outcome === 'refused')
    .map(({ why = '' }) => constructOf(why))
  return [...Map.groupBy(constructs, (construct) => construct)]
    .map(([construct, all]) => [construct, all.length] as const)
    .sort(([a, most], [b, fewer]) => fewer - most || (a < b ? -1 : 1))
}

/** @example constructOf('error: function TF_IDF is not supported locally: … at [1:8]') // 'function TF_IDF' */
export function constructOf(why: string): string {
  const [construct = ''] = why.replace(/^error: /, '').split(/ (?:is|are) not supported locally/)
  return construct.replaceAll('|', '\\|').replace(/\s+/g, ' ')
}
