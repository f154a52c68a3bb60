import { expect, test } from 'vitest'
import { proveKills } from '../prove/kill.ts'

const kills = process.env['STREAMFORM_CI'] === undefined ? 10 : 200

test(`${kills} loaders killed at random instants lose and double nothing`, { timeout: 600_000 }, async () => {
  const seed = Number(process.env['STREAMFORM_SEED'] ?? Date.now() % 1_000_000)
  console.log(`kill: seed ${seed}`)
  const result = await proveKills({ kills, seed })
  expect(result.kills).toBeGreaterThanOrEqual(kills)
  expect(result.landings).toBeGreaterThan(0)
})
