import { execFile } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { expect, test } from 'vitest'
import { python } from './installed-clients.ts'
import { openEndpoint, project } from './open-endpoint.ts'

const programs = python()
if (programs === undefined) console.log('dbt is not installed: STREAMFORM_CI=1 installs it')

const files = (url: string): Readonly<Record<string, string>> => ({
  'dbt_project.yml': 'name: shop\nversion: "1.0"\nprofile: shop\n',
  'profiles.yml': `shop: {target: dev, outputs: {dev: {type: bigquery, method: oauth-secrets, token: x, project: ${project}, dataset: shop, location: US, threads: 2, api_endpoint: "${url}"}}}\n`,
  'seeds/orders.csv': 'id,name,amount,day\n1,a,1.5,2024-01-01\n2,b,2.5,2024-01-02\n3,,3.5,2024-01-03\n',
  'models/clean.sql': "select id, upper(name) as name, amount, day from {{ ref('orders') }}",
  'models/totals.sql':
    "{{ config(materialized='table') }} select count(*) as n, sum(amount) as total from {{ ref('clean') }}",
  'models/kept.sql':
    "{{ config(materialized='incremental', unique_key='id') }} select id, name from {{ ref('clean') }} {% if is_incremental() %} where id >= (select max(id) from {{ this }}) {% endif %}",
  'models/schema.yml':
    'models:\n  - name: kept\n    columns:\n      - name: id\n        tests: [unique, not_null]\n',
})

test.skipIf(programs === undefined)(
  'dbt seeds, builds, merges and tests',
  async () => {
    const endpoint = await openEndpoint()
    const folder = mkdtempSync(join(tmpdir(), 'streamform-dbt-'))
    for (const [path, text] of Object.entries(files(endpoint.url))) {
      mkdirSync(dirname(join(folder, path)), { recursive: true })
      writeFileSync(join(folder, path), text)
    }
    const run = (command: string) =>
      new Promise<string>((resolve) => {
        execFile(
          join(programs ?? '', 'dbt'),
          ['--no-use-colors', '--no-send-anonymous-usage-stats', command, '--profiles-dir', '.'],
          { cwd: folder, env: { ...process.env, DBT_LOG_PATH: join(folder, 'logs') } },
          (_error, out, err) => resolve(out + err),
        )
      })
    try {
      // A seed, three models and two tests; each start of dbt takes seconds.
      expect(await run('build')).toContain('PASS=6 WARN=0 ERROR=0')
      const again = await run('build')
      expect(again).toContain('PASS=6 WARN=0 ERROR=0')
      expect(again).toMatch(/OK created sql incremental model shop\.kept .*MERGE \(1\.0 rows/)
      const { rows } = await endpoint.warehouse.execute('SELECT id, name FROM shop.kept ORDER BY id')
      expect(rows).toEqual([
        [1n, 'A'],
        [2n, 'B'],
        [3n, null],
      ])
      expect((await endpoint.warehouse.execute('SELECT n, total FROM shop.totals')).rows).toEqual([[3n, 7.5]])
    } finally {
      await endpoint.close()
      rmSync(folder, { recursive: true, force: true })
    }
  },
  600_000,
)
