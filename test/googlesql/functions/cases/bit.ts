import type { Case } from '../case.ts'

/** Answers of GoogleSQL's reference implementation. */
export const cases: readonly Case[] = [
  ['BIT_COUNT(-1)', { types: 'INT64', values: [64] }],
  ["BIT_COUNT(b'\\xff\\x01')", { types: 'INT64', values: [9] }],
]
