import { nearest } from '../nearest.ts'
import { Problem } from '../problem.ts'
import type { Flag, Flags } from './command.ts'

/**
 * Checks what yargs parsed against what the command knows: nothing unknown, nothing missing, nothing twice that takes
 * one value, no number that is none, no choice that is not offered. yargs alone would let most of these pass.
 *
 * @param usage as in the table of commands: `show <table>`
 * @throws Problem (exit code 2) naming the nearest known flag
 */
export function checkArguments(
  given: Readonly<Record<string, unknown>>,
  usage: string,
  positionals: Flags,
  flags: Flags,
): void {
  const parts = usage.split(' ').filter((part) => part !== '')
  const words = parts.filter((part) => !/^[[<]/.test(part))
  const name = words.length === 0 ? 'streamform' : words.join(' ')
  const hint = ['streamform', ...words, '--help'].join(' ')
  const misuse = (message: string) => new Problem(message, { exitCode: 2, hint })

  const known: Flags = { ...positionals, ...flags }
  for (const [key, value] of Object.entries(given)) {
    if (['_', '$0', 'help', 'version'].includes(key)) continue
    const flag = known[key]
    if (flag === undefined) {
      const near = nearest(key, Object.keys(flags))
      const advice = near === undefined ? '' : `; did you mean \`--${near}\`?`
      throw misuse(`unknown flag \`${key.length === 1 ? '-' : '--'}${key}\` of \`${name}\`${advice}`)
    }
    const wrong = wrongValue(key in flags ? `--${key}` : key, value, flag)
    if (wrong !== undefined) throw misuse(wrong)
  }
  const rest = (given['_'] as readonly unknown[]).slice(words.length)
  if (rest.length > 0) throw misuse(`\`${name}\` does not take \`${rest.join(' ')}\``)
  for (const required of parts.flatMap((part) => /^<(.+?)(?:\.\.)?>$/.exec(part)?.[1] ?? [])) {
    if (given[required] === undefined || given[required] === '')
      throw misuse(`\`${name}\` needs \`${required}\``)
  }
  for (const [key, { demandOption }] of Object.entries(flags)) {
    if (demandOption && given[key] === undefined) throw misuse(`\`${name}\` needs \`--${key}\``)
  }
}

function wrongValue(written: string, value: unknown, flag: Flag): string | undefined {
  if (flag.array !== true && Array.isArray(value)) return `\`${written}\` was given more than once`
  for (const each of Array.isArray(value) ? value : [value]) {
    if (flag.type === 'number' && Number.isNaN(each)) return `\`${written}\` takes a number`
    if (flag.type === 'string' && each === '' && written.startsWith('--'))
      return `\`${written}\` takes a value`
    if (flag.choices !== undefined && each !== undefined && !flag.choices.includes(String(each)))
      return `\`${written}\` is one of ${flag.choices.join(', ')}; it was \`${each}\``
  }
  return undefined
}
