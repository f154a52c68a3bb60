import { expect, test } from 'vitest'
import { proveFaults } from '../../prove/faults/faults.ts'

const runs = process.env['STREAMFORM_CI'] === undefined ? 5 : 100

test(`whatever goes wrong with calls of ${runs} runs, nothing is lost and nothing is done twice`, async () => {
  const seed = Number(process.env['STREAMFORM_SEED'] ?? Date.now() % 1_000_000)
  console.log(`faults: seed ${seed}`)
  const result = await proveFaults({ runs, seed })
  expect([result.runs, result.through + result.resumed]).toEqual([runs, runs])
  expect(result.faults).toBeGreaterThan(0)
}, 600_000)
