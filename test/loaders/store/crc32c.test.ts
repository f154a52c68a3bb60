import { CRC32C } from '@google-cloud/storage'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { crc32c, crc32cText } from '../../../loaders/store/crc32c.ts'

test.each([
  ['32 zeros', Buffer.alloc(32), 0x8a9136aa],
  ['32 times 255', Buffer.alloc(32, 255), 0x62a8ab43],
  ['0 to 31', Buffer.from(Array.from({ length: 32 }, (_, at) => at)), 0x46dd794e],
  ['the nine digits', Buffer.from('123456789'), 0xe3069283],
  ['nothing', Buffer.alloc(0), 0],
])('the sum of %s is the one that RFC 3720 and everyone else has', (_name, bytes, sum) => {
  expect(crc32c(bytes)).toBe(sum)
})

test('the sum of pieces, wherever they are cut, is the sum that the client has of the whole', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 100 }), fc.nat(100), (bytes, cut) => {
      const expected = new CRC32C()
      expected.update(Buffer.from(bytes))
      const sum = crc32c(bytes.subarray(cut), crc32c(bytes.subarray(0, cut)))
      expect(crc32cText(sum)).toBe(expected.toString())
    }),
  )
})
