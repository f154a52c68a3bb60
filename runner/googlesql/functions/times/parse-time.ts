import { quoteText } from '../../lower/identifier.ts'
import { onceUnlessCheap } from '../../lower/library/once.ts'
import { composites } from './composites.ts'
import type { TimeKind } from './date-arithmetic.ts'
import { utcOfWall } from './utc.ts'

const digits = (count: number) => '[0-9]'.repeat(count)
const letters = '[A-Za-z]'

/** What DuckDB reads where all signs of an element are there, and how they look. */
const elements: Readonly<Record<string, readonly [native: string, glob: string]>> = {
  Y: ['%Y', '{year}'],
  E4Y: ['%Y', '{year}'],
  y: ['%y', digits(2)],
  m: ['%m', digits(2)],
  d: ['%d', digits(2)],
  b: ['%b', letters.repeat(3)],
  h: ['%b', letters.repeat(3)],
  a: ['%a', letters.repeat(3)],
  H: ['%H', digits(2)],
  I: ['%I', digits(2)],
  p: ['%p', letters.repeat(2)],
  M: ['%M', digits(2)],
  S: ['%S', digits(2)],
}

/** A text's form, `{year}` where its four digits are, and how DuckDB reads such texts. */
interface Form {
  readonly native: string
  readonly glob: string
  readonly offset: boolean
}

/**
 * The forms of texts that DuckDB reads as BigQuery does by a pattern of PARSE_DATE and the like; none if the pattern has
 * elements that it reads otherwise, one of them twice, or less than a whole date or time.
 *
 * @example parsedForms('%Y-%m', 'DATE') // [{ native: '%Y-%m', glob: '{year}-[0-9][0-9]', offset: false }]
 */
export function parsedForms(given: string, kind: TimeKind): readonly Form[] {
  const pattern = given.replace(/%([FDxTXR])/g, (_whole, letter: string) => composites[letter] ?? '')
  const seen = new Set<string>()
  let forms: readonly Form[] = [{ native: '', glob: '', offset: false }]
  for (const [part, element] of pattern.matchAll(/%(E4Y|E\*S|E\dS|Ez|[\s\S])|[\s\S]/gu)) {
    const found = element === undefined ? literal(part) : readings(element)
    const name = element === undefined ? undefined : (element.match(/[A-Za-z]$/)?.[0] ?? '')
    // Only at the end: a Z and an offset say the same.
    if (found.length === 0 || (name !== undefined && seen.has(name)) || seen.has('z')) return []
    if (name !== undefined) seen.add(name === 'h' ? 'b' : name === 'y' ? 'Y' : name)
    forms = forms.flatMap((form) =>
      found.map(({ native, glob, offset }) => ({
        native: form.native + native,
        glob: form.glob + glob,
        offset: form.offset || offset,
      })),
    )
  }
  return complete(seen, kind) ? forms : []
}

/** Spaces stand for any number of them, and other signs may be special here or there. */
function literal(sign: string): readonly Form[] {
  return /^[-/:.,_ A-Za-z]$/.test(sign) ? [{ native: sign, glob: sign, offset: false }] : []
}

function readings(element: string): readonly Form[] {
  const usual = elements[element]
  if (usual !== undefined) return [{ native: usual[0], glob: usual[1], offset: false }]
  const fraction = /^E([*1-6])S$/.exec(element)?.[1]
  if (fraction !== undefined) {
    const most = fraction === '*' ? 6 : Number(fraction)
    const fractions = [
      ['%S', digits(2)],
      ['%S.%g', `${digits(2)}.${digits(3)}`],
      ['%S.%f', `${digits(2)}.${digits(6)}`],
    ] as const
    return fractions
      .slice(0, most >= 6 ? 3 : most >= 3 ? 2 : 1)
      .map(([native, glob]) => ({ native, glob, offset: false }))
  }
  if (element !== 'z' && element !== 'Ez') return []
  // Of less than ten hours: there are none beyond fourteen.
  return ['+', '-'].map((sign) => ({
    native: '%z',
    glob: `${sign}0[0-9]${element === 'z' ? '' : ':'}[0-5][0-9]`,
    offset: true,
  }))
}

function complete(seen: ReadonlySet<string>, kind: TimeKind): boolean {
  const date = ['Y', 'm', 'd', 'b', 'a'].some((element) => seen.has(element))
  const clock = ['H', 'I', 'p', 'M', 'S'].some((element) => seen.has(element))
  if ((kind === 'DATE' && clock) || (kind === 'TIME' && date) || (kind !== 'TIMESTAMP' && seen.has('z')))
    return false
  if (seen.has('I') !== seen.has('p') || (seen.has('I') && seen.has('H'))) return false
  if (kind === 'TIME') return seen.has('H') || seen.has('I')
  const month = seen.has('m') !== seen.has('b')
  return seen.has('Y') && (month || !(seen.has('m') || seen.has('d')))
}

/**
 * DuckDB SQL of PARSE_DATE and the like for a literal pattern (format-elements#format_elements_date_time); undefined if
 * its texts are the registered function's alone.
 *
 * @param zone DuckDB SQL of the zone's name, of a TIMESTAMP
 * @param slow the registered function's call
 */
export function parseTime(
  pattern: string,
  text: string,
  kind: TimeKind,
  zone: string,
  slow: (text: string) => string,
): string | undefined {
  if (pattern === '%s' && kind === 'TIMESTAMP') return onceUnlessCheap([text], (v) => seconds(v, slow(v)))
  const forms = parsedForms(pattern, kind)
  if (forms.length === 0) return undefined
  return onceUnlessCheap([text], (v) => {
    const branches = forms.map(({ native, glob, offset }) => {
      const time = `try_strptime(${v}, ${quoteText(native)})`
      const years = (offset ? ['000[01]', '9999'] : ['0000']).map((year) => beyond(v, glob, year))
      return `WHEN ${v} GLOB ${quoteText(glob.replace('{year}', digits(4)))}${years.join('')} THEN ${offset ? time : valueOfTime(time, kind, zone)}`
    })
    return `coalesce(CASE ${branches.join(' ')} END, ${slow(v)})`
  })
}

/** DuckDB has a year 0, and years that an offset leads to from the first or the last. */
function beyond(text: string, glob: string, year: string): string {
  const form = glob.replace('{year}', year)
  return form === glob ? '' : ` AND NOT ${text} GLOB ${quoteText(form.replaceAll('[0-9]', '?'))}`
}

function valueOfTime(time: string, kind: TimeKind, zone: string): string {
  if (kind === 'TIMESTAMP') {
    return zone === `'UTC'`
      ? utcOfWall(time)
      : `make_timestamptz(googlesql_to_utc(epoch_us(${time}), ${zone}))`
  }
  return `CAST(${time} AS ${kind === 'DATETIME' ? 'TIMESTAMP' : kind})`
}

/** Seconds since 1970 as DuckDB itself would print them. */
function seconds(text: string, slow: string): string {
  const number = `TRY_CAST(${text} AS BIGINT)`
  return `CASE WHEN CAST(${number} AS VARCHAR) = ${text} AND ${number} BETWEEN -62135596800 AND 253402300799 THEN make_timestamptz(${number} * 1000000) ELSE ${slow} END`
}
