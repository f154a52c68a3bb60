import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { commonFlags } from '../../runner/commands/command.ts'
import { commandWords } from '../../runner/commands/help.ts'
import { commandTable } from '../../runner/commands/table.ts'
import { reference, referenceFile } from './reference.ts'

const root = join(import.meta.dirname, '..', '..')
const pages = globSync('{*.md,docs/**/*.md,definitions/**/*.md,templates/**/*.md}', { cwd: root }).sort()
const scripts = (JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { scripts: object }).scripts

/** Command lines that a page shows in code, from `name` on. */
function commandLines(page: string, name: string): string[] {
  const text = readFileSync(join(root, page), 'utf8')
  const code = [...text.matchAll(/```[a-z]*\n([\s\S]*?)```|`([^`\n]+)`/g)].map(
    (match) => match[1] ?? match[2] ?? '',
  )
  return code
    .flatMap((block) => block.split('\n'))
    .flatMap((line) => [...line.matchAll(new RegExp(`(?:^|&& |\\$ |npx )${name} ([^#|&]*)`, 'g'))])
    .map((match) => (match[1] ?? '').trim())
}

test('the reference is what the commands themselves say (npm run docs writes it)', async () => {
  expect(readFileSync(referenceFile, 'utf8')).toBe(await reference())
})

test('every command and flag that a page names exists', async () => {
  const entries = await Promise.all(
    commandTable.map(async (entry) => ({
      name: commandWords(entry).join(' '),
      flags: Object.keys({ ...commonFlags, ...(await entry.load()).command.flags }),
    })),
  )
  const wrong = pages.flatMap((page) =>
    commandLines(page, 'streamform').flatMap((line) => {
      if (line.startsWith('--') || /^[A-Z…]/.test(line)) return []
      const entry = entries.find(({ name }) => line === name || line.startsWith(`${name} `))
      if (entry === undefined) return [`${page}: streamform ${line}`]
      const flags = [...line.matchAll(/(?:^|\s)--([a-z][a-z-]*)/g)].map((match) => match[1] ?? '')
      return (
        flags
          // A flag that is on by default is turned off by `--no-…`.
          .filter((flag) => !entry.flags.includes(flag) && !entry.flags.includes(flag.replace(/^no-/, '')))
          .map((flag) => `${page}: ${entry.name} --${flag}`)
      )
    }),
  )
  expect(wrong).toEqual([])
})

test('every npm script that a page names exists', () => {
  const named = pages.flatMap((page) =>
    commandLines(page, 'npm').flatMap((line) => {
      const script = /^run (?:--silent )?([\w-]+)/.exec(line)?.[1] ?? /^(test|start)\b/.exec(line)?.[1]
      return script === undefined || script in scripts ? [] : [`${page}: npm ${line}`]
    }),
  )
  expect(named).toEqual([])
})

test('every page that another page links to exists', () => {
  const wrong = pages.flatMap((page) => {
    const text = readFileSync(join(root, page), 'utf8')
    const links = [...text.matchAll(/\]\((?!https?:|#)([^)#]+)/g)].map((match) => match[1] ?? '')
    return links
      .filter((link) => globSync(join(page, '..', link), { cwd: root }).length === 0)
      .map((link) => `${page} -> ${link}`)
  })
  expect(wrong).toEqual([])
})
