import { describe, expect, test } from 'vitest'
import { parseExpression, parseType } from '../../../runner/googlesql/parse/index.ts'
import { printExpressionText, printTypeText } from '../../../runner/googlesql/print/index.ts'
import { shape } from './tree.ts'

describe('strings', () => {
  test.each([
    [`'a'`, 'a'],
    [`"it's"`, "it's"],
    [String.raw`'\a\b\f\n\r\t\v\\\?\"\'\`'`, '\x07\b\f\n\r\t\v\\?"\'`'],
    [String.raw`'\101\x41\X41\u0041\U00000041'`, 'AAAAA'],
    [String.raw`'\U0001F600'`, '😀'],
    [String.raw`r'\n'`, '\\n'],
    [String.raw`R"\""`, '\\"'],
    [`'''a'b\n"c'''`, 'a\'b\n"c'],
    ['"""a\r\nb\rc"""', 'a\nb\nc'],
    [String.raw`r"""\d"""`, '\\d'],
    [`'''a''' "b"`, 'ab'],
    [`''`, ''],
    [`''''''`, ''],
    [`'é漢😀'`, 'é漢😀'],
  ])('%s', (text, value) => {
    expect(shape(parseExpression(text))).toEqual({ kind: 'string', value, text })
  })
})

describe('bytes', () => {
  test.each([
    [`b'a'`, [97]],
    [String.raw`B"\xff\000\n"`, [255, 0, 10]],
    [String.raw`rb'\x'`, [92, 120]],
    [`br"""é"""`, [195, 169]],
    [`b''`, []],
    [String.raw`b'\101' b'b'`, [65, 98]],
  ])('%s', (text, value) => {
    expect(shape(parseExpression(text))).toEqual({ kind: 'bytes', value, text })
  })
})

describe('numbers', () => {
  test.each([
    ['0', { kind: 'integer', value: '0n' }],
    ['9223372036854775807', { kind: 'integer', value: '9223372036854775807n' }],
    ['18446744073709551616', { kind: 'integer', value: '18446744073709551616n' }],
    ['0xFF', { kind: 'integer', value: '255n' }],
    ['0Xff', { kind: 'integer', value: '255n' }],
    ['1.5', { kind: 'float', value: 1.5 }],
    ['1.', { kind: 'float', value: 1 }],
    ['.5', { kind: 'float', value: 0.5 }],
    ['1e3', { kind: 'float', value: 1000 }],
    ['1.5E-3', { kind: 'float', value: 0.0015 }],
    ['.5e+1', { kind: 'float', value: 5 }],
  ])('%s', (text, value) => {
    expect(shape(parseExpression(text))).toEqual({ ...value, text })
  })
})

test('names of types in front of a string make typed literals, and are names elsewhere', () => {
  expect(shape(parseExpression("DECIMAL '1'"))).toMatchObject({ kind: 'typedLiteral', type: 'NUMERIC' })
  expect(parseExpression('date').kind).toBe('path')
  expect(parseExpression('date(x)').kind).toBe('call')
})

describe('types', () => {
  test.each([
    'INT64',
    'STRING(10)',
    'NUMERIC(10, 2)',
    'ARRAY<STRUCT<a INT64, b ARRAY<STRING>>>',
    'STRUCT<INT64, a STRING, RANGE<DATE>>',
    'STRUCT<>',
    "STRING COLLATE 'und:ci'",
    'BYTES(MAX)',
    'INTERVAL',
  ])('%s', (text) => {
    expect(printTypeText(parseType(text))).toBe(text)
  })
})

test('an expression prints alone', () => {
  expect(printExpressionText(parseExpression('a+b*2 and not(c)'))).toBe('a + b * 2 AND NOT (c)')
})
