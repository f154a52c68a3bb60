import { expect, test } from 'vitest'
import { proveLedger } from '../prove/ledger.ts'

test('whatever happens to files, ledger and letters in whatever order: the raw table has each landed version’s events, once a landing', {
  timeout: 240_000,
}, async () => {
  const seed = Number(process.env['STREAMFORM_SEED'] ?? 20_240_601)
  const { steps, rows } = await proveLedger({ runs: 30, seed })
  expect(Math.min(steps / 30, rows / 30)).toBeGreaterThan(4)
})
