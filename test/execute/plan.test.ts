import { describe, expect, test } from 'vitest'
import { type ActionPlan, type PlanInput, planAction, schemaMatters } from '../../runner/execute/plan.ts'
import type { ResultColumn } from '../../runner/googlesql/result.ts'
import type { ScalarKind } from '../../runner/googlesql/types/type.ts'
import { actionsOf } from '../../runner/project/compile/actions.ts'
import type { Action, CompiledGraph, GraphTable } from '../../runner/project/compile/compiled-graph.ts'
import type { Table } from '../../runner/warehouse/warehouse.ts'

const target = { database: 'p', schema: 'd', name: 't' }
const named = { target, canonicalTarget: target, fileName: 'definitions/t.sqlx' }

const one = (graph: CompiledGraph): Action => {
  const [action] = actionsOf(graph)
  if (action === undefined) throw new Error('no action')
  return action
}
const model = (table: Partial<GraphTable>) =>
  one({ tables: [{ ...named, enumType: 'TABLE', query: '\n\n  select 1 as n\n', ...table }] })
const increment = (table: Partial<GraphTable>) =>
  model({ enumType: 'INCREMENTAL', incrementalQuery: '\nselect 2 as n', ...table })

const column = (name: string, kind: ScalarKind = 'INT64'): ResultColumn => ({ name, type: { kind } })
const existing = (kind: Table['kind'], ...columns: ResultColumn[]): Table => ({
  target,
  kind,
  labels: {},
  columns: columns.map((each) => ({ ...each, mode: 'NULLABLE' as const })),
})

const plan = (action: Action, input: Partial<PlanInput> = {}): ActionPlan =>
  planAction(action, { fullRefresh: false, existing: undefined, ...input })

const job = (...lines: string[]) => ({ text: lines.join('\n'), purpose: 'statement' as const })

describe('a table', () => {
  test('that is not there is created', () => {
    expect(plan(model({}))).toEqual({
      deed: 'create',
      why: 'not there yet',
      statements: [job('create or replace table `p.d.t`', 'as', '  select 1 as n')],
      repeatable: true,
    })
  })

  test('that is there is replaced', () => {
    expect(plan(model({}), { existing: existing('TABLE') })).toEqual({
      deed: 'replace',
      why: 'a table is built anew',
      statements: [job('create or replace table `p.d.t`', 'as', '  select 1 as n')],
      repeatable: true,
    })
  })

  test('drops a view that stands in its place, between the operations before and the statement', () => {
    const action = model({
      preOps: ['declare x int64 default 1; -- one'],
      postOps: ['select x', '-- nothing'],
    })
    expect(plan(action, { existing: existing('VIEW') })).toEqual({
      deed: 'replace',
      why: 'a view stands in its place',
      statements: [
        job(
          'declare x int64 default 1; -- one',
          'drop view if exists `p.d.t`',
          ';',
          'create or replace table `p.d.t`',
          'as',
          '  select 1 as n',
          ';',
          'select x',
        ),
      ],
      repeatable: false,
      drops: 'VIEW',
    })
  })

  test('has its partitions, clusters and options, those of partitions only if it is partitioned', () => {
    const bigquery = {
      partitionBy: 'DATE(ts)',
      partitionExpirationDays: 30,
      requirePartitionFilter: true,
      clusterBy: ['id', 'name'],
      additionalOptions: { friendly_name: '"T"', kms_key_name: "'k'" },
    }
    const end = ['as', '  select 1 as n']
    expect(plan(model({ bigquery })).statements).toEqual([
      job(
        'create or replace table `p.d.t`',
        'partition by DATE(ts)',
        'cluster by id, name',
        `OPTIONS(partition_expiration_days=30, require_partition_filter=true, friendly_name="T", kms_key_name='k')`,
        ...end,
      ),
    ])
    const { partitionBy: _, ...unpartitioned } = bigquery
    expect(plan(model({ bigquery: unpartitioned })).statements).toEqual([
      job(
        'create or replace table `p.d.t`',
        'cluster by id, name',
        `OPTIONS(friendly_name="T", kms_key_name='k')`,
        ...end,
      ),
    ])
  })

  test('with an odd name is quoted', () => {
    const odd = { database: 'p-1', schema: 'd', name: 'a`b\\c' }
    expect(plan(model({ target: odd })).statements[0]?.text).toBe(
      'create or replace table `p-1.d.a\\`b\\\\c`\nas\n  select 1 as n',
    )
  })

  test('that is disabled does nothing', () => {
    expect(plan(model({ disabled: true }))).toEqual({
      deed: 'nothing',
      why: 'disabled',
      statements: [],
      repeatable: true,
    })
  })

  test('whose SQL is made at run time is refused', () => {
    expect(() => plan(model({ jitCode: 'async () => "select 1"' }))).toThrow(
      '`d.t` makes its SQL when it runs (jitCode), which is not supported',
    )
  })
})

describe('a view', () => {
  test('replaces a table', () => {
    expect(plan(model({ enumType: 'VIEW' }), { existing: existing('TABLE') })).toEqual({
      deed: 'replace',
      why: 'a table stands in its place',
      statements: [
        job('drop table if exists `p.d.t`', ';', 'create or replace view `p.d.t`', 'as', '  select 1 as n'),
      ],
      repeatable: true,
      drops: 'TABLE',
    })
  })

  test('that is materialized replaces a plain one', () => {
    expect(
      plan(model({ enumType: 'VIEW', materialized: true }), { existing: existing('VIEW') }).statements,
    ).toEqual([
      job(
        'drop view if exists `p.d.t`',
        ';',
        'create or replace materialized view `p.d.t`',
        'as',
        '  select 1 as n',
      ),
    ])
  })
})

describe('an incremental table', () => {
  const table = existing('TABLE', column('id'), column('some name', 'STRING'))

  test('is created by its first query with its first operations', () => {
    const action = increment({ preOps: ['select 0'], incrementalPreOps: ['select 9'] })
    expect(plan(action)).toEqual({
      deed: 'create',
      why: 'not there yet',
      statements: [job('select 0', ';', 'create or replace table `p.d.t`', 'as', '  select 1 as n')],
      repeatable: false,
    })
  })

  test('is built anew by a full refresh', () => {
    expect(plan(increment({}), { existing: table, fullRefresh: true })).toEqual({
      deed: 'replace',
      why: 'full refresh',
      statements: [job('create or replace table `p.d.t`', 'as', '  select 1 as n')],
      repeatable: true,
    })
  })

  test('that is protected is added to, also by a full refresh', () => {
    const { deed, why } = plan(increment({ protected: true }), { existing: table, fullRefresh: true })
    expect({ deed, why }).toEqual({ deed: 'insert', why: 'protected from full refresh' })
  })

  test('replaces a view, protected or not', () => {
    expect(
      plan(increment({ protected: true }), { existing: existing('VIEW', column('id')) }).statements,
    ).toEqual([
      job('drop view if exists `p.d.t`', ';', 'create or replace table `p.d.t`', 'as', '  select 1 as n'),
    ])
  })

  test('without a key inserts the columns of the table', () => {
    expect(plan(increment({}), { existing: table })).toEqual({
      deed: 'insert',
      why: 'adds to what is there',
      statements: [
        job(
          'insert into `p.d.t` (`id`, `some name`)',
          'select `id`, `some name` from (',
          'select 2 as n',
          ') as insertions',
        ),
      ],
      repeatable: true,
    })
  })

  test('with a key merges, and its incremental operations are in the same script', () => {
    const action = increment({
      uniqueKey: ['id', 'some name'],
      incrementalPreOps: ['declare a default 1'],
      incrementalPostOps: ['select a;'],
    })
    expect(plan(action, { existing: table })).toEqual({
      deed: 'merge',
      why: 'adds to what is there',
      statements: [
        job(
          'declare a default 1',
          ';',
          'merge `p.d.t` DATAFORM_DEST',
          'using (',
          'select 2 as n',
          ') DATAFORM_SOURCE',
          'on DATAFORM_DEST.`id` = DATAFORM_SOURCE.`id` and DATAFORM_DEST.`some name` = DATAFORM_SOURCE.`some name`',
          'when matched then',
          '  update set `id` = DATAFORM_SOURCE.`id`, `some name` = DATAFORM_SOURCE.`some name`',
          'when not matched then',
          '  insert (`id`, `some name`) values (`id`, `some name`)',
          ';',
          'select a;',
        ),
      ],
      repeatable: false,
    })
  })

  test('merges only in the partitions and under the predicates that it names', () => {
    const on = (bigquery: NonNullable<GraphTable['bigquery']>) =>
      plan(increment({ uniqueKey: ['id'], bigquery }), { existing: table })
        .statements[0]?.text.split('\n')
        .find((line) => line.startsWith('on '))
    expect(on({ updatePartitionFilter: 'ts > current_timestamp()' })).toBe(
      'on DATAFORM_DEST.`id` = DATAFORM_SOURCE.`id` and DATAFORM_DEST.ts > current_timestamp()',
    )
    expect(on({ incrementalPredicates: ['DATAFORM_DEST.a > 1 or DATAFORM_SOURCE.b', 'true'] })).toBe(
      'on DATAFORM_DEST.`id` = DATAFORM_SOURCE.`id` and (DATAFORM_DEST.a > 1 or DATAFORM_SOURCE.b) and (true)',
    )
  })

  test('keeps the filter of a legacy incremental_where block', () => {
    expect(
      plan(increment({ where: 'n > 1' }), { existing: existing('TABLE', column('n')) }).statements,
    ).toEqual([
      job(
        'insert into `p.d.t` (`n`)',
        'select `n` from (',
        'select * from (',
        'select 2 as n',
        ') as subquery',
        'where n > 1',
        ') as insertions',
      ),
    ])
  })

  test('overwrites the partitions that its query has rows for, that of NULL too', () => {
    const action = increment({
      incrementalStrategy: 'INSERT_OVERWRITE',
      bigquery: { partitionBy: 'DATE(ts)' },
    })
    expect(plan(action, { existing: existing('TABLE', column('ts', 'TIMESTAMP'), column('n')) })).toEqual({
      deed: 'overwrite',
      why: 'adds to what is there',
      statements: [
        job(
          'create or replace temp table dataform_staging as',
          'select 2 as n',
          ';',
          'begin',
          '  declare partitions_for_replacement default (',
          '    select array_agg(distinct DATE(ts) ignore nulls) from dataform_staging',
          '  );',
          '  declare replaces_null_partition default (',
          '    select countif((DATE(ts)) is null) > 0 from dataform_staging',
          '  );',
          '  merge `p.d.t` DATAFORM_DEST',
          '  using dataform_staging DATAFORM_SOURCE',
          '  on false',
          '  when not matched by source',
          '    and (DATE(ts) in unnest(partitions_for_replacement)',
          '      or (DATE(ts)) is null and replaces_null_partition) then',
          '    delete',
          '  when not matched by target then',
          '    insert (`ts`, `n`) values (`ts`, `n`);',
          'end',
        ),
      ],
      repeatable: true,
    })
  })
})

describe('onSchemaChange', () => {
  const table = existing('TABLE', column('id'), column('old', 'STRING'))
  const changed = [column('ID'), column('new', 'DATE')]
  const text = (onSchemaChange: GraphTable['onSchemaChange'], incoming: ResultColumn[], options = {}) => {
    const action = increment({ ...(onSchemaChange === undefined ? {} : { onSchemaChange }), ...options })
    try {
      return plan(action, { existing: table, incoming })
        .statements.map((each) => each.text)
        .join('\n---\n')
    } catch (error) {
      return String(error)
    }
  }
  const insert = (columns: string) =>
    `insert into \`p.d.t\` (${columns})\nselect ${columns} from (\nselect 2 as n\n) as insertions`

  test('IGNORE writes the columns of the table and asks for no others', () => {
    expect(text('IGNORE', [])).toBe(insert('`id`, `old`'))
    expect(schemaMatters(increment({}), { existing: table, fullRefresh: false })).toBe(false)
  })

  test('any other must know the columns, but only if the table is added to', () => {
    const action = increment({ onSchemaChange: 'FAIL' })
    expect(schemaMatters(action, { existing: table, fullRefresh: false })).toBe(true)
    expect(schemaMatters(action, { existing: table, fullRefresh: true })).toBe(false)
    expect(schemaMatters(action, { existing: undefined, fullRefresh: false })).toBe(false)
  })

  test('FAIL names every difference', () => {
    expect(text('FAIL', changed)).toBe(
      'definitions/t.sqlx: the columns of `d.t` changed, and its onSchemaChange is FAIL: `new` DATE is new; ' +
        '`old` is missing from the query\n' +
        '  change the query back, choose another onSchemaChange, or rebuild the table with --full-refresh',
    )
  })

  test('FAIL accepts the same columns in another order and case', () => {
    expect(text('FAIL', [column('OLD', 'STRING'), column('Id')])).toBe(insert('`id`, `old`'))
  })

  test('EXTEND adds columns', () => {
    expect(text('EXTEND', [...changed, column('old', 'STRING'), column('x y', 'JSON')])).toBe(
      `alter table \`p.d.t\` add column \`new\` DATE, add column \`x y\` JSON\n;\n${insert('`id`, `old`, `new`, `x y`')}`,
    )
  })

  test('EXTEND does not lose a column', () => {
    expect(text('EXTEND', changed, { protected: true })).toBe(
      'definitions/t.sqlx: the columns of `d.t` changed, and its onSchemaChange is EXTEND: `old` is missing from the ' +
        'query\n  change the query back, or the table by hand (it is protected from full refresh)',
    )
  })

  test('SYNCHRONIZE drops no column of the unique key', () => {
    expect(text('SYNCHRONIZE', [column('id', 'INT64')], { uniqueKey: ['ID', 'OLD'] })).toContain(
      'SYNCHRONIZE: `old` is missing from the query, and is part of the unique key',
    )
  })

  test('SYNCHRONIZE adds and drops, after the operations before', () => {
    expect(text('SYNCHRONIZE', changed, { incrementalPreOps: ['select 0'] })).toBe(
      `select 0\n;\nalter table \`p.d.t\` add column \`new\` DATE\n;\nalter table \`p.d.t\` drop column \`old\`\n;\n${insert('`id`, `new`')}`,
    )
  })

  test('a type that would not fit is refused; one that widens into the column is not', () => {
    expect(text('SYNCHRONIZE', [column('id', 'STRING'), column('old', 'STRING')])).toBe(
      'definitions/t.sqlx: the columns of `d.t` changed, and its onSchemaChange is SYNCHRONIZE: `id` is INT64 there ' +
        'and STRING in the query\n' +
        '  change the query back, choose another onSchemaChange, or rebuild the table with --full-refresh',
    )
    const wide = increment({ onSchemaChange: 'FAIL' })
    expect(
      plan(wide, { existing: existing('TABLE', column('x', 'FLOAT64')), incoming: [column('x', 'INT64')] })
        .deed,
    ).toBe('insert')
  })
})

describe('an assertion', () => {
  const assertion = one({ assertions: [{ ...named, query: '\nselect * from x where bad -- rows\n' }] })

  test('is a view of failing rows and a count of them', () => {
    expect(plan(assertion)).toEqual({
      deed: 'check',
      why: 'an assertion',
      statements: [
        job('create or replace view `p.d.t` as', 'select * from x where bad -- rows'),
        { text: 'select sum(1) as row_count from `p.d.t`', purpose: 'assertion' },
      ],
      repeatable: true,
    })
  })

  test('takes the place of a table that has its name', () => {
    expect(plan(assertion, { existing: existing('TABLE') }).statements[0]).toEqual(
      job(
        'drop table if exists `p.d.t`',
        ';',
        'create or replace view `p.d.t` as',
        'select * from x where bad -- rows',
      ),
    )
  })
})

describe('operations', () => {
  test('are a job each, empty ones left out, and are never repeated', () => {
    const action = one({
      operations: [{ ...named, queries: ['\ncreate table x (a int64)\n', ' \n', 'select 1; select 2'] }],
    })
    expect(plan(action)).toEqual({
      deed: 'operate',
      why: 'operations',
      statements: [job('create table x (a int64)'), job('select 1; select 2')],
      repeatable: false,
    })
  })
})

test('kinds that only the hosted service runs are refused by name', () => {
  expect(() => plan(one({ notebooks: [named] }))).toThrow(
    '`d.t` is a notebook, which only hosted Dataform runs',
  )
})
