import type { Case } from '../case.ts'

/** Answers of GoogleSQL's reference implementation. */
export const cases: readonly Case[] = [
  ["NET.HOST('http://www.Example.com:80/a')", { types: 'STRING', values: ['www.Example.com'] }],
  ["NET.HOST('mailto:?to=&subject=&body=')", { types: 'STRING', values: ['mailto'] }],
  ["NET.HOST('//a.b')", { types: 'STRING', values: ['a.b'] }],
  ["NET.HOST('a@b.com')", { types: 'STRING', values: ['b.com'] }],
  ["NET.HOST('http://[::1]:80')", { types: 'STRING', values: ['[::1]'] }],
  ["NET.IP_FROM_STRING('48.49.50.51')", { types: 'BYTES', values: ['MDEyMw=='] }],
  ["NET.IP_FROM_STRING('::1')", { types: 'BYTES', values: ['AAAAAAAAAAAAAAAAAAAAAQ=='] }],
  [
    "NET.IP_FROM_STRING('1.2.3')",
    { error: 'NET.IP_FROM_STRING() encountered an unparseable IP-address: 1.2.3' },
  ],
  ["NET.SAFE_IP_FROM_STRING('1.2.3')", { types: 'BYTES', values: [null] }],
  ["NET.IP_TO_STRING(b'0123')", { types: 'STRING', values: ['48.49.50.51'] }],
  [
    "NET.IP_TO_STRING(b'0123456789@ABCDE')",
    { types: 'STRING', values: ['3031:3233:3435:3637:3839:4041:4243:4445'] },
  ],
  [
    "NET.IP_TO_STRING(b'abc')",
    {
      error:
        'NET.IP_TO_STRING() encountered an invalid IP address. Expected 4 (for IPv4) or 16 (for IPv6) bytes but got 3',
    },
  ],
  ['NET.IP_NET_MASK(4, 20)', { types: 'BYTES', values: ['///wAA=='] }],
  ['NET.IP_NET_MASK(16, 100)', { types: 'BYTES', values: ['////////////////8AAAAA=='] }],
  ["NET.IP_TRUNC(b'\\xaa\\xbb\\xcc\\xdd', 11)", { types: 'BYTES', values: ['qqAAAA=='] }],
  ['NET.IPV4_FROM_INT64(0)', { types: 'BYTES', values: ['AAAAAA=='] }],
  ['NET.IPV4_FROM_INT64(-1)', { types: 'BYTES', values: ['/////w=='] }],
  [
    'NET.IPV4_FROM_INT64(4294967296)',
    {
      error:
        'NET.IPV4_FROM_INT64() encountered an invalid integer IP. Expected range: [-0x80000000, 0xFFFFFFFF]; got 4294967296',
    },
  ],
  ["NET.IPV4_TO_INT64(b'\\xff\\xff\\xff\\xff')", { types: 'INT64', values: [4294967295] }],
]
