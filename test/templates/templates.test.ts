import { mkdtempSync, readdirSync, readFileSync, realpathSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { templateStream } from '../../loaders/sample/template-streams/template-stream.ts'
import { type BuildResult, build } from '../../runner/commands/build.ts'
import type { Effects } from '../../runner/effects.ts'
import { tryCompile } from '../../runner/project/compile/compile.ts'
import { projectTemplates } from '../../runner/scaffold/project-templates.ts'
import { temporaryProject } from '../commands/temporary-project.ts'
import { quietEffects, streamformIn } from '../scaffold/in-process.ts'

interface Built {
  readonly project: string
  readonly effects: Effects
  readonly result: BuildResult
  rows(sql: string): Promise<readonly unknown[]>
}

const folder = realpathSync(mkdtempSync(join(tmpdir(), 'streamform-templates-')))
afterAll(() => rmSync(folder, { recursive: true, force: true }))
const builds = new Map<string, Promise<Built>>()

/** A template's project, written and built from its stream, once for all tests. */
function built(template: string): Promise<Built> {
  const build = builds.get(template) ?? initAndBuild(template)
  builds.set(template, build)
  return build
}

async function initAndBuild(template: string): Promise<Built> {
  const project = join(folder, template)
  const { code, err } = await streamformIn(folder, ['init', template, '--template', template])
  expect([code, err]).toEqual([0, ''])
  const effects = quietEffects(project)
  const result = await build({ project }, effects)
  return {
    project,
    effects,
    result,
    rows: async (sql) =>
      JSON.parse((await streamformIn(project, ['query', sql, '--json'])).out).rows as readonly unknown[],
  }
}

test('there are three, and each has a stream', () => {
  expect(projectTemplates()).toEqual(['signups', 'taxi', 'users'])
  for (const name of projectTemplates()) expect(templateStream(name).length).toBeGreaterThan(1)
})

test('one that there is not is refused with those that there are', async () => {
  const { folder } = temporaryProject()
  expect(await streamformIn(folder, ['init', 'x', '--template', 'nonsense'])).toEqual({
    code: 2,
    out: '',
    err: 'error: there is no template `nonsense`\n  templates: signups, taxi, users\n',
  })
  expect((await streamformIn(folder, ['init', 'x', '--template', 'taxis'])).err).toContain(
    'did you mean `taxi`?',
  )
  expect(readdirSync(folder)).not.toContain('x')
})

describe.each(projectTemplates())('%s', (template) => {
  test('compiles, lands its stream whole, passes its unit tests and assertions, and does nothing the second time', async () => {
    const { project, effects, result } = await built(template)
    const { problems, unitTests, actions } = await tryCompile(project)
    expect(problems).toEqual([])
    expect(result).toMatchObject({
      status: 'succeeded',
      land: { deadLetters: 0, quarantined: [], skipped: [], late: [] },
      test: { failed: 0, passed: unitTests.length },
    })
    expect(unitTests.length).toBeGreaterThanOrEqual(3)
    const again = await build({ project }, effects)
    expect(again).toMatchObject({ status: 'succeeded', land: { landed: 0 } })
    // A model that analysts read says what its columns are, and has a test.
    const tested = new Set(unitTests.map(({ target }) => `${target?.schema}.${target?.name}`))
    const read = actions.filter(({ tags, kind }) => kind !== 'assertion' && tags.includes('analytics'))
    expect(
      read.map(({ target }) => `${target.schema}.${target.name}`).filter((name) => !tested.has(name)),
    ).toEqual([])
  })

  test('tells every file that it has, and no other, in its page', async () => {
    const { project } = await built(template)
    const page = readFileSync(join(project, 'README.md'), 'utf8')
    const named = [...page.matchAll(/`(definitions\/[\w/*.]+)`/g)].map(([, path = '']) => path)
    const files = readdirSync(join(folder, template, 'definitions'), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name).slice(project.length + 1))
    const covers = (path: string, file: string) =>
      path.endsWith('/')
        ? file.startsWith(path)
        : new RegExp(`^${path.replaceAll('.', '\\.').replaceAll('*', '[^/]*')}$`).test(file)
    expect(named.filter((path) => !files.some((file) => covers(path, file)))).toEqual([])
    expect(files.filter((file) => !named.some((path) => covers(path, file)))).toEqual([])
  })
})

/** The last line of each row in a stream's files, as its source has it: by key, in the order that the events say. */
function replayed<T>(
  events: readonly T[],
  order: (event: T) => string,
  key: (event: T) => string,
): readonly T[] {
  const last = new Map<string, T>()
  for (const event of [...events].sort((left, right) => (order(left) < order(right) ? -1 : 1)))
    last.set(key(event), event)
  return [...last.values()]
}

/** A decimal of the JSON converter: whole hundredths. */
const unscaled = (base64: string): number => {
  const bytes = Buffer.from(base64, 'base64')
  return bytes.readIntBE(0, bytes.length)
}

interface Message {
  readonly payload: {
    readonly op: string
    readonly before: { readonly id: number } | null
    readonly after: Readonly<Record<string, unknown>> | null
    readonly source: { readonly lsn: number; readonly table: string }
  }
}

test('taxi: the trips are those of the messages, replayed in the order of the log', async () => {
  const { rows } = await built('taxi')
  const messages = templateStream('taxi')
    .flatMap(({ text }) => text.trim().split('\n'))
    .flatMap((line) => (line === 'null' ? [] : [(JSON.parse(line) as Message).payload]))
    .filter(({ source }) => source.table === 'trip')
  const trips = replayed(
    messages,
    ({ source, op }) => `${String(source.lsn).padStart(12, '0')}${op === 'r' ? 0 : 1}`,
    ({ before, after }) => String((after ?? before)?.['id']),
  ).flatMap(({ op, after }) => (op === 'd' || after === null ? [] : [after]))
  const expected = trips
    .map(({ id, vehicle, fare }) => ({
      id,
      vehicle,
      cents: fare === null ? null : unscaled(String(fare)),
    }))
    .sort((left, right) => Number(left.id) - Number(right.id))
  expect(expected.length).toBe(80)
  expect(
    await rows('SELECT id, vehicle, CAST(fare * 100 AS INT64) AS cents FROM taxi.trip ORDER BY id'),
  ).toEqual(expected)
  const hours = new Map<string, { trips: number; passengers: number; cents: number; under_way: number }>()
  for (const { pickup_zone_id: zone, picked_up_at: at, passengers, fare, dropped_off_at: end } of trips) {
    const key = `${zone} ${String(at).slice(0, 13)}`
    const hour = hours.get(key) ?? { trips: 0, passengers: 0, cents: 0, under_way: 0 }
    hour.trips++
    hour.passengers += Number(passengers)
    hour.cents += fare === null ? 0 : unscaled(String(fare))
    hour.under_way += end === null ? 1 : 0
    hours.set(key, hour)
  }
  expect(
    await rows(
      "SELECT CONCAT(CAST(zone_id AS STRING), ' ', FORMAT_TIMESTAMP('%Y-%m-%dT%H', hour_start)) AS hour, trips, passengers, CAST(fares * 100 AS INT64) AS cents, under_way FROM taxi_analytics.zone_hours ORDER BY hour",
    ),
  ).toEqual(
    [...hours]
      .sort(([left], [right]) => (left < right ? -1 : 1))
      .map(([hour, counts]) => ({ hour, ...counts })),
  )
  expect(await rows('SELECT name FROM taxi.zone WHERE id = 6')).toEqual([{ name: 'New Harbour' }])
})

test('users: the table is what the source has, a renamed user is one, and nothing private is readable', async () => {
  const { rows, project } = await built('users')
  expect(await rows('SELECT username, email, phone FROM crm.users ORDER BY username')).toEqual([
    { username: 'anna', email: 'anna@example.com', phone: '+41 31 555 01 12' },
    { username: 'bruno', email: 'bruno@example.com', phone: '+41 22 555 09 99' },
    { username: 'carla', email: 'carla@example.com', phone: '+41 44 555 02 10' },
    { username: 'carla.rossi', email: 'carla.rossi@example.com', phone: '+39 02 555 01 56' },
    { username: 'elif', email: 'elif@example.com', phone: '+90 212 555 01 90' },
  ])
  expect(
    await rows('SELECT username, full_name, email, phone FROM crm.users_masked ORDER BY username'),
  ).toEqual([
    { username: 'anna', full_name: 'A***', email: 'a***@example.com', phone: '***12' },
    { username: 'bruno', full_name: 'B***', email: 'b***@example.com', phone: '***99' },
    { username: 'carla', full_name: 'C***', email: 'c***@example.com', phone: '***10' },
    { username: 'carla.rossi', full_name: 'C***', email: 'c***@example.com', phone: '***56' },
    { username: 'elif', full_name: 'E***', email: 'e***@example.com', phone: '***90' },
  ])
  expect(await rows('SELECT old_username, new_username FROM crm_analytics.renames')).toEqual([
    { old_username: 'carla', new_username: 'carla.rossi' },
  ])
  expect(await rows('SELECT * FROM crm_analytics.profiles ORDER BY username')).toEqual([
    {
      username: 'anna',
      joined_on: '2023-01-09',
      language: 'de',
      city: 'Zurich',
      country: 'CH',
      newsletter: true,
      devices: 1,
    },
    {
      username: 'bruno',
      joined_on: '2023-03-21',
      language: 'fr',
      city: 'Geneva',
      country: 'CH',
      newsletter: false,
      devices: 1,
    },
    {
      username: 'carla',
      joined_on: '2024-06-01',
      language: 'de',
      city: 'Zurich',
      country: 'CH',
      newsletter: false,
      devices: 0,
    },
    {
      username: 'carla.rossi',
      joined_on: '2023-08-02',
      language: 'it',
      city: 'Milan',
      country: 'IT',
      newsletter: true,
      devices: 0,
    },
    {
      username: 'elif',
      joined_on: '2024-06-01',
      language: 'tr',
      city: 'Istanbul',
      country: 'TR',
      newsletter: true,
      devices: 1,
    },
  ])
  expect(await rows('SELECT * FROM crm_analytics.devices ORDER BY username')).toEqual([
    { username: 'anna', number: 1, kind: 'phone', os: 'iOS', last_seen: '2024-06-01' },
    { username: 'bruno', number: 1, kind: 'phone', os: 'Android', last_seen: '2024-05-29' },
    { username: 'elif', number: 1, kind: 'phone', os: 'iOS', last_seen: '2024-06-01' },
  ])
  expect((await streamformIn(project, ['privacy'])).code).toBe(0)
})

test('signups: each document once, each person once, whatever was written again', async () => {
  const { rows } = await built('signups')
  const lines = templateStream('signups').flatMap(({ path, text }) =>
    text
      .trim()
      .split('\n')
      .slice(1)
      .map((line) => {
        const match = /^(?:([IUD]),)?([0-9a-f]+),"(.*)",(\d*),/.exec(line)
        const document = JSON.parse((match?.[3] ?? '').replaceAll('""', '"')) as {
          readonly person: { readonly email: string; readonly country: string }
          readonly plan: string
          readonly signed_up_at: string
        }
        return {
          op: path.includes('LOAD') ? 'L' : match?.[1],
          id: match?.[2] ?? '',
          sequence: match?.[4] ?? '',
          document,
        }
      }),
  )
  const documents = replayed(
    lines,
    ({ sequence }) => sequence,
    ({ id }) => id,
  ).filter(({ op }) => op !== 'D')
  const people = new Set(documents.map(({ document }) => document.person.email.toLowerCase()))
  expect(documents.length).toBe(84)
  expect(people.size).toBeLessThan(84)
  const byId = documents
    .map(({ id, document }) => ({ signup_id: id, country: document.person.country, plan: document.plan }))
    .sort((left, right) => (left.signup_id < right.signup_id ? -1 : 1))
  expect(await rows('SELECT signup_id, country, plan FROM app_analytics.signups ORDER BY signup_id')).toEqual(
    byId,
  )
  expect(
    await rows('SELECT SUM(people) AS people, SUM(signups) AS signups FROM app_analytics.people_by_country'),
  ).toEqual([{ people: people.size, signups: 84 }])
  const first = new Map<string, string>()
  const byTime = [...documents].sort((left, right) =>
    `${left.document.signed_up_at}${left.id}` < `${right.document.signed_up_at}${right.id}` ? -1 : 1,
  )
  const windows = new Map<string, { signups: number; new_people: number }>()
  for (const { id, document } of byTime) {
    const person = document.person.email.toLowerCase()
    if (!first.has(person)) first.set(person, id)
    const start = Math.floor(Date.parse(document.signed_up_at) / 900_000) * 900
    const key = `${start} ${document.person.country}`
    const window = windows.get(key) ?? { signups: 0, new_people: 0 }
    window.signups++
    window.new_people += first.get(person) === id ? 1 : 0
    windows.set(key, window)
  }
  expect(
    await rows(
      "SELECT CONCAT(CAST(UNIX_SECONDS(window_start) AS STRING), ' ', country) AS win, signups, new_people FROM app_analytics.signup_windows ORDER BY win",
    ),
  ).toEqual(
    [...windows]
      .sort(([left], [right]) => (left < right ? -1 : 1))
      .map(([win, counts]) => ({ win, ...counts })),
  )
})
