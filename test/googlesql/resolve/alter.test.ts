import { expect, test } from 'vitest'
import { freshWarehouse, problemOf, rowsOf } from '../../warehouse/fresh-warehouse.ts'

async function tables() {
  const warehouse = await freshWarehouse()
  await warehouse.execute(`
    CREATE TABLE d.t (day DATE, c INT64, k INT64, s STRING(10), n NUMERIC(10, 2), r INT64 NOT NULL, f INT64)
      PARTITION BY day CLUSTER BY c;
    ALTER TABLE d.t ADD PRIMARY KEY (k) NOT ENFORCED`)
  return warehouse
}

test.each([
  ['DROP COLUMN day', '1:29: ALTER TABLE DROP COLUMN cannot be used on the partitioning column day'],
  ['DROP COLUMN IF EXISTS C', '1:39: ALTER TABLE DROP COLUMN cannot be used on the clustering column c'],
  ['RENAME COLUMN k TO l', '1:31: ALTER TABLE RENAME COLUMN cannot be used on the key column k'],
  ['ALTER COLUMN f DROP NOT NULL', '1:17: Column f does not have a NOT NULL constraint'],
  [
    'ALTER COLUMN s SET DATA TYPE STRING(9)',
    '1:17: ALTER TABLE ALTER COLUMN SET DATA TYPE requires that the existing column type (STRING(10)) is assignable to the new type (STRING(9))',
  ],
  [
    'ALTER COLUMN n SET DATA TYPE NUMERIC(10, 3)',
    '1:17: ALTER TABLE ALTER COLUMN SET DATA TYPE requires that the existing column type (NUMERIC(10, 2)) is assignable to the new type (NUMERIC(10, 3))',
  ],
  ['ADD PRIMARY KEY (f)', '1:21: A PRIMARY KEY must be NOT ENFORCED'],
  ["SET DEFAULT COLLATE 'und:ci'", '1:17: ALTER TABLE with SET DEFAULT COLLATE is not supported locally'],
])('ALTER TABLE … %s is refused', async (action, message) => {
  expect(await problemOf((await tables()).execute(`ALTER TABLE d.t ${action}`))).toBe(message)
})

test('a type may become one that holds all that the column may have', async () => {
  const warehouse = await tables()
  await warehouse.execute(`
    ALTER TABLE d.t ALTER COLUMN s SET DATA TYPE STRING(11), ALTER COLUMN n SET DATA TYPE NUMERIC(11, 3);
    ALTER TABLE d.t ALTER COLUMN s SET DATA TYPE STRING, ALTER COLUMN r DROP NOT NULL, DROP COLUMN f`)
  expect(
    await rowsOf(
      warehouse,
      "SELECT column_name, data_type, is_nullable FROM d.INFORMATION_SCHEMA.COLUMNS WHERE column_name IN ('s', 'n', 'r', 'f') ORDER BY 1",
    ),
  ).toEqual([
    ['n', 'NUMERIC(11, 3)', 'YES'],
    ['r', 'INT64', 'YES'],
    ['s', 'STRING', 'YES'],
  ])
})

test.each([
  [
    "GRANT `roles/bigquery.dataViewer` ON TABLE d.t TO 'user:a@b.c'",
    '1:1: GRANT is not supported locally: there are no permissions, everybody may do everything',
  ],
  [
    "REVOKE `roles/bigquery.dataViewer` ON SCHEMA d FROM 'user:a@b.c'",
    '1:1: REVOKE is not supported locally: there are no permissions, everybody may do everything',
  ],
  [
    "CREATE ROW ACCESS POLICY p ON d.t GRANT TO ('user:a@b.c') FILTER USING (TRUE)",
    '1:1: CREATE ROW ACCESS POLICY is not supported locally: everybody sees all rows',
  ],
])('%s is refused with what would be lost', async (text, message) => {
  expect(await problemOf((await tables()).execute(text))).toBe(message)
})

test('LIMIT and OFFSET take parameters', async () => {
  const warehouse = await freshWarehouse()
  const ask = (n: bigint | null) => ({
    parameters: [
      { name: 'n', type: { kind: 'INT64' as const }, value: n },
      { name: 'm', type: { kind: 'INT64' as const }, value: 1n },
    ],
  })
  const text = 'SELECT x FROM UNNEST([1, 2, 3]) AS x ORDER BY x LIMIT @n OFFSET @m'
  expect(await rowsOf(warehouse, text, ask(1n))).toEqual([[2]])
  expect(await problemOf(warehouse.execute(text, ask(-1n)))).toContain('non-negative')
  expect(await problemOf(warehouse.execute(text, ask(null)))).toContain('non-null')
})
