import { nearest } from '../nearest.ts'
import { Problem } from '../problem.ts'

/** What one part of a selector looks at. */
export type Method = 'name' | 'tag' | 'path' | 'type'

/** One part of a selector: `+world_x.city_*+`. */
export interface Atom {
  readonly method: Method
  /** `*` stands for any run of characters within a part of a name (or a folder's name), unless it was quoted. */
  readonly pattern: Pattern
  /** With all that it needs (`+x`), with all that needs it (`x+`). */
  readonly upstream: boolean
  readonly downstream: boolean
  /** As it was written, for messages. */
  readonly text: string
}

export interface Pattern {
  /** Without quotes. */
  readonly text: string
  readonly wildcard: boolean
  matches(value: string): boolean
}

/** A selector: the union of intersections. */
export type Selector = readonly (readonly Atom[])[]

const methods: readonly Method[] = ['name', 'tag', 'path', 'type']

/**
 * Parses selectors. Spaces and several texts unite, commas intersect; backticks quote a name that holds any of
 * `+ , * :` or a space.
 *
 *     country_profile            by name; also dataset.name and project.dataset.name
 *     world_x_analytics.*        wildcard
 *     +country_profile           with all that it needs; country_profile+: with all that needs it
 *     tag:daily  type:assertion  path:definitions/world_x
 *     tag:daily,type:view        both
 *
 * @throws Problem (exit code 2) for an empty part or an unknown method
 */
export function parseSelectors(texts: readonly string[]): Selector {
  return texts.flatMap((text) =>
    splitOutside(text, /\s/).map((term) => {
      const parts = splitOutside(term, /,/, true)
      if (parts.includes(''))
        throw misuse(
          `selector \`${term}\` has nothing on one side of a comma`,
          'a comma means both: `tag:daily,type:view`',
        )
      return parts.map(parseAtom)
    }),
  )
}

function parseAtom(text: string): Atom {
  const upstream = text.startsWith('+')
  const downstream = text.length > 1 && text.endsWith('+')
  const body = text.slice(upstream ? 1 : 0, downstream ? -1 : undefined)
  if (body === '') throw misuse(`selector \`${text}\` names nothing`, 'write `+name`, `name+` or `+name+`')
  const method = /^([A-Za-z_]+):(.*)$/s.exec(body)
  if (method === null) return { method: 'name', pattern: patternOf(body, '.'), upstream, downstream, text }
  const [, given = '', rest = ''] = method
  const known = methods.find((each) => each === given)
  if (known === undefined) {
    const near = nearest(given, methods)
    throw misuse(
      `unknown selector \`${given}:\` in \`${text}\`; ${
        near === undefined
          ? `there are: ${methods.map((each) => `${each}:`).join(', ')}`
          : `did you mean \`${near}:\`?`
      }`,
      'a name that holds a colon stands in backticks',
    )
  }
  if (rest === '')
    throw misuse(`selector \`${text}\` names nothing after \`${given}:\``, `write \`${given}:something\``)
  return { method: known, pattern: patternOf(rest, known === 'path' ? '/' : '.'), upstream, downstream, text }
}

/** A regular expression for exactly this text. */
const literally = (text: string): string => text.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&')

function patternOf(written: string, separator: string): Pattern {
  const pieces = written.match(/`[^`]*`|[^`]+/g) ?? []
  const any = `[^${separator === '/' ? '/' : '.'}]*`
  let wildcard = false
  const source = pieces.map((piece) => {
    if (piece.startsWith('`')) return literally(piece.slice(1, -1))
    wildcard ||= piece.includes('*')
    return piece
      .split(/\*+/)
      .map((literal) => literally(literal))
      .join(any)
  })
  const text = written.replaceAll('`', '')
  // A path that names a folder means all below it.
  const end = separator === '/' ? '(?:/.*)?' : ''
  const folder = separator === '/' ? source.join('').replace(/\/$/, '') : source.join('')
  const expression = new RegExp(`^${folder}${end}$`, 'su')
  return { text, wildcard, matches: (value) => expression.test(value) }
}

/** Splits at a separator that does not stand in backticks; empty parts only if asked for. */
function splitOutside(text: string, separator: RegExp, keepEmpty = false): string[] {
  if ((text.match(/`/g)?.length ?? 0) % 2 === 1)
    throw misuse(
      `a backtick is not closed in selector \`${text.replaceAll('`', "'")}\``,
      'backticks come in pairs',
    )
  const parts = ['']
  for (const piece of text.match(/`[^`]*`|[^`]/gs) ?? []) {
    if (separator.test(piece) && piece.length === 1) parts.push('')
    else parts.push(`${parts.pop()}${piece}`)
  }
  return keepEmpty ? parts : parts.filter((part) => part !== '')
}

const misuse = (message: string, hint: string) => new Problem(message, { exitCode: 2, hint })
