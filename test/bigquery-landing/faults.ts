import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { isDeepStrictEqual } from 'node:util'
import { Problem } from '../../runner/problem.ts'
import { type Drawn, drawFaults, inWords } from '../prove/faults/draw.ts'
import { Tokens } from '../prove/faults/faults.ts'
import { startProxy } from '../prove/faults/proxy.ts'
import { Random } from '../prove/sql/random.ts'
import { noon, options, stampsAgree, timeless, writeStream } from './kills.ts'
import { type LocalBigQuery, landIn, openLocalBigQuery } from './two-warehouses.ts'

export interface LandingFaults {
  readonly runs: number
  readonly calls: number
  readonly faults: number
  /** Streams that landed at the first try, and those that needed more. */
  readonly through: number
  readonly again: number
}

/** How often a landing is tried before it is told that it never ends. */
const mostTries = 12

/**
 * Lands a stream through a proxy that lets calls go wrong as the seed says, again after a clear error, and compares all tables with
 * those of a landing in which nothing went wrong.
 *
 * @throws Error that says what differs, with the faults
 */
export async function proveLandingFaults({
  runs,
  seed,
}: {
  readonly runs: number
  readonly seed: number
}): Promise<LandingFaults> {
  const folder = mkdtempSync(join(tmpdir(), 'streamform-landing-'))
  const bigquery = await openLocalBigQuery()
  try {
    writeStream(folder)
    await landIn(await bigquery.loader({ project: 'whole' }), folder, noon, options('whole'))
    const expected = await timeless(bigquery, 'whole')
    const total = { runs: 0, calls: 0, faults: 0, through: 0, again: 0 }
    const random = new Random(seed)
    for (let run = 0; run < runs; run += 1) {
      const drawn = drawFaults(new Random(random.between(1, 2 ** 31)))
      const { calls, faults, tries } = await landThrough(bigquery, folder, `run-${run}`, drawn)
      const isRight =
        isDeepStrictEqual(await timeless(bigquery, `run-${run}`), expected) &&
        (await stampsAgree(bigquery, `run-${run}`))
      if (!isRight) throw new Error(`run ${run}: tables differ\n${inWords(drawn)}`)
      total.runs += 1
      total.calls += calls
      total.faults += faults
      if (tries === 1) total.through += 1
      else total.again += 1
    }
    return total
  } finally {
    await bigquery.close()
    rmSync(folder, { recursive: true, force: true })
  }
}

async function landThrough(
  bigquery: LocalBigQuery,
  folder: string,
  project: string,
  drawn: Drawn,
): Promise<{ readonly calls: number; readonly faults: number; readonly tries: number }> {
  let faults = 0
  const proxy = await startProxy({
    to: bigquery.endpoint.url,
    fault({ index }) {
      const fault = drawn.faults.get(index)
      if (fault !== undefined) faults += 1
      return fault
    },
  })
  try {
    const loader = await bigquery.loader({ project, url: proxy.url, authClient: new Tokens() })
    for (let tries = 1; ; tries += 1) {
      const now = new Date(noon.getTime() + tries * 60_000)
      try {
        await landIn(loader, folder, now, options(project))
        return { calls: proxy.calls.length, faults, tries }
      } catch (error) {
        // What is no clear error is a defect.
        if (!(error instanceof Problem) || tries === mostTries)
          throw new Error(`${project}: ${error instanceof Error ? error.stack : error}\n${inWords(drawn)}`, {
            cause: error,
          })
      }
    }
  } finally {
    await proxy.close()
  }
}
