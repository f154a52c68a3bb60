import { spawnSync } from 'node:child_process'
import { describe, expect, test } from 'vitest'
import { INT64, STRING } from '../../runner/googlesql/types/scalars.ts'
import { shared } from '../shared.ts'
import { type Query, queryText, randomQuery } from './sql/query.ts'
import { Random } from './sql/random.ts'
import { shrink } from './sql/shrink.ts'
import { leaf, type Tree } from './sql/tree.ts'
import { proveSql } from './sql.ts'

const texts = (seed: number) =>
  Array.from({ length: 40 }, (_, index) => queryText(randomQuery(new Random(seed + index))))

const call = (name: string, ...children: readonly Tree[]): Tree => ({
  type: children[0]?.type ?? INT64,
  children,
  write: (args) => `${name}(${args.join(', ')})`,
})

describe('random queries', () => {
  test('are the same for the same seed, and others for another', () => {
    expect(texts(7)).toEqual(texts(7))
    expect(texts(7)).not.toEqual(texts(1000))
  })

  test('are made smaller as long as they fail', async () => {
    const query: Query = {
      trees: [call('UPPER', call('CONCAT', leaf(STRING, "'a'"), call('BAD', leaf(STRING, "'b'"))))],
      rows: [['(1)', '(2)', '(3)']],
      ordered: true,
      write: ([text], [rows = []]) => `SELECT ${text} FROM ${rows.join()}`,
    }
    const fails = async (tried: Query) => /BAD\(.*\(2\)/.test(queryText(tried))
    expect(queryText(await shrink(query, fails))).toBe("SELECT BAD('b') FROM (2)")
  })

  const here = shared('oracle/run.sh') !== undefined && spawnSync('java', ['-version']).error === undefined
  if (!here) console.log('random queries are not compared: Java or the reference implementation is not here')
  test.skipIf(!here)(
    'are answered as the reference implementation answers them, or refused',
    { timeout: 600_000 },
    async () => {
      const runs = process.env.STREAMFORM_CI === '1' ? 2000 : 40
      const [, said] =
        (await proveSql(runs, 20_240_229)).match(/^(\d+) queries, \d+ right, \d+ refused, 0 wrong$/) ?? []
      expect(said).toBe(String(runs))
    },
  )
})
