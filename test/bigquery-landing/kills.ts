import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { isDeepStrictEqual } from 'node:util'
import type { BigQueryClient } from '../../runner/warehouse/bigquery/client.ts'
import type { ApiCall } from '../../runner/warehouse/bigquery/request.ts'
import { minutePath, mysqlFile } from '../loaders/events.ts'
import { type Disturb, everything, type LocalBigQuery, landIn, openLocalBigQuery } from './two-warehouses.ts'

const at = (minute: number) => `2024/06/01/00/${String(minute).padStart(2, '0')}`
export const noon = new Date('2024-06-02T12:00:00Z')
const later = new Date('2024-06-02T12:30:00Z')

/** Two transactions: in the second a column becomes text, which writes its table anew, one comes, and an event does not fit. */
export function writeStream(folder: string): void {
  const fields = (type: unknown) => [
    { name: 'id', type: 'long' },
    { name: 'v', type },
  ]
  const files = {
    [minutePath(at(1), 'a.avro', 'first')]: mysqlFile(fields('long'), [
      { id: 1, v: 5 },
      { id: 2, v: null },
    ]),
    [minutePath(at(1), 'b.avro', 'first')]: mysqlFile(fields('bytes'), [{ id: 1, v: Buffer.from('x') }], {
      table: 'other',
    }),
    [minutePath(at(1), 'c.avro', 'first')]: Buffer.from('no change file'),
    [minutePath(at(2), 'd.avro', 'second')]: mysqlFile(
      [...fields('string'), { name: 'w', type: 'string' }],
      [{ id: 3, v: 'text', w: 'new' }],
      { first: 3 },
    ),
    [minutePath(at(2), 'e.avro', 'second')]: mysqlFile(
      [...fields('string'), { name: 'w', type: 'string' }],
      [
        { id: 2, v: 'text', w: null },
        { id: 3, v: null, w: 'new' },
      ],
      { table: 'other', first: 2 },
    ),
  }
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true })
    writeFileSync(join(folder, name), content)
  }
}

export const options = (project: string) => ({ project, filesPerTransaction: 3 })

export class Died extends Error {}

/** Lets so many calls go and none after them, as if the process had been killed. Looking again counts as one call. */
function dyingBefore(count: number, calls: ApiCall[] = []): Disturb {
  const seen = new Set<string>()
  let isDead = false
  return (call) =>
    ((request, options) => {
      const look = `${request.method} ${request.path}`
      const isNew = request.method !== 'GET' || !seen.has(look)
      isDead ||= isNew && calls.length >= count
      if (isDead) throw new Died(look)
      seen.add(look)
      if (isNew) calls.push(request)
      return call(request, options)
    }) as BigQueryClient['call']
}

/** All that is there, but for when it came to be. */
export async function timeless({ tables }: LocalBigQuery, project: string): Promise<unknown> {
  const text = JSON.stringify(await everything(tables, project))
  return JSON.parse(text.replace(/2024-06-02T12:\d\d:\d\d(?:\.\d+)?Z/g, 'then'))
}

/** True if rows bear the time that the ledger has of their file. */
export async function stampsAgree({ tables }: LocalBigQuery, project: string): Promise<boolean> {
  const rows = (table: string) => `SELECT _file, _loaded_at FROM \`${project}.shop_raw.${table}\``
  const { rows: files } = await tables.execute(`
    SELECT f.landed_at, r.stamps
    FROM \`${project}.streamform.files\` AS f
    JOIN (
      SELECT _file, ARRAY_AGG(DISTINCT _loaded_at) AS stamps
      FROM (${rows('item')} UNION ALL ${rows('other')})
      GROUP BY _file
    ) AS r ON r._file = f.name`)
  return (
    files.length === 4 && files.every(([landedAt, stamps]) => isDeepStrictEqual(stamps, [landedAt ?? null]))
  )
}

export interface LandingKills {
  readonly kills: number
  /** Calls of a landing that nobody kills. */
  readonly calls: number
}

/**
 * Kills a loader before each of its calls of BigQuery's API, lets another land what is left, and compares all tables with those of
 * a landing that nobody killed.
 *
 * @param every only before each so-many-th call, from call `first` on
 * @throws Error that says what differs
 */
export async function proveLandingKills(every: number, first: number): Promise<LandingKills> {
  const folder = mkdtempSync(join(tmpdir(), 'streamform-landing-'))
  const bigquery = await openLocalBigQuery()
  try {
    writeStream(folder)
    const calls: ApiCall[] = []
    const disturb = dyingBefore(Number.POSITIVE_INFINITY, calls)
    await landIn(await bigquery.loader({ project: 'whole', disturb }), folder, noon, options('whole'))
    const expected = await timeless(bigquery, 'whole')
    let kills = 0
    for (let count = first % every; count < calls.length; count += every) {
      const project = `killed-${count}`
      const dying = await bigquery.loader({ project, disturb: dyingBefore(count) })
      // The last calls tidy up after the commit: that they fail is no failure.
      await landIn(dying, folder, noon, options(project)).catch((error: unknown) => {
        if (!(error instanceof Died)) throw error
      })
      const next = await bigquery.loader({ project })
      await landIn(next, folder, later, options(project))
      const again = await landIn(next, folder, later, options(project))
      const isRight =
        again.landed === 0 &&
        isDeepStrictEqual(await timeless(bigquery, project), expected) &&
        (await stampsAgree(bigquery, project))
      if (!isRight)
        throw new Error(
          `killed before call ${count} (${calls[count]?.method} ${calls[count]?.path}): tables differ`,
        )
      kills += 1
    }
    return { kills, calls: calls.length }
  } finally {
    await bigquery.close()
    rmSync(folder, { recursive: true, force: true })
  }
}
