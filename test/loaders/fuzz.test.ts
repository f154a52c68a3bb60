import { expect, test } from 'vitest'
import { proveFuzz } from '../prove/fuzz.ts'

test('20,000 files that are damaged in every way end landed or refused, each in its whole', {
  timeout: 180_000,
}, async () => {
  const { inputs, landed, letters, refused, warehoused } = await proveFuzz({ runs: 20_000, seed: 20_240_601 })
  expect([inputs, landed + refused]).toEqual([20_000, 20_000])
  // Many must get through to the values: a fuzzer whose every input fails at the door finds nothing.
  expect(Math.min(landed / inputs, letters / 100, warehoused / 100)).toBeGreaterThan(0.2)
})
