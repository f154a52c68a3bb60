import { expect, test } from 'vitest'
import * as library from '../../runner/commands/index.ts'
import { commandTable } from '../../runner/commands/table.ts'

test('every command is a function of the library with the same name', () => {
  const names = commandTable.map(({ usage }) =>
    usage
      .split(' ')
      .filter((word) => !/^[[<]/.test(word))
      .flatMap((word) => word.split('-'))
      .map((word, index) => (index === 0 ? word : `${word.charAt(0).toUpperCase()}${word.slice(1)}`))
      .join(''),
  )
  const functions = library as unknown as Readonly<Record<string, unknown>>
  expect(names.filter((name) => typeof functions[name] !== 'function')).toEqual([])
})
