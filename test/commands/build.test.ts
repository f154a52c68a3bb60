import { describe, expect, test } from 'vitest'
import { temporaryProject } from './temporary-project.ts'

const unitTest = (model: string, expected: string) =>
  `config { type: "test", dataset: "${model}" }\ninput "src" { select 1 as id }\n${expected}\n`

const project = (expected: string) =>
  temporaryProject({
    'definitions/src.sqlx': 'config { type: "table" }\nselect 7 as id\n',
    'definitions/a.sqlx':
      'config { type: "table", assertions: { nonNull: ["id"] } }\nselect id + 1 as id from ${ref("src")}\n',
    'definitions/a_test.sqlx': unitTest('a', expected),
    'definitions/b.sqlx': 'config { type: "table" }\nselect id from ${ref("a")}\n',
    'definitions/c.sqlx': 'config { type: "table" }\nselect id from ${ref("src")}\n',
    'definitions/reconciles.sqlx':
      'config { type: "assertion" }\nselect * from ${ref("b")} as b join ${ref("c")} as c using (id)\n',
  })

const told = (out: string) =>
  JSON.parse(out).run.actions.map((action: { target: { name: string }; status: string }) => [
    action.target.name,
    action.status,
  ])

describe('build', () => {
  test('runs the unit tests, then everything', async () => {
    const { code, out, err } = await project('select 2 as id').streamform('build', '--no-land', '--json')
    expect([code, told(out)]).toEqual([
      0,
      [
        ['src', 'succeeded'],
        ['a', 'succeeded'],
        ['c', 'succeeded'],
        ['b', 'succeeded'],
        ['ds_a_assertions_rowConditions', 'succeeded'],
        ['reconciles', 'succeeded'],
      ],
    ])
    expect(err).toMatch(/^tested {2}1 passed, 0 failed\n1\/6 ok/)
    expect(JSON.parse(out)).toMatchObject({ status: 'succeeded', land: null, test: { passed: 1, failed: 0 } })
  })

  test('does not build a model whose unit test fails, nor what depends on it; the rest is built', async () => {
    const failing = project('select 3 as id')
    const { code, out } = await failing.streamform('build', '--no-land')
    expect(code).toBe(1)
    expect(out).toContain(
      [
        'error: definitions/a_test.sqlx: not built: its unit test `a_test` fails',
        '  streamform test "a_test" shows what it gives and what was expected',
        '  skipped because of it: b, ds_a_assertions_rowConditions, reconciles',
        '2 ok, 1 failed, 3 skipped; 2 rows written; ',
      ].join('\n'),
    )
  })

  test('of one model has the assertions about it, and not those that need more', async () => {
    const { out } = await project('select 2 as id').streamform('build', '+a', '--no-land', '--json')
    expect(told(out)).toEqual([
      ['src', 'succeeded'],
      ['a', 'succeeded'],
      ['ds_a_assertions_rowConditions', 'succeeded'],
    ])
  })

  test.each([
    [
      'mail',
      1,
      /^error: definitions\/list.sqlx: analysts can read ds.list.who, which holds ds.people.mail \(email\)$/m,
    ],
    ['to_hex(sha256(mail))', 0, /^2 ok/],
  ])('fails where analysts can read what is private: %s', async (shown, code, message) => {
    const { streamform } = temporaryProject({
      'definitions/people.sqlx':
        'config { type: "table", columns: { mail: { description: "m", tags: ["privacy:email"] } } }\nselect \'a@b.c\' as mail\n',
      'definitions/list.sqlx': `config { type: "view", tags: ["analytics"] }\nselect ${shown} as who from \${ref("people")}\n`,
    })
    const built = await streamform('build', '--no-land')
    expect([built.code, built.out]).toEqual([code, expect.stringMatching(message)])
    expect((await streamform('build', '--no-land', 'people')).code).toBe(0)
  })
})
