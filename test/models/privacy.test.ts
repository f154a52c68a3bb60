import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { checkPrivacy } from '../../runner/commands/privacy.ts'
import type { Action } from '../../runner/project/compile/compiled-graph.ts'
import type { Warehouse } from '../../runner/warehouse/warehouse.ts'
import { actionOf, build, modelsOf, project, rowsOf, sorted } from './model-project.ts'
import { createRaw, land } from './raw-events.ts'
import { openTestWarehouse } from './test-warehouse.ts'

const payload = {
  id: 'INT64',
  mail: 'STRING',
  phone: 'STRING',
  first: 'STRING',
  pin: 'STRING',
  town: 'STRING',
}
const people = {
  key: ['id'],
  privacy: { mail: 'email', phone: 'phone', first: 'name', pin: 'secret' },
}

let warehouse: Warehouse

beforeAll(async () => {
  warehouse = await openTestWarehouse()
  await warehouse.createDataset(project, 'shop_private')
  await warehouse.execute("CREATE TABLE shop_private.masking_key AS SELECT 'k1' AS masking_key")
  await createRaw(warehouse, 'people', payload)
  const row = {
    id: 1,
    mail: 'anna@example.com',
    phone: '+41 79 123 45 67',
    first: 'Anna',
    pin: '1234',
    town: 'Bern',
  }
  const nothing = { id: 2, mail: null, phone: null, first: null, pin: null, town: null }
  await land(warehouse, 'people', payload, 0, [
    { uuid: 'a', time: 0, readMethod: 'mysql-backfill', row },
    { uuid: 'b', time: 0, readMethod: 'mysql-backfill', row: nothing },
    {
      uuid: 'c',
      time: 0,
      readMethod: 'mysql-backfill',
      row: { ...nothing, id: 3, mail: 'no address', first: 'A' },
    },
  ])
})
afterAll(() => warehouse.close())

/** Builds the models, and what an analyst wrote, and checks what can be read there. */
async function readable(query: string, config = '{ type: "table", schema: "shop", tags: ["analytics"] }') {
  const models = await modelsOf({ people }, `publish("answer", ${config}).query((context) => \`${query}\`)`)
  const actions = [...models.values()].filter(({ kind }) => kind !== 'assertion')
  for (const name of [
    'people_log',
    'people_state',
    'people',
    'people_versions',
    'people_history',
    'people_masked',
    'answer',
  ])
    await build(warehouse, actionOf(models, name), { fullRefresh: true })
  const result = await checkPrivacy(actions, warehouse, 'analytics')
  return {
    ...result,
    readable: result.readable.map(({ column, kind, source }) => `${column}: ${kind} of ${source}`),
  }
}

const ref = (name: string): string => `\${context.ref("shop", "${name}")}`

describe('what is private', () => {
  test('is shown in part by a masked view, with a keyed hash to join by; secrets are not there', async () => {
    await readable(`SELECT 1 AS one FROM ${ref('people_masked')}`)
    const rows = await rowsOf(
      warehouse,
      'SELECT * EXCEPT (mail_key, phone_key, first_key) FROM shop.people_masked',
    )
    expect(rows).toEqual(
      sorted([
        { id: 1n, mail: 'a***@example.com', phone: '***67', first: 'A***', town: 'Bern' },
        { id: 2n, mail: null, phone: null, first: null, town: null },
        { id: 3n, mail: 'n***', phone: null, first: 'A***', town: null },
      ]),
    )
    const [hashed] = await rowsOf(
      warehouse,
      "SELECT mail_key, TO_HEX(SHA256(CONCAT('k1', TO_HEX(SHA256('k1anna@example.com'))))) AS expected FROM shop.people_masked WHERE id = 1",
    )
    expect(hashed?.['mail_key']).toBe(hashed?.['expected'])
  })

  test('cannot be read through masked views, keys or columns that are not private', async () => {
    const found = await readable(
      `SELECT m.*, CONCAT(p.town, '!') AS place FROM ${ref('people_masked')} AS m JOIN ${ref('people')} AS p USING (id)`,
    )
    expect(found).toEqual({ taggedColumns: 16, analystTables: 2, readable: [] })
  })

  test.each([
    [
      'a column by another name',
      'SELECT mail AS contact FROM @people',
      ['contact: email of shop.people_log.mail'],
    ],
    [
      'inside a document',
      'SELECT TO_JSON_STRING(STRUCT(pin)) AS doc FROM @people',
      ['doc: secret of shop.people_log.pin'],
    ],
    [
      'a part outside a masked view',
      'SELECT SUBSTR(phone, 1, 99) AS code FROM @people',
      ['code: phone of shop.people_log.phone'],
    ],
    [
      'a digest beside the value',
      'SELECT CONCAT(TO_HEX(SHA256(first)), first) AS both_ FROM @people',
      ['both_: name of shop.people_log.first'],
    ],
    [
      'from the history',
      'SELECT ARRAY_AGG(first IGNORE NULLS) AS names FROM @people_history',
      ['names: name of shop.people_log.first', 'names: name of shop.people_versions.first'],
    ],
    [
      'through a subquery and a union',
      'SELECT (SELECT MAX(pin) FROM @people) AS x UNION ALL SELECT town FROM @people',
      ['x: secret of shop.people_log.pin'],
    ],
  ])('is found as %s', async (_, query, expected) => {
    const found = await readable(query.replaceAll(/@(\w+)/g, (_whole, name: string) => ref(name)))
    const names = new Set(found.readable.map((one) => one.replace('shop.answer.', '')))
    for (const one of expected) expect(names).toContain(one)
    expect(new Set([...names].map((one) => one.split(':')[0]))).toEqual(
      new Set(expected.map((one) => one.split(':')[0])),
    )
  })

  test('has a digest alone left where only that is computed from it', async () => {
    expect((await readable(`SELECT TO_HEX(SHA256(mail)) AS k FROM ${ref('people')}`)).readable).toEqual([])
  })

  test('of an unknown kind is refused', async () => {
    await expect(modelsOf({ people: { key: ['id'], privacy: { mail: 'e-mail' } } })).rejects.toThrow(
      'shop.people: column `mail` cannot be private as `e-mail`; allowed are email, phone, name, secret',
    )
  })

  test('carries its policy tag where the project names one, and its own tag everywhere', async () => {
    const models: ReadonlyMap<string, Action> = await modelsOf({ people })
    for (const name of ['people_log', 'people_state', 'people_versions', 'people_history']) {
      const column = actionOf(models, name).columns.find(({ path }) => path?.[0] === 'mail')
      expect(column?.tags).toEqual(['privacy:email'])
    }
  })
})
