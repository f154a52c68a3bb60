import { quoteText } from '../../lower/identifier.ts'
import { onceUnlessCheap } from '../../lower/library/once.ts'
import { datetimeText } from '../casts/cast-text.ts'
import { composites } from './composites.ts'
import type { TimeKind } from './date-arithmetic.ts'
import { wallOfZone } from './utc.ts'

/** Elements that DuckDB's strftime prints as BigQuery does, from the year 1000 on. */
const printed: Readonly<Record<string, string>> = {
  ...Object.fromEntries([...'YmdyjbBaAVGuwUWHMSIp'].map((letter) => [letter, `%${letter}`])),
  ...Object.fromEntries([...'dmyjHMSI'].map((letter) => [`-${letter}`, `%-${letter}`])),
  '-e': '%-d',
  '-k': '%-H',
  '-l': '%-I',
  h: '%b',
  E4Y: '%Y',
  E0S: '%S',
  E3S: '%S.%g',
  E6S: '%S.%f',
  '%': '%%',
  n: '\n',
  t: '\t',
}

const expanded: Readonly<Record<string, string>> = {
  ...composites,
  r: '%I:%M:%S %p',
  c: '%a %b %e %H:%M:%S %Y',
}

/** What elements are made of: the wall clock's time, and the moment in microseconds. */
interface Moment {
  readonly wall: string
  readonly micros: string
  readonly utc: boolean
}

const text = (number: string) => `CAST(${number} AS VARCHAR)`
const spaced = (number: string) => `lpad(${text(number)}, 2, ' ')`
const zeros = (number: string) => `lpad(${text(number)}, 2, '0')`
/** Of the whole minutes between the wall's clock and UTC's. */
const minutes = ({ wall, micros }: Moment) => `((epoch_us(${wall}) - ${micros}) // 60000000)`
const cut = (digits: number) => (m: Moment) => `left(strftime(${m.wall}, '%S.%f'), ${3 + digits})`

/** Elements that DuckDB has not, or otherwise. */
const computed: Readonly<Record<string, (moment: Moment) => string>> = {
  C: ({ wall }) => text(`year(${wall}) // 100`),
  e: ({ wall }) => spaced(`day(${wall})`),
  g: ({ wall }) => zeros(`isoyear(${wall}) % 100`),
  Q: ({ wall }) => text(`quarter(${wall})`),
  k: ({ wall }) => spaced(`hour(${wall})`),
  l: ({ wall }) => spaced(`(hour(${wall}) + 11) % 12 + 1`),
  P: ({ wall }) => `CASE WHEN hour(${wall}) < 12 THEN 'am' ELSE 'pm' END`,
  s: ({ micros }) => text(`(${micros} - (${micros} % 1000000 + 1000000) % 1000000) // 1000000`),
  'E*S': ({ wall }) =>
    `CASE WHEN microsecond(${wall}) % 1000000 = 0 THEN strftime(${wall}, '%S') ELSE rtrim(strftime(${wall}, '%S.%f'), '0') END`,
  E1S: cut(1),
  E2S: cut(2),
  E4S: cut(4),
  E5S: cut(5),
  z: (moment) => (moment.utc ? `'+0000'` : offset(moment, '')),
  Ez: (moment) => (moment.utc ? `'+00:00'` : offset(moment, ':')),
  Z: (moment) => (moment.utc ? `'UTC'` : zoneName(moment)),
}

function offset(moment: Moment, colon: string): string {
  const size = `abs(${minutes(moment)})`
  return `(CASE WHEN ${minutes(moment)} < 0 THEN '-' ELSE '+' END || ${zeros(`${size} // 60`)} || '${colon}' || ${zeros(`${size} % 60`)})`
}

function zoneName(moment: Moment): string {
  const size = `abs(${minutes(moment)})`
  const sign = `CASE WHEN ${minutes(moment)} < 0 THEN '-' ELSE '+' END`
  const hours = `'UTC' || ${sign} || ${text(`${size} // 60`)}`
  const whole = `'UTC' || ${sign} || ${zeros(`${size} // 60`)} || ${zeros(`${size} % 60`)}`
  return `CASE WHEN ${minutes(moment)} = 0 THEN 'UTC' WHEN ${size} % 60 = 0 THEN ${hours} ELSE ${whole} END`
}

/** A TIMESTAMP's text in a zone: `2024-01-05 10:00:00.120+05:30`. */
export function zonedText(timestamp: string, zone: string): string {
  return onceUnlessCheap([timestamp], (t) =>
    onceUnlessCheap([wallOfZone(t, zone)], (wall) => {
      const moment = { wall, micros: `epoch_us(${t})`, utc: false }
      const [size, less] = [`abs(${minutes(moment)})`, `${minutes(moment)} < 0`]
      const rest = `CASE WHEN ${size} % 60 = 0 THEN '' ELSE ':' || ${zeros(`${size} % 60`)} END`
      const text = `${datetimeText(wall)} || CASE WHEN ${less} THEN '-' ELSE '+' END || ${zeros(`${size} // 60`)} || ${rest}`
      return `CASE WHEN ${wall} BETWEEN TIMESTAMP '1973-01-01' AND TIMESTAMP '9999-12-31' THEN ${text} ELSE googlesql_timestamp_text(epoch_us(${t}), ${zone}) END`
    }),
  )
}

const dates = 'YmdyjbBaAVGuwUWhCegQ'
const clocks = 'HMSIpklPE'
const plain = '%nt'

/** An element's letter decides which types have it: `-d` and `E4Y` are dates', `E3S` is a clock's. */
function allowed(element: string, kind: TimeKind): boolean {
  if (plain.includes(element)) return true
  const letter = element.replace(/^-|^E[4]?(?=Y)|^E.(?=S)/, '')
  if (dates.includes(letter)) return kind !== 'TIME'
  if (clocks.includes(letter)) return kind !== 'DATE'
  return kind === 'TIMESTAMP' || (kind === 'DATETIME' && letter === 's')
}

/**
 * DuckDB SQL of FORMAT_DATE and the like for a literal pattern (format-elements#format_elements_date_time); undefined if
 * it has an element that is the registered function's alone, or not the type's.
 *
 * @param zone DuckDB SQL of the zone's name, of a TIMESTAMP
 * @param slow the registered function's call
 * @example formatTime('%F', 'd', 'DATE', `'UTC'`, slow) // CASE WHEN d >= '1000-01-01' THEN strftime(d, '%Y-%m-%d') ELSE …
 */
export function formatTime(
  pattern: string,
  value: string,
  kind: TimeKind,
  zone: string,
  slow: (value: string) => string,
): string | undefined {
  const pieces = piecesOf(pattern, kind)
  if (pieces === undefined) return undefined
  if (kind === 'TIME') {
    return onceUnlessCheap([`(DATE '1970-01-01' + ${value})`], (wall) =>
      joined(pieces, { wall, micros: '0', utc: true }),
    )
  }
  return onceUnlessCheap([value], (v) =>
    onceUnlessCheap([kind === 'TIMESTAMP' ? wallOfZone(v, zone) : v], (wall) => {
      const utc = kind !== 'TIMESTAMP' || zone === `'UTC'`
      // Texts have no seconds of an offset, as local mean times do.
      const first = utc ? '1000' : '1973'
      const whole = joined(pieces, { wall, micros: `epoch_us(${v})`, utc })
      return `CASE WHEN ${wall} >= ${kind === 'DATE' ? 'DATE' : 'TIMESTAMP'} '${first}-01-01' THEN ${whole} ELSE ${slow(v)} END`
    }),
  )
}

/** Patterns of strftime, and elements that are computed. */
function piecesOf(
  given: string,
  kind: TimeKind,
): readonly (string | ((moment: Moment) => string))[] | undefined {
  const pattern = given.replace(/%([FDxTXRrc])/g, (whole, letter: string, at: number) =>
    // The second of two percent signs begins nothing.
    /(?:^|[^%])(?:%%)*$/.test(given.slice(0, at)) ? (expanded[letter] ?? whole) : whole,
  )
  const pieces: (string | ((moment: Moment) => string))[] = ['']
  for (const [part, element] of pattern.matchAll(/%(E4Y|E\*S|E\dS|Ez|-?[\s\S])|[^%]+|%/g)) {
    if (part === '%' || (element !== undefined && !allowed(element, kind))) return undefined
    const next = element === undefined ? part : (printed[element] ?? computed[element])
    if (next === undefined) return undefined
    const last = pieces.at(-1)
    if (typeof next === 'string' && typeof last === 'string') pieces[pieces.length - 1] = last + next
    else pieces.push(next)
  }
  return pieces.filter((piece) => piece !== '')
}

function joined(pieces: readonly (string | ((moment: Moment) => string))[], moment: Moment): string {
  const texts = pieces.map((piece) => {
    if (typeof piece !== 'string') return piece(moment)
    return piece.includes('%') ? `strftime(${moment.wall}, ${quoteText(piece)})` : quoteText(piece)
  })
  return texts.length === 1 ? (texts[0] ?? '') : `(${texts.join(' || ')})`
}
