import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { functions } from '../../runner/commands/functions.ts'
import { functionsFile, functionsPage } from './functions-page.ts'

test('the page of functions is what the table of functions says (npm run docs writes it)', () => {
  expect(readFileSync(functionsFile, 'utf8')).toBe(functionsPage())
})

test('every function is answered in some form or refused with a reason', async () => {
  const odd = (await functions()).filter(({ status, kind, reason, signatures }) =>
    status === 'refused'
      ? reason === undefined || reason === ''
      : // Table functions take tables, which no signature says.
        kind !== 'table' && signatures.length === 0,
  )
  expect(odd).toEqual([])
})

test('functions are found by a part of their name and by their status', async () => {
  expect((await functions({ name: 'safe_div' })).map(({ name, status }) => [name, status])).toEqual([
    ['SAFE_DIVIDE', 'right'],
  ])
  const refused = await functions({ status: 'refused', name: 'aead.encrypt' })
  expect(refused.map(({ name, reason }) => [name, reason])).toEqual([
    ['AEAD.ENCRYPT', 'encryption keys are not supported locally'],
  ])
})
