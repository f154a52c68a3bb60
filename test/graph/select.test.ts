import { describe, expect, test } from 'vitest'
import { select, withAssertions } from '../../runner/graph/select.ts'
import { actionsOf } from '../../runner/project/compile/actions.ts'

const target = (schema: string, name: string, database = 'p') => ({ database, schema, name })
const common = (schema: string, name: string, needs: [string, string][] = [], tags: string[] = []) => ({
  target: target(schema, name),
  canonicalTarget: target(schema, name),
  dependencyTargets: needs.map(([dataset, other]) => target(dataset, other)),
  tags,
  fileName: `definitions/${schema}/${name}.sqlx`,
})

const actions = actionsOf({
  declarations: [common('raw', 'city')],
  tables: [
    { ...common('log', 'city_log', [['raw', 'city']], ['daily']), enumType: 'INCREMENTAL' },
    { ...common('now', 'city', [['log', 'city_log']], ['daily', 'public']), enumType: 'VIEW' },
    { ...common('ana', 'profile', [['now', 'city']], ['public']), enumType: 'TABLE' },
    { ...common('ana', 'profile_v2', [['now', 'city']]), enumType: 'TABLE' },
    { ...common('odd', 'my table+x,y*', []), enumType: 'TABLE' },
    { ...common('one', 'twice'), enumType: 'TABLE' },
    { ...common('two', 'twice'), enumType: 'TABLE' },
  ],
  operations: [
    {
      target: target('ops_dev', 'pre_clean'),
      canonicalTarget: target('ops', 'clean'),
      fileName: 'definitions/ops/deep/clean.sqlx',
    },
  ],
  assertions: [{ ...common('checks', 'profile_keys', [['ana', 'profile']]), query: 'select 1' }],
})

const selected = (...selectors: string[]) =>
  select(actions, { select: selectors, exclude: [] }).map(
    ({ target: { schema, name } }) => `${schema}.${name}`,
  )
const excluding = (selectors: string[], exclude: string[]) =>
  select(actions, { select: selectors, exclude }).map(({ target: { schema, name } }) => `${schema}.${name}`)
const message = (...selectors: string[]) => {
  try {
    select(actions, { select: selectors, exclude: [] })
  } catch (error) {
    return String(error)
  }
  return 'no error'
}

const everything = [
  'log.city_log',
  'now.city',
  'ana.profile',
  'ana.profile_v2',
  'odd.my table+x,y*',
  'one.twice',
  'two.twice',
  'ops_dev.pre_clean',
  'checks.profile_keys',
  'raw.city',
]

describe('a selection', () => {
  test.each<[string[], string[]]>([
    [[], everything],
    [['profile'], ['ana.profile']],
    [['ana.profile'], ['ana.profile']],
    [['city'], ['now.city']],
    [['raw.city'], ['raw.city']],
    [['p.ana.profile'], ['ana.profile']],
    [['name:profile'], ['ana.profile']],
    [['*'], everything],
    [['*.*'], everything],
    [['ana.*'], ['ana.profile', 'ana.profile_v2']],
    [['p.ana.*'], ['ana.profile', 'ana.profile_v2']],
    [['*city'], ['now.city', 'raw.city']],
    [['*.city'], ['now.city', 'raw.city']],
    [['*rofil*'], ['ana.profile', 'ana.profile_v2', 'checks.profile_keys']],
    [['+profile'], ['log.city_log', 'now.city', 'ana.profile', 'raw.city']],
    [['profile+'], ['ana.profile', 'checks.profile_keys']],
    [
      ['+now.city+'],
      ['log.city_log', 'now.city', 'ana.profile', 'ana.profile_v2', 'checks.profile_keys', 'raw.city'],
    ],
    [
      ['+profile', 'profile_v2'],
      ['log.city_log', 'now.city', 'ana.profile', 'ana.profile_v2', 'raw.city'],
    ],
    [['profile profile_v2'], ['ana.profile', 'ana.profile_v2']],
    [['tag:daily'], ['log.city_log', 'now.city']],
    [['tag:daily,tag:public'], ['now.city']],
    [
      ['tag:daily', 'tag:public'],
      ['log.city_log', 'now.city', 'ana.profile'],
    ],
    [['tag:da*'], ['log.city_log', 'now.city']],
    [['+tag:public'], ['log.city_log', 'now.city', 'ana.profile', 'raw.city']],
    [['type:incremental'], ['log.city_log']],
    [['type:assertion'], ['checks.profile_keys']],
    [['type:declaration'], ['raw.city']],
    [['+profile,type:view'], ['now.city']],
    [['path:definitions/ana/*'], ['ana.profile', 'ana.profile_v2']],
    [['path:definitions/ana'], ['ana.profile', 'ana.profile_v2']],
    [['path:definitions/ana/'], ['ana.profile', 'ana.profile_v2']],
    [['path:definitions/ana/profile.sqlx'], ['ana.profile']],
    [['path:definitions/*/*_v2.sqlx'], ['ana.profile_v2']],
    [['path:definitions/ops/*'], ['ops_dev.pre_clean']],
    [['clean'], ['ops_dev.pre_clean']],
    [['pre_clean'], ['ops_dev.pre_clean']],
    [['ops.clean'], ['ops_dev.pre_clean']],
    [['`my table+x,y*`'], ['odd.my table+x,y*']],
    [['+odd.`my table+x,y*`+'], ['odd.my table+x,y*']],
    [['odd.`my table`*'], ['odd.my table+x,y*']],
  ])('%j selects %j', (selectors, names) => {
    expect(selected(...selectors)).toEqual(names)
  })

  test.each<[string[], string[], string[]]>([
    [
      [],
      ['ana.*', 'type:declaration', 'odd.*', '*.twice'],
      ['log.city_log', 'now.city', 'ops_dev.pre_clean', 'checks.profile_keys'],
    ],
    [['+profile'], ['type:declaration'], ['log.city_log', 'now.city', 'ana.profile']],
    [['*'], ['+profile+ odd.* clean *.twice'], ['ana.profile_v2']],
    [['ana.*'], ['tag:public,type:table'], ['ana.profile_v2']],
  ])('%j without %j selects %j', (selectors, exclude, names) => {
    expect(excluding(selectors, exclude)).toEqual(names)
  })
})

test('a selection to build has the assertions about it, but for excluded ones', () => {
  const built = (selectors: string[], exclude: string[] = []) =>
    withAssertions(actions, select(actions, { select: selectors, exclude }), exclude).map(
      ({ target: { name } }) => name,
    )
  expect(built(['profile'])).toEqual(['profile', 'profile_keys'])
  expect(built(['profile'], ['type:assertion'])).toEqual(['profile'])
  expect(built(['profile_v2'])).toEqual(['profile_v2'])
})

describe('a selector that is wrong', () => {
  test.each<[string[], string]>([
    [
      ['profle'],
      'selector `profle` matches nothing; did you mean `profile`?\n  `streamform ls` lists everything that can be selected',
    ],
    [
      ['ana.profil'],
      'selector `ana.profil` matches nothing; did you mean `ana.profile`?\n  `streamform ls` lists everything that can be selected',
    ],
    [
      ['PROFILE'],
      'selector `PROFILE` matches nothing; did you mean `profile`?\n  `streamform ls` lists everything that can be selected',
    ],
    [
      ['zzzzzzzz'],
      'selector `zzzzzzzz` matches nothing\n  `streamform ls` lists everything that can be selected',
    ],
    [['+x*+'], 'selector `+x*+` matches nothing\n  `streamform ls` lists everything that can be selected'],
    [
      ['tag:weekly'],
      'selector `tag:weekly` matches nothing; there are: tag:daily, tag:public\n  `streamform ls` lists everything that can be selected',
    ],
    [
      ['type:incrementl'],
      'selector `type:incrementl` matches nothing; did you mean `type:incremental`?\n  `streamform ls` lists everything that can be selected',
    ],
    [
      ['path:definitions/an'],
      'selector `path:definitions/an` matches nothing\n  `streamform ls` lists everything that can be selected',
    ],
    [
      ['twice'],
      'selector `twice` could mean `one.twice`, `two.twice`\n  say which, or write `*.name` for all of them',
    ],
    [
      ['tga:daily'],
      'unknown selector `tga:` in `tga:daily`; did you mean `tag:`?\n  a name that holds a colon stands in backticks',
    ],
    [
      ['label:daily'],
      'unknown selector `label:` in `label:daily`; there are: name:, tag:, path:, type:\n  a name that holds a colon stands in backticks',
    ],
    [['tag:'], 'selector `tag:` names nothing after `tag:`\n  write `tag:something`'],
    [['+'], 'selector `+` names nothing\n  write `+name`, `name+` or `+name+`'],
    [
      ['profile,'],
      'selector `profile,` has nothing on one side of a comma\n  a comma means both: `tag:daily,type:view`',
    ],
    [
      ['ana.*,log.*'],
      'selector `ana.*,log.*` matches nothing: no action is in all its parts\n  a comma means both, a space means either',
    ],
    [['`profile'], "a backtick is not closed in selector `'profile`\n  backticks come in pairs"],
  ])('%j: %s', (selectors, text) => {
    expect(message(...selectors)).toBe(text)
  })

  test('leaves nothing: said, and a misuse', () => {
    expect(() => excluding(['profile'], ['ana.*'])).toThrow(
      'the selection is empty: everything in it is excluded',
    )
    expect(() => excluding(['profile'], ['nothing'])).toThrow('selector `nothing` matches nothing')
  })
})
