import { expect, test } from 'vitest'
import { proveLandingFaults } from './faults.ts'

const runs = process.env['STREAMFORM_CI'] === undefined ? 3 : 8

test(`whatever goes wrong with calls of ${runs} landings, every row lands once`, async () => {
  const seed = Number(process.env['STREAMFORM_SEED'] ?? Date.now() % 1_000_000)
  console.log(`landing faults: seed ${seed}`)
  const result = await proveLandingFaults({ runs, seed })
  expect([result.runs, result.through + result.again]).toEqual([runs, runs])
}, 300_000)
