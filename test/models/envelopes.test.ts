import { expect, test } from 'vitest'
import { proveEnvelopes } from './prove-envelopes.ts'

test('one history gives one table and one history of it, in whichever envelope and order it is delivered', async () => {
  expect(await proveEnvelopes({ runs: 5 })).toMatchObject({ histories: 5 })
}, 180_000)
