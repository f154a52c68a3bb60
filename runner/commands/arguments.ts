import { nearest } from '../nearest.ts'
import { Problem } from '../problem.ts'
import type { Flags } from './command.ts'

/**
 * Checks what yargs parsed against what the command knows: no unknown flag, no argument too many, no flag twice that
 * takes one value, no number that is none. yargs would let most of these pass or take the last.
 *
 * @throws Problem (exit code 2) naming the nearest known flag
 */
export function checkArguments(
  given: Readonly<Record<string, unknown>>,
  words: readonly string[],
  positionals: Flags,
  flags: Flags,
  name: string,
): void {
  const misuse = (message: string) =>
    new Problem(message, {
      exitCode: 2,
      hint: `streamform ${words.join(' ')}${words.length > 0 ? ' ' : ''}--help`,
    })
  const known: Flags = { ...positionals, ...flags }
  for (const [key, value] of Object.entries(given)) {
    if (['_', '$0', 'help', 'version'].includes(key)) continue
    const flag = known[key]
    const written = key.length === 1 ? `-${key}` : `--${key}`
    if (flag === undefined) {
      const near = nearest(key, Object.keys(flags))
      throw misuse(
        `unknown flag \`${written}\` of \`${name}\`${near === undefined ? '' : `; did you mean \`--${near}\`?`}`,
      )
    }
    if (flag.array !== true && Array.isArray(value)) throw misuse(`\`${written}\` was given more than once`)
    const values = Array.isArray(value) ? value : [value]
    if (flag.type === 'number' && values.some((each) => typeof each === 'number' && Number.isNaN(each)))
      throw misuse(`\`${written}\` takes a number`)
    if (flag.type === 'string' && key in flags && values.includes(''))
      throw misuse(`\`${written}\` takes a value`)
  }
  const rest = (given['_'] as readonly unknown[]).slice(words.length)
  if (rest.length > 0) throw misuse(`\`${name}\` does not take \`${rest.join(' ')}\``)
}
