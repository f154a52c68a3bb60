import { expect, test } from 'vitest'
import { proveFuzz } from '../prove/fuzz.ts'

const runs = process.env['STREAMFORM_CI'] === undefined ? 2000 : 20_000

test(`${runs} files that are damaged in every way end landed or refused, each in its whole`, {
  timeout: 180_000,
}, async () => {
  const { inputs, landed, letters, refused, warehoused } = await proveFuzz({ runs, seed: 20_240_601 })
  expect([inputs, landed + refused]).toEqual([runs, runs])
  // Many must get through to the values: a fuzzer whose every input fails at the door finds nothing.
  expect(Math.min(landed / inputs, letters / 100, warehoused / 100)).toBeGreaterThan(0.2)
})
