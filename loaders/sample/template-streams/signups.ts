import { seededRandom } from '../random.ts'
import type { StreamFile } from './stream-file.ts'

const day = Date.UTC(2024, 5, 1)
const minute = 60_000
/** A full load's rows have no operation, and no place among the changes. */
const columns = '_id,_doc,change_seq,changed_at'

const countries = ['CH', 'CH', 'DE', 'DE', 'DE', 'FR', 'IT', 'JP'] as const
const channels = ['search', 'friend', 'advert'] as const

/** Quotes a field as AWS DMS does (RFC 4180): a document is full of quotes and commas. */
const quoted = (text: string): string => `"${text.replaceAll('"', '""')}"`

const time = (at: number): string => new Date(at).toISOString().replace('T', ' ').replace('Z', '000')

interface Signup {
  readonly id: string
  readonly at: number
  readonly document: Readonly<Record<string, unknown>>
}

function signup(number: number, person: number, at: number, country: string, plan: string): Signup {
  const id = (0x665a0000 + number).toString(16).padEnd(24, '0')
  return {
    id,
    at,
    document: {
      // Who signs up twice does not always write the address alike.
      person: { email: `${number % 3 === 0 ? 'P' : 'p'}erson${person}@example.com`, country },
      plan,
      channel: channels[person % 3],
      signed_up_at: new Date(at).toISOString(),
    },
  }
}

/** A morning of sign-ups in a MongoDB collection, as AWS DMS writes it: documents in CSV, a full load and changes. */
export function signupsStream(): readonly StreamFile[] {
  const random = seededRandom('signups')
  const before = [1, 2, 3, 4, 5].map((person) =>
    signup(person, person, day - person * 3_600_000, countries[person] ?? 'CH', 'free'),
  )
  const all: Signup[] = []
  for (let number = 6; number <= 85; number++) {
    // One in five has been here before.
    const person = random.below(5) === 0 ? 1 + random.below(number - 1) : number
    const at = day + (480 + random.below(170)) * minute + random.below(60) * 1000
    all.push(
      signup(
        number,
        person,
        at,
        countries[person % countries.length] ?? 'CH',
        person % 4 === 0 ? 'pro' : 'free',
      ),
    )
  }
  all.sort((left, right) => left.at - right.at)
  const changes = all.map((each, at) => line('I', each, each.at, at))
  const last = all.at(-1)
  const upgraded = all[3]
  const withdrawn = all[7]
  const end = day + 655 * minute
  if (upgraded !== undefined && withdrawn !== undefined && last !== undefined) {
    const better = { ...upgraded, document: { ...upgraded.document, plan: 'pro' } }
    changes.push(line('U', better, end, all.length), line('D', withdrawn, end + minute, all.length + 1))
  }
  const file = (name: string, lines: readonly string[], header = `Op,${columns}`): StreamFile => ({
    path: `app/signups/${name}.csv`,
    text: `${[header, ...lines].join('\n')}\n`,
  })
  return [
    file(
      'LOAD00000001',
      before.map(({ id, document }) =>
        [id, quoted(JSON.stringify(document)), '', time(day + 470 * minute)].join(','),
      ),
      columns,
    ),
    file('20240601-083000000', changes.slice(0, 30)),
    file('20240601-100000000', changes.slice(30)),
    // The task was restarted from an earlier moment, and wrote some changes again.
    file('20240601-103000000', changes.slice(20, 40)),
  ]
}

function line(op: string, { id, document }: Signup, at: number, number: number): string {
  const instant = new Date(at).toISOString()
  const sequence = `${instant.replace(/\D/g, '').slice(0, 16)}${String(number).padStart(19, '0')}`
  return [op, id, quoted(JSON.stringify(document)), sequence, time(at)].join(',')
}
