import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type FunctionReference, functionReference } from '../../runner/googlesql/functions/reference.ts'

export const functionsFile = join(import.meta.dirname, '..', '..', 'docs', 'functions.md')

/** docs/functions.md, from the table of functions itself. */
export function functionsPage(): string {
  const entries = functionReference()
  const answered = entries.filter(({ status }) => status === 'right')
  const refused = entries.filter(({ status }) => status === 'refused')
  return [
    '# Functions',
    '<!-- Written by `npm run docs` from the table of functions; a test compares. -->',
    `BigQuery's functions and operators on the embedded warehouse: ${answered.length} are answered as BigQuery answers them, ${refused.length} are refused with a reason. None gives another answer on purpose: what is not right is refused. The same list: \`streamform functions\`.`,
    '## Answered',
    ...byFamily(answered).map(([family, members]) =>
      [
        `### [${family.replaceAll(/[_-]/g, ' ')}](${pageOf(members)})`,
        '',
        '| function | calls | refused forms |',
        '|---|---|---|',
        ...members.map(
          ({ name, signatures, limits }) =>
            `| ${code(name)} | ${signatures.map(code).join('<br>')} | ${limits.map(cell).join('<br>')} |`,
        ),
      ].join('\n'),
    ),
    '## Refused',
    [
      '| functions | why |',
      '|---|---|',
      ...byReason(refused).map(
        ([reason, members]) => `| ${members.map(({ name }) => code(name)).join(' ')} | ${cell(reason)} |`,
      ),
    ].join('\n'),
    '',
  ].join('\n\n')
}

const cell = (text: string) => text.replaceAll('|', '\\|').replaceAll('<', '&lt;')
const code = (text: string) => `\`${text.replaceAll('|', '\\|')}\``
const pageOf = (members: readonly FunctionReference[]) => (members[0]?.page ?? '').replace(/#.*$/, '')

function byFamily(entries: readonly FunctionReference[]) {
  return grouped(entries, ({ page }) => page.replace(/^.*\//, '').replace(/#.*$/, ''))
}

function byReason(entries: readonly FunctionReference[]) {
  return grouped(entries, ({ reason }) => reason ?? '')
}

function grouped(
  entries: readonly FunctionReference[],
  keyOf: (entry: FunctionReference) => string,
): readonly (readonly [string, readonly FunctionReference[]])[] {
  const groups = new Map<string, FunctionReference[]>()
  for (const entry of entries) {
    const key = keyOf(entry)
    const known = groups.get(key)
    if (known === undefined) groups.set(key, [entry])
    else known.push(entry)
  }
  return [...groups]
}

if (import.meta.main) writeFileSync(functionsFile, functionsPage())
