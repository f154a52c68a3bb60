import type { Case } from '../case.ts'

/** Answers of GoogleSQL's reference implementation. */
export const cases: readonly Case[] = [
  [
    "FORMAT_TIME('%T %Y %F %E*S %p %I', TIME '13:02:03.5')",
    { types: 'STRING', values: ['13:02:03 %Y %F 03.5 PM 01'] },
  ],
  ["PARSE_TIME('%H','13')", { types: 'TIME', values: ['13:00:00'] }],
  ["PARSE_TIME('%H:%M:%S','13:05:06')", { types: 'TIME', values: ['13:05:06'] }],
  ["PARSE_TIME('%I:%M%p','1:05PM')", { types: 'TIME', values: ['13:05:00'] }],
  ["PARSE_TIME('%Y','2024')", { error: 'Invalid format: %Y is not allowed for the TIME type.' }],
  ['TIME(10,11,12)', { types: 'TIME', values: ['10:11:12'] }],
  ['TIME(24,0,0)', { error: 'Input calculates to invalid time: 24:00:00' }],
  ["TIME(DATETIME '2024-01-01 10:00:00')", { types: 'TIME', values: ['10:00:00'] }],
  ["TIME(TIMESTAMP '2024-01-01 10:00:00','America/New_York')", { types: 'TIME', values: ['05:00:00'] }],
  ["TIME_ADD(TIME '23:00:00', INTERVAL 2 HOUR)", { types: 'TIME', values: ['01:00:00'] }],
  ["TIME_DIFF(TIME '09:59:59', TIME '10:00:00', MINUTE)", { types: 'INT64', values: [-1] }],
  ["TIME_DIFF(TIME '10:00:00', TIME '09:59:59', MINUTE)", { types: 'INT64', values: [1] }],
  ["TIME_SUB(TIME '00:00:00', INTERVAL 1 MICROSECOND)", { types: 'TIME', values: ['23:59:59.999999'] }],
  ["TIME_TRUNC(TIME '10:11:12.5', MINUTE)", { types: 'TIME', values: ['10:11:00'] }],
  ['TIME(12,0,60)', { types: 'TIME', values: ['12:01:00'] }],
]
