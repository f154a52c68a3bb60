import { nearest } from '../nearest.ts'
import { Problem } from '../problem.ts'
import type { UnitTest } from '../project/unit-tests/unit-tests.ts'

/**
 * The tests that a command names, in their own order: by the test's name, by its model's name (`city`, `world_x.city`),
 * or by its file; `*` stands for anything. No names mean all.
 * @throws Problem (exit code 2) for a name that nothing has
 * @example selectTests(tests, ['city*'])
 */
export function selectTests(tests: readonly UnitTest[], names: readonly string[]): readonly UnitTest[] {
  const selected = new Set(names.flatMap((name) => named(tests, name)))
  return names.length === 0 ? tests : tests.filter((test) => selected.has(test))
}

function named(tests: readonly UnitTest[], name: string): readonly UnitTest[] {
  const pattern = new RegExp(`^${name.split('*').map(literal).join('.*')}$`, 's')
  const found = tests.filter((test) => namesOf(test).some((known) => pattern.test(known)))
  if (found.length > 0) return found
  const meant = nearest(name, [...new Set(tests.flatMap(namesOf))])
  throw new Problem(
    `no unit test is named \`${name}\`, nor its model or file${meant === undefined ? '' : `; did you mean \`${meant}\`?`}`,
    {
      exitCode: 2,
      hint: tests.length === 0 ? 'the project has no unit tests' : '`streamform test` runs them all',
    },
  )
}

function namesOf({ name, target, fileName }: UnitTest): readonly string[] {
  const { database = '', schema = '', name: model } = target ?? {}
  const ofModel = model === undefined ? [] : [model, `${schema}.${model}`, `${database}.${schema}.${model}`]
  return [name, ...ofModel, fileName]
}

const literal = (text: string): string => text.replaceAll(/[^\w\s]/g, '\\$&')
