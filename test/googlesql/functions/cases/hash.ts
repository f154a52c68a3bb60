import type { Case } from '../case.ts'

/** Answers of GoogleSQL's reference implementation. */
export const cases: readonly Case[] = [
  ["FARM_FINGERPRINT('foo,123')", { types: 'INT64', values: ['-9122035621377294075'] }],
  ["FARM_FINGERPRINT('')", { types: 'INT64', values: ['-7286425919675154353'] }],
  ["FARM_FINGERPRINT('abcdefgh')", { types: 'INT64', values: ['-78300442537744119'] }],
  ["FARM_FINGERPRINT('abcdefghijklmnopqrstuvwxyz')", { types: 'INT64', values: ['6822236678030897597'] }],
  ["FARM_FINGERPRINT(REPEAT('abcdefghij',5))", { types: 'INT64', values: ['5021922200276674999'] }],
  ["FARM_FINGERPRINT(REPEAT('abcdefghij',7))", { types: 'INT64', values: ['-1539905347954007025'] }],
  ["FARM_FINGERPRINT(REPEAT('abcdefghij',50))", { types: 'INT64', values: ['-1200420908993737896'] }],
  ["FARM_FINGERPRINT(REPEAT('x',64))", { types: 'INT64', values: ['6916188127298655160'] }],
  ["FARM_FINGERPRINT(REPEAT('x',65))", { types: 'INT64', values: ['4935023790501551929'] }],
  ["FARM_FINGERPRINT(REPEAT('é',128))", { types: 'INT64', values: ['1911968056878834967'] }],
]
